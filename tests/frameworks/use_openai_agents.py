"""OpenAI Agents SDK: an agent over LitellmModel with a tool, plain and streamed."""

# requires: openai-agents[litellm]

from __future__ import annotations

import asyncio
from typing import Any

import litellm
from agents import Agent, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel
from openai.types.responses import ResponseTextDeltaEvent
from pydantic import BaseModel
from weather_first import weather_first

import edgequake_python
from loopback import Loopback

assert litellm is edgequake_python
set_tracing_disabled(True)


@function_tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


with Loopback(weather_first) as server:
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
