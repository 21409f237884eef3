"""Providers written in Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import edgequake_python
from edgequake_python import EmbeddingResponse, ModelResponse, exceptions
from edgequake_python.llms.custom_llm import CustomLLM, CustomLLMError
from loopback import MESSAGES

PIECES: list[dict[str, Any]] = [
    {"text": "Hel", "is_finished": False, "finish_reason": None, "index": 0, "tool_use": None, "usage": None},
    {
        "text": "lo",
        "is_finished": True,
        "finish_reason": "length",
        "index": 0,
        "tool_use": None,
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    },
]


class Blocking(CustomLLM):
    """What it was asked, and fixed answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def completion(self, *args: Any, **kwargs: Any) -> ModelResponse:
        assert not args
        self.asked.append(kwargs)
        answer: ModelResponse = kwargs["model_response"]
        answer.choices[0].message.content = f"{kwargs['model']} heard {kwargs['messages'][0]['content']}"
        return answer

    def streaming(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self.asked.append(kwargs)
        yield from PIECES

    def embedding(self, *args: Any, **kwargs: Any) -> EmbeddingResponse:
        data = [{"embedding": [float(len(text))], "index": i} for i, text in enumerate(kwargs["input"])]
        return EmbeddingResponse(model=kwargs["model"], data=data)


class Both(Blocking):
    async def acompletion(self, *args: Any, **kwargs: Any) -> ModelResponse:
        await asyncio.sleep(0)
        return self.completion(**kwargs)

    async def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        for piece in PIECES:
            await asyncio.sleep(0)
            yield piece


@pytest.fixture(params=[Blocking, Both])
def mine(request: pytest.FixtureRequest) -> Any:
    handler = request.param()
    edgequake_python.custom_provider_map = [{"provider": "mine", "custom_handler": handler}]
    return handler


def test_it_answers(mine: Any, complete: Any) -> None:
    answer = complete(
        model="mine/small", messages=MESSAGES, temperature=0.5, my_own=1, api_key="k", api_base="http://x"
    )
    assert answer.choices[0].message.content == "small heard Hello"
    assert answer._hidden_params["custom_llm_provider"] == "mine"
    (asked,) = mine.asked
    assert (asked["api_key"], asked["api_base"]) == ("k", "http://x")
    assert asked["optional_params"] == {"temperature": 0.5, "my_own": 1}


def test_named_by_argument(mine: Any, complete: Any) -> None:
    assert complete(model="small", custom_llm_provider="mine", messages=MESSAGES).choices[0].message.content


def test_others_are_not_touched(mine: Any, content: Any) -> None:
    assert content(model="sim/gpt", messages=MESSAGES)
    assert mine.asked == []


def test_it_streams(mine: Any, streamed: Any) -> None:
    assert streamed(model="mine/small", messages=MESSAGES) == "Hello"


def test_the_shape_of_its_stream(mine: Any) -> None:
    stream = edgequake_python.completion(
        "mine/small", MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", None, None, None]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, "length", None]
    assert chunks[-1].usage is not None
    assert stream.usage is not None
    assert (chunks[-1].usage.total_tokens, stream.usage.total_tokens) == (3, 3)
    assert len({chunk.id for chunk in chunks}) == 1


def test_tools_in_its_stream() -> None:
    class Caller(CustomLLM):
        def streaming(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            use = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}, "index": 0}
            yield {"text": "", "tool_use": use, "is_finished": False, "finish_reason": "", "index": 0}

    edgequake_python.custom_provider_map = [{"provider": "caller", "custom_handler": Caller()}]
    chunks = list(edgequake_python.completion("caller/x", MESSAGES, stream=True))
    calls: Any = chunks[0].choices[0].delta.tool_calls
    assert calls[0].function.name == "f"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_vectors(mine: Any) -> None:
    answer = edgequake_python.embedding("mine/v", ["a", "bcd"])
    assert [item["embedding"] for item in answer.data] == [[1.0], [3.0]]
    answer = asyncio.run(edgequake_python.aembedding("mine/v", ["a"]))
    assert [item["embedding"] for item in answer.data] == [[1.0]]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, exceptions.BadRequestError),
        (401, exceptions.AuthenticationError),
        (403, exceptions.PermissionDeniedError),
        (404, exceptions.NotFoundError),
        (408, exceptions.Timeout),
        (429, exceptions.RateLimitError),
        (503, exceptions.ServiceUnavailableError),
        (418, exceptions.APIError),
    ],
)
def test_its_errors_have_classes(streamed: Any, content: Any, status: int, expected: type[Exception]) -> None:
    class Failing(CustomLLM):
        def completion(self, *args: Any, **kwargs: Any) -> ModelResponse:
            raise CustomLLMError(status_code=status, message="no")

        def streaming(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            yield PIECES[0]
            raise CustomLLMError(status_code=status, message="no")

    edgequake_python.custom_provider_map = [{"provider": "failing", "custom_handler": Failing()}]
    with pytest.raises(expected) as caught:
        content(model="failing/x", messages=MESSAGES)
    error: Any = caught.value
    assert (error.status_code, error.llm_provider, error.model) == (status, "failing", "x")


def test_what_it_cannot_do(complete: Any) -> None:
    edgequake_python.custom_provider_map = [{"provider": "empty", "custom_handler": CustomLLM()}]
    with pytest.raises(exceptions.InternalServerError, match="completion"):
        complete(model="empty/x", messages=MESSAGES)


def test_a_mock_of_it(mine: Any, complete: Any) -> None:
    assert complete(model="mine/x", messages=MESSAGES, mock_response="m").choices[0].message.content == "m"
    assert mine.asked == []


def test_a_fallback_to_it(mine: Any, content: Any) -> None:
    assert content(model="sim/500", messages=MESSAGES, fallbacks=["mine/x"], num_retries=0)
