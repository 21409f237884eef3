"""LangChain (langchain-litellm): invoke, stream, tools, structured output, embeddings, sync and async."""

# requires: langchain-litellm==0.11.2

from __future__ import annotations

import asyncio
from typing import Any

import litellm
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_litellm import ChatLiteLLM, LiteLLMEmbeddings
from pydantic import BaseModel

import edgequake_python

assert litellm is edgequake_python


class Joke(BaseModel):
    """A joke."""

    setup: str
    rating: int


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


async def asynchronously(model: ChatLiteLLM) -> tuple[AIMessage, list[Any]]:
    """The same without blocking."""
    answer = await model.ainvoke("Say something else")
    return answer, [chunk async for chunk in model.astream("Count")]


with edgequake_python.Simulator() as simulator:
    at: dict[str, Any] = {"api_base": simulator.base_url, "api_key": "k"}
    model = ChatLiteLLM(model="openai/gpt-4o", **at)

    answer = model.invoke([SystemMessage("Be short"), HumanMessage("Say something")])
    assert isinstance(answer, AIMessage)
    assert answer.content
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["total_tokens"] > 0
    assert answer.response_metadata["finish_reason"] == "stop"
    assert simulator.requests[-1]["headers"]["authorization"]

    # A chain, in batches.
    chain = ChatPromptTemplate.from_messages([("user", "Tell me of {thing}")]) | model
    first, second = chain.batch([{"thing": "rain"}, {"thing": "snow"}])
    assert "rain" in first.content
    assert "snow" in second.content

    # Streams.
    chunks = list(model.stream("Count"))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert len(chunks) > 2
    assert whole.content == model.invoke("Count").content
    counted = list(ChatLiteLLM(model="openai/gpt-4o", streaming=True, **at).stream("Count"))
    assert any(chunk.usage_metadata for chunk in counted), "no counts in the stream"

    later, pieces = asyncio.run(asynchronously(model))
    assert later.content
    assert "".join(piece.content for piece in pieces) == whole.content

    # Tools: a call, its result, an answer; in a stream, too.
    with_tools = model.bind_tools([weather])
    asked = with_tools.invoke("Weather in Paris?")
    (call,) = asked.tool_calls
    assert call["name"] == "weather"
    result = weather.invoke(call)
    assert isinstance(result, ToolMessage)
    last = with_tools.invoke([HumanMessage("Weather in Paris?"), asked, result])
    assert last.content or last.tool_calls
    total: Any = None
    for chunk in with_tools.stream("Weather in Paris?"):
        total = chunk if total is None else total + chunk
    assert [item["name"] for item in total.tool_calls] == ["weather"], total
    assert total.tool_calls[0]["args"] == call["args"]

    # Structured output.
    joke = model.with_structured_output(Joke).invoke("A joke, please")
    assert isinstance(joke, Joke)
    joke = model.with_structured_output(Joke, method="json_schema").invoke("A joke, please")
    assert isinstance(joke, Joke), joke

    # Embeddings.
    embeddings = LiteLLMEmbeddings(model="openai/text-embedding-3-small", **at)
    vectors = embeddings.embed_documents(["a", "b"])
    assert len(vectors) == 2
    assert vectors[0] != vectors[1]
    assert embeddings.embed_query("a") == vectors[0]
    assert len(asyncio.run(embeddings.aembed_documents(["a", "b", "c"]))) == 3

    # Errors.
    try:
        ChatLiteLLM(model="openai/sim/401", max_retries=0, **at).invoke("x")
    except litellm.AuthenticationError as error:
        assert error.status_code == 401
    else:
        raise AssertionError("a refused key must raise")

print("ok")
