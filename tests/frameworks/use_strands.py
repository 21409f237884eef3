"""Strands Agents: an agent over LiteLLMModel with a tool; structured output."""

# requires: strands-agents[litellm]

from __future__ import annotations

import asyncio
from typing import Any

import litellm
from pydantic import BaseModel
from strands import Agent, tool
from strands.models.litellm import LiteLLMModel
from weather_first import weather_first

import edgequake_python
from loopback import Loopback

assert litellm is edgequake_python


class Answer(BaseModel):
    """A typed answer."""

    city: str
    warm: bool


@tool
def weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: where
    """
    return f"rain in {city}"


with Loopback(weather_first) as server:
    arguments = {"api_base": server.base_url, "api_key": "k"}
    model = LiteLLMModel(client_args=arguments, model_id="openai/gpt-4o")
    result = Agent(model=model, tools=[weather], callback_handler=None)("Weather in Paris?")
    assert "rain in Paris" in str(result), str(result)

with edgequake_python.Simulator() as simulator:
    arguments = {"api_base": simulator.base_url, "api_key": "k"}
    model = LiteLLMModel(client_args=arguments, model_id="openai/gpt-4o")

    async def typed() -> Any:
        """A typed answer of the model itself."""
        ask: Any = [{"role": "user", "content": [{"text": "Is it warm?"}]}]
        async for item in model.structured_output(Answer, ask):
            last = item
        return last["output"]

    assert isinstance(asyncio.run(typed()), Answer)

print("ok")
