"""browser-use: its chat model over litellm, plain and typed."""

# requires: browser-use==0.13.14
# requires: pydantic-settings

from __future__ import annotations

import asyncio
import os

os.environ["ANONYMIZED_TELEMETRY"] = "false"

import litellm
from browser_use.llm.litellm.chat import ChatLiteLLM
from browser_use.llm.messages import UserMessage
from pydantic import BaseModel

import edgequake_python

assert litellm is edgequake_python


class Answer(BaseModel):
    """A typed answer."""

    text: str


with edgequake_python.Simulator() as simulator:
    model = ChatLiteLLM(model="openai/gpt-4o", api_key="k", api_base=simulator.base_url)
    ask = [UserMessage(content="Say something")]
    plain = asyncio.run(model.ainvoke(ask))
    assert plain.completion
    assert plain.usage.total_tokens > 0
    typed = asyncio.run(model.ainvoke(ask, output_format=Answer))
    assert isinstance(typed.completion, Answer), typed

print("ok")
