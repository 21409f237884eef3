"""Google ADK: LiteLlm under an agent with a tool, plain and streamed."""

# requires: google-adk

from __future__ import annotations

import asyncio

import litellm
from google.adk.agents import LlmAgent
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.genai import types
from weather_first import weather_first

import edgequake_python
from loopback import Loopback

assert litellm is edgequake_python


def weather(city: str) -> dict[str, str]:
    """The weather of a city."""
    return {"weather": f"rain in {city}"}


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


with Loopback(weather_first) as server:
    for streaming in (False, True):
        final = asyncio.run(ask(server.base_url, streaming))
        assert "rain in Paris" in final, (streaming, final)

print("ok")
