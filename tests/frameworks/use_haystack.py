"""Haystack: its chat generator over litellm, plain and streamed."""

# requires: litellm-haystack
# requires: haystack-ai

from __future__ import annotations

import litellm
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret
from haystack_integrations.components.generators.litellm import LiteLLMChatGenerator

import edgequake_python

assert litellm is edgequake_python

with edgequake_python.Simulator() as simulator:
    where = {"api_key": Secret.from_token("k"), "api_base_url": simulator.base_url}
    ask = [ChatMessage.from_user("Say something")]
    reply = LiteLLMChatGenerator(model="openai/gpt-4o", **where).run(ask)["replies"][0]
    assert reply.text
    assert reply.meta["usage"]["total_tokens"] > 0
    parts = []
    generator = LiteLLMChatGenerator(
        model="openai/gpt-4o", streaming_callback=lambda chunk: parts.append(chunk.content), **where
    )
    assert generator.run(ask)["replies"][0].text == "".join(parts)

print("ok")
