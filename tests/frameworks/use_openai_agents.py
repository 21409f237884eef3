"""OpenAI Agents SDK: an agent over LitellmModel with a tool, plain and streamed."""

# requires: openai-agents[litellm]

from __future__ import annotations

import asyncio
import json
from typing import Any

import litellm
from agents import Agent, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel
from openai.types.responses import ResponseTextDeltaEvent
from pydantic import BaseModel

import edgequake_python
from loopback import Loopback, Reply, chat, event, events

assert litellm is edgequake_python
set_tracing_disabled(True)


@function_tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


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


with Loopback(first_a_tool) as server:
    model = LitellmModel(model="openai/gpt-4o", base_url=server.base_url, api_key="k")
    agent = Agent(name="a", instructions="Use the tool.", model=model, tools=[weather])
    result = Runner.run_sync(agent, "Weather in Paris?")
    assert result.final_output == "It says: rain in Paris", result.final_output
    assert result.context_wrapper.usage.total_tokens == 14

    async def stream() -> tuple[str, Any]:
        """The text as it comes, and the result."""
        streamed = Runner.run_streamed(agent, "Weather in Paris?")
        pieces = [
            item.data.delta
            async for item in streamed.stream_events()
            if item.type == "raw_response_event" and isinstance(item.data, ResponseTextDeltaEvent)
        ]
        return "".join(pieces), streamed.final_output

    text, final = asyncio.run(stream())
    assert text == final == "It says: rain in Paris", (text, final)


class Answer(BaseModel):
    """A typed answer."""

    city: str
    warm: bool


with edgequake_python.Simulator() as simulator:
    model = LitellmModel(model="openai/gpt-4o", base_url=simulator.base_url, api_key="k")
    typed = Agent(name="b", model=model, output_type=Answer)
    assert isinstance(Runner.run_sync(typed, "Is it warm?").final_output, Answer)

print("ok")
