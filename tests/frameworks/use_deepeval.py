"""DeepEval: its LiteLLMModel, plain and typed, sync and async."""

# requires: deepeval

from __future__ import annotations

import asyncio
import os

os.environ["DEEPEVAL_TELEMETRY_OPT_OUT"] = "YES"

import litellm
from deepeval.models import LiteLLMModel
from pydantic import BaseModel

import edgequake_python

assert litellm is edgequake_python


class Answer(BaseModel):
    """A typed answer."""

    text: str
    score: int


with edgequake_python.Simulator() as simulator:
    model = LiteLLMModel(
        model="openai/gpt-4o",
        api_key="k",
        base_url=simulator.base_url,
        cost_per_input_token=1e-6,
        cost_per_output_token=2e-6,
    )
    text, cost = model.generate("Say something")
    assert text
    assert cost > 0, cost
    typed, _ = model.generate("Say something", schema=Answer)
    assert isinstance(typed, Answer), typed
    later, _ = asyncio.run(model.a_generate("Say something else"))
    assert later

print("ok")
