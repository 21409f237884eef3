"""smolagents: a model, streams, an agent that calls tools, the router model."""

# requires: smolagents[litellm]

from __future__ import annotations

import json
from typing import Any

import litellm
from smolagents import LiteLLMModel, ToolCallingAgent, tool
from smolagents.models import ChatMessage, MessageRole

import edgequake_python
from loopback import Loopback, chat

assert litellm is edgequake_python


@tool
def weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: where
    """
    return f"rain in {city}"


def says(name: str, **arguments: Any) -> Any:
    """An answer that calls a tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": f"call_{name}", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])


with edgequake_python.Simulator() as simulator:
    model = LiteLLMModel(model_id="openai/gpt-4o", api_base=simulator.base_url, api_key="k")
    ask = [ChatMessage(role=MessageRole.USER, content=[{"type": "text", "text": "Say something"}])]
    answer = model.generate(ask)
    assert answer.content
    assert answer.token_usage.input_tokens > 0
    text = "".join(delta.content or "" for delta in model.generate_stream(ask))
    assert text == answer.content

steps = iter([says("weather", city="Paris"), says("final_answer", answer="rain")])
with Loopback(lambda request: next(steps)) as server:
    model = LiteLLMModel(model_id="openai/gpt-4o", api_base=server.base_url, api_key="k")
    agent = ToolCallingAgent(tools=[weather], model=model, verbosity_level=0)
    assert agent.run("Weather in Paris?") == "rain"
    assert "rain in Paris" in json.dumps(server.requests[1].json)

print("ok")
