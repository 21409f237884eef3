"""Google ADK: LiteLlm under an agent with a tool, plain and streamed."""

# requires: google-adk

from __future__ import annotations

import asyncio
import json
from typing import Any

import litellm
from google.adk.agents import LlmAgent
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.genai import types

import edgequake_python
from loopback import Loopback, Reply, chat, event, events

assert litellm is edgequake_python


def weather(city: str) -> dict[str, str]:
    """The weather of a city."""
    return {"weather": f"rain in {city}"}


def first_a_tool(request: Any) -> Any:
    """A call of the tool, and when it has answered, what it said."""
    said = request.json["messages"][-1]
    if said["role"] == "tool":
        text = f"It says: {said['content']}"
        return Reply(events(text)) if request.json.get("stream") else chat(text)
    function = {"name": "weather", "arguments": json.dumps({"city": "Paris"})}
    call = {"id": "call_1", "type": "function", "function": function}
    if request.json.get("stream"):
        delta = {"role": "assistant", "tool_calls": [{"index": 0, **call}]}
        return Reply(
            [
                event(delta=delta, finish_reason=None),
                event(delta={}, finish_reason="tool_calls"),
                b"data: [DONE]\n\n",
            ]
        )
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])


async def ask(base: str, streaming: bool) -> str:
    """What the agent says in the end."""
    from google.adk.agents.run_config import RunConfig, StreamingMode

    model = LiteLlm(model="openai/gpt-4o", api_base=base, api_key="k")
    agent = LlmAgent(name="a", model=model, instruction="Use the tool.", tools=[weather])
    runner = InMemoryRunner(agent=agent, app_name="app")
    session = await runner.session_service.create_session(app_name="app", user_id="u")
    content = types.Content(role="user", parts=[types.Part(text="Weather in Paris?")])
    mode = StreamingMode.SSE if streaming else StreamingMode.NONE
    final = ""
    async for item in runner.run_async(
        user_id="u", session_id=session.id, new_message=content, run_config=RunConfig(streaming_mode=mode)
    ):
        if item.is_final_response() and item.content and item.content.parts and not item.partial:
            final = item.content.parts[0].text or ""
    return final


with Loopback(first_a_tool) as server:
    for streaming in (False, True):
        final = asyncio.run(ask(server.base_url, streaming))
        assert "rain in Paris" in final, (streaming, final)

print("ok")
