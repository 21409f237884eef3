"""Agno: an agent, plain, streamed and asynchronous, and one that calls a tool."""

# requires: agno
# requires: openai

from __future__ import annotations

import asyncio
import json

import litellm
from agno.agent import Agent
from agno.models.litellm import LiteLLM

import edgequake_python
from loopback import Loopback, chat

assert litellm is edgequake_python


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def agent(address: str, **options: object) -> Agent:
    model = LiteLLM(id="openai/gpt-4o", api_base=address, api_key="k")
    return Agent(model=model, telemetry=False, **options)


with edgequake_python.Simulator() as simulator:
    answer = agent(simulator.base_url).run("Say something")
    assert answer.content
    assert answer.metrics.input_tokens > 0
    events = agent(simulator.base_url).run("Say something", stream=True)
    assert "".join(getattr(event, "content", None) or "" for event in events)
    assert asyncio.run(agent(simulator.base_url).arun("Say something")).content

function = {"name": "weather", "arguments": json.dumps({"city": "Paris"})}
message = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c", "type": "function", "function": function}],
}
steps = iter(
    [chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}]), chat("It rains")]
)
with Loopback(lambda request: next(steps)) as server:
    assert agent(server.base_url, tools=[weather]).run("Weather?").content == "It rains"
    assert "rain in Paris" in json.dumps(server.requests[1].json)

print("ok")
