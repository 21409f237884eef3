"""LlamaIndex: complete, chat, streams, tools, structured output, embeddings, sync and async."""

# requires: llama-index-llms-litellm
# requires: llama-index-embeddings-litellm
# requires: llama-index-core
# requires: openai

from __future__ import annotations

import asyncio
from typing import Any

import litellm
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.litellm import LiteLLMEmbedding
from llama_index.llms.litellm import LiteLLM

import edgequake_python

assert litellm is edgequake_python


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


with edgequake_python.Simulator() as simulator:
    at: dict[str, Any] = {"api_base": simulator.base_url, "api_key": "k"}
    llm = LiteLLM(model="openai/gpt-4o", **at)
    ask = [ChatMessage(role="user", content="Say something")]

    assert llm.complete("Say something").text
    assert llm.chat(ask).message.content
    pieces = list(llm.stream_chat(ask))
    assert pieces[-1].message.content == llm.chat(ask).message.content
    assert list(llm.stream_complete("Say something"))[-1].text

    async def later() -> tuple[Any, list[Any]]:
        """The same without blocking."""
        stream = await llm.astream_chat(ask)
        return await llm.achat(ask), [piece async for piece in stream]

    answer, pieces = asyncio.run(later())
    assert pieces[-1].message.content == answer.message.content

    tool = FunctionTool.from_defaults(weather)
    called = llm.chat_with_tools([tool], user_msg="Weather in Paris?")
    (call,) = llm.get_tool_calls_from_response(called)
    assert call.tool_name == "weather"
    assert isinstance(call.tool_kwargs["city"], str)

    embedding = LiteLLMEmbedding(model_name="openai/text-embedding-3-small", **at)
    assert len(embedding.get_text_embedding("a")) > 10
    assert len(embedding.get_text_embedding_batch(["a", "b"])) == 2

print("ok")
