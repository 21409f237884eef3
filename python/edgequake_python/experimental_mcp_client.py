"""Tools of an MCP server for models: LiteLLM's import path and functions."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def transform_mcp_tool_to_openai_tool(mcp_tool: Any) -> dict[str, Any]:
    """An MCP tool as an entry of ``tools``."""
    schema = dict(getattr(mcp_tool, "inputSchema", None) or {})
    schema.setdefault("type", "object")
    schema.setdefault("properties", {})
    return {
        "type": "function",
        "function": {
            "name": mcp_tool.name,
            "description": getattr(mcp_tool, "description", None) or "",
            "parameters": schema,
        },
    }


def transform_openai_tool_call_request_to_mcp_tool_call_request(openai_tool: Any) -> dict[str, Any]:
    """A model's tool call as ``name`` and ``arguments`` of an MCP call.

    Raises:
        ValueError: when the call names no function, or its arguments are no JSON object.
    """
    function = openai_tool["function"] if isinstance(openai_tool, dict) else openai_tool.function
    read = function.get if hasattr(function, "get") else lambda name: getattr(function, name, None)
    name, given = read("name"), read("arguments")
    if not name:
        raise ValueError("the tool call names no function")
    arguments = json.loads(given) if isinstance(given, str) and given.strip() else given or {}
    if not isinstance(arguments, dict):
        raise ValueError(f"the arguments of {name} are no JSON object")
    return {"name": name, "arguments": arguments}


async def load_mcp_tools(session: Any, format: str = "mcp") -> list[Any]:
    """The tools of a session.

    Args:
        session: an ``mcp.ClientSession``.
        format: ``"mcp"`` for the server's own objects, ``"openai"`` for entries of ``tools``.
    """
    tools: list[Any] = list((await session.list_tools()).tools)
    if format == "openai":
        return [transform_mcp_tool_to_openai_tool(tool) for tool in tools]
    return tools


async def call_openai_tool(session: Any, openai_tool: Any) -> Any:
    """Call the tool that a model wants called; returns what the session gives."""
    call = transform_openai_tool_call_request_to_mcp_tool_call_request(openai_tool)
    return await session.call_tool(name=call["name"], arguments=call["arguments"])
