"""Opik: its evaluation model over litellm, sync and async, typed."""

# requires: opik
# requires: openai

from __future__ import annotations

import asyncio
import os

os.environ["OPIK_TRACK_DISABLE"] = "true"

import litellm
from opik.evaluation.models import LiteLLMChatModel
from pydantic import BaseModel

import edgequake_python

assert litellm is edgequake_python


class Answer(BaseModel):
    """A typed answer."""

    text: str


with edgequake_python.Simulator() as simulator:
    os.environ["OPENAI_API_KEY"] = "k"
    os.environ["OPENAI_API_BASE"] = simulator.base_url
    model = LiteLLMChatModel(model_name="gpt-4o", track=False)
    assert model.generate_string("Say something")
    assert Answer.model_validate_json(model.generate_string("Say something", response_format=Answer))
    assert asyncio.run(model.agenerate_string("Say something else"))

print("ok")
