"""CAMEL: an agent over LiteLLMModel, with what it counts."""

# requires: camel-ai
# requires: mcp<2
# requires: openai

from __future__ import annotations

import litellm
from camel.agents import ChatAgent
from camel.models import ModelFactory
from camel.types import ModelPlatformType

import edgequake_python

assert litellm is edgequake_python

with edgequake_python.Simulator() as simulator:
    model = ModelFactory.create(
        model_platform=ModelPlatformType.LITELLM,
        model_type="openai/gpt-4o",
        url=simulator.base_url,
        api_key="k",
    )
    answer = ChatAgent("You are brief.", model=model).step("Say something")
    assert answer.msgs[0].content
    assert answer.info["usage"]["total_tokens"] > 0

print("ok")
