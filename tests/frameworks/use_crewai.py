"""CrewAI: its LLM over litellm, a crew that uses a tool, streaming."""

# requires: crewai[litellm]

from __future__ import annotations

import json
import os
from typing import Any

os.environ["CREWAI_TRACING_ENABLED"] = "false"
os.environ["OTEL_SDK_DISABLED"] = "true"
os.environ["CREWAI_DISABLE_TELEMETRY"] = "true"

import litellm
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool

import edgequake_python
from loopback import Loopback, Reply, chat, events

assert litellm is edgequake_python


@tool("weather")
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def first_a_tool(request: Any) -> Any:
    """A call of the tool in CrewAI's words or OpenAI's, and when it has answered, the final answer."""
    messages = request.json["messages"]
    if "rain in Paris" in json.dumps(messages):
        text = "Thought: I now know the final answer\nFinal Answer: rain in Paris"
        return Reply(events(text)) if request.json.get("stream") else chat(text)
    if request.json.get("tools"):
        name = request.json["tools"][0]["function"]["name"]
        function = {"name": name, "arguments": json.dumps({"city": "Paris"})}
        call = {"id": "call_1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])
    return chat('Thought: look\nAction: weather\nAction Input: {"city": "Paris"}')


with edgequake_python.Simulator() as simulator:
    llm = LLM(model="openai/gpt-4o", base_url=simulator.base_url, api_key="k", is_litellm=True)
    assert type(llm).__name__ == "LLM", type(llm)
    assert llm.call("Say something")
    assert llm.supports_function_calling()
    streaming = LLM(
        model="openai/gpt-4o", base_url=simulator.base_url, api_key="k", is_litellm=True, stream=True
    )
    assert streaming.call("Say something")

with Loopback(first_a_tool) as server:
    llm = LLM(model="openai/gpt-4o", base_url=server.base_url, api_key="k", is_litellm=True)
    agent = Agent(role="Reporter", goal="Report", backstory="You report.", llm=llm, tools=[weather])
    task = Task(description="Weather in Paris?", expected_output="The weather", agent=agent)
    result = Crew(agents=[agent], tasks=[task]).kickoff()
    assert "rain in Paris" in result.raw, result.raw

print("ok")
