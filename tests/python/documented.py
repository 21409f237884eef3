"""A server that gives one documented answer to whatever it is asked, and what the library makes of it."""

from __future__ import annotations

import json
from typing import Any

import edgequake_python as eq
from bedrock_wire import KEYS
from loopback import MESSAGES, Loopback, Reply


def ask(server: Loopback, model: str, reply: Reply | dict[str, Any], **more: Any) -> Any:
    """The answer, or what the chunks of a stream are together."""
    server.handler = lambda _: reply
    root = server.base_url.removesuffix("/v1")
    where: dict[str, Any] = {"api_base": root, "api_key": "k"}
    if model.startswith("bedrock/"):
        where = {**KEYS, "aws_bedrock_runtime_endpoint": root}
    call = {"messages": MESSAGES, "max_retries": 0, "timeout": 10, **where, **more}
    answer = eq.completion(model=model, **call)
    return eq.stream_chunk_builder(list(answer)) if call.get("stream") else answer


def events(*told: Any) -> Reply:
    """Server-sent events, named by their type where they have one."""
    names = [f"event: {one['type']}\n" if "type" in one else "" for one in told]
    body = "".join(f"{name}data: {json.dumps(one)}\n\n" for name, one in zip(names, told))
    return Reply(body, headers={"content-type": "text/event-stream"})
