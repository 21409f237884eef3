"""BeeAI: a chat model over litellm, whole, as a stream, and with a typed answer."""

# requires: beeai-framework
# requires: httpx
# requires: openai

from __future__ import annotations

import asyncio

import litellm
from beeai_framework.adapters.openai import OpenAIChatModel
from beeai_framework.backend import UserMessage
from pydantic import BaseModel

import edgequake_python

assert litellm is edgequake_python


class Answer(BaseModel):
    """A typed answer."""

    city: str
    warm: bool


async def work(base_url: str) -> None:
    """Ask in each way."""
    model = OpenAIChatModel("gpt-4o", api_key="k", base_url=base_url)
    ask = [UserMessage("Say something")]
    whole = await model.run(ask)
    assert whole.get_text_content(), whole
    assert whole.usage and whole.usage.total_tokens > 0, whole.usage
    streamed = await model.run(ask, stream=True)
    assert streamed.get_text_content(), streamed
    typed = await model.run(ask, response_format=Answer)
    assert isinstance(typed.output_structured, Answer), typed


with edgequake_python.Simulator() as simulator:
    asyncio.run(work(simulator.base_url))

print("ok")
