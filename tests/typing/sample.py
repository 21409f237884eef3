"""A program as its author's type checker sees it: checked by mypy --strict and pyright, never run."""

from __future__ import annotations

from typing import Any, Optional, Union

from pydantic import BaseModel
from typing_extensions import assert_type

import edgequake_python as litellm
from edgequake_python import (
    CustomStreamWrapper,
    EmbeddingResponse,
    ModelResponse,
    ModelResponseStream,
    Router,
    Timeouts,
    acompletion,
    aembedding,
    completion,
    embedding,
    token_counter,
)
from edgequake_python.dry_run import PreparedRequest
from edgequake_python.exceptions import RateLimitError
from edgequake_python.llms.custom_llm import CustomLLM
from edgequake_python.types.utils import Message, Usage


class Answer(BaseModel):
    """A typed answer."""

    text: str


MESSAGES = [{"role": "user", "content": "Hello"}]


def plain() -> str | None:
    """A whole answer."""
    response = completion("openai/gpt-4o", MESSAGES, temperature=0.2, timeout=Timeouts(connect=1))
    assert_type(response, ModelResponse)
    assert_type(response.usage, Usage)
    tokens: int = response.usage.total_tokens
    message = response.choices[0].message
    assert_type(message, Message)
    for call in message.tool_calls or []:
        print(call.id)
    print(tokens, response.dropped_params, response.headers.get("x-request-id"))
    return message.content


def shown() -> bytes:
    """What would be sent."""
    request = completion("openai/gpt-4o", MESSAGES, dry_run=True)
    assert_type(request, PreparedRequest)
    return request.body


def streamed() -> str:
    """Pieces of one."""
    stream = completion("openai/gpt-4o", MESSAGES, stream=True)
    assert_type(stream, CustomStreamWrapper)
    pieces: list[str] = []
    for chunk in stream:
        assert_type(chunk, ModelResponseStream)
        pieces.append(chunk.choices[0].delta.content or "")
    usage = stream.usage
    assert_type(usage, Optional[Usage])
    return "".join(pieces)


async def asynchronous() -> None:
    """Both, for asyncio."""
    response = await acompletion("openai/gpt-4o", MESSAGES, response_format=Answer)
    assert_type(response, ModelResponse)
    async with await acompletion("openai/gpt-4o", MESSAGES, stream=True) as stream:
        async for chunk in stream:
            assert_type(chunk, ModelResponseStream)
    vectors = await aembedding("openai/text-embedding-3-small", ["a"])
    assert_type(vectors, EmbeddingResponse)


def undecided(stream: bool) -> None:
    """A flag that is only known at run time gives either."""
    answer = completion("openai/gpt-4o", MESSAGES, stream=stream)
    assert_type(answer, Union[ModelResponse, CustomStreamWrapper])


def embedded() -> EmbeddingResponse:
    """Vectors."""
    return embedding("openai/text-embedding-3-small", ["a", "b"], dimensions=3)


def careful() -> float:
    """Errors have fields."""
    try:
        completion("openai/gpt-4o", MESSAGES)
    except RateLimitError as error:
        status: int = error.status_code
        return float(status)
    return 0.0


class Mine(CustomLLM):
    """A provider of the program's own."""

    def completion(self, *args: Any, **kwargs: Any) -> ModelResponse:
        """An answer."""
        return ModelResponse(model="mine")


litellm.drop_params = True
litellm.custom_provider_map = [{"provider": "mine", "custom_handler": Mine()}]
counted: int = token_counter("gpt-4o", text="Hello")
router = Router(model_list=[{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o"}}])
