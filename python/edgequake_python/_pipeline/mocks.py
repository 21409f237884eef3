"""Answers without a provider: ``mock_response``, ``mock_tool_calls``, ``mock_delay``, ``mock_timeout``.

The call is checked as if it were sent, so a mock refuses what the real call would; only the key may be
missing.
"""

from __future__ import annotations

import time

from .. import _call
from .._course import Step
from ..exceptions import (
    APIError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    RateLimitError,
    Timeout,
)
from .core import examine
from .local import LocalMeta, LocalStream, attach, chunks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from .._course import Course
    from ..types import EmbeddingResponse, ModelResponse, ModelResponseStream
    from .call import Call, Proceed

_NAMES = ("mock_response", "mock_tool_calls", "mock_delay", "mock_timeout")

#: What a mock without a text says, and the token counts of every mock; LiteLLM's.
TEXT = "This is a mock request"
PROMPT_TOKENS, COMPLETION_TOKENS = 10, 20

#: Characters of a mock's text in one chunk.
_PIECE = 3


def stage(call: Call, proceed: Proceed) -> Course:
    """Answer the call here, or delay it."""
    response, tool_calls = call.get("mock_response"), call.get("mock_tool_calls")
    delay, times_out = call.get("mock_delay"), call.get("mock_timeout")
    plain = call.but(*_NAMES)
    if times_out:
        provider, model, _ = examine(plain)
        yield _sleep(_seconds(call.get("timeout") or call.get("request_timeout"), 1.0))
        raise Timeout(message="This is a mock timeout error", model=model, llm_provider=provider)
    if delay:
        yield _sleep(_seconds(delay, 0.0))
    if response is None and not tool_calls:
        return (yield from proceed(plain))
    provider, model, dropped = examine(plain)
    meta = LocalMeta(provider, model, dropped)
    if not _call._types_are_loaded:
        _call.load_types()
    _raise_if_asked(response, provider, model)
    if call.operation == "embed":
        return attach(_embedding(response, model), meta)
    if call.operation != "chat":
        return _whole(call, response, provider, model, meta)
    answer = _answer(response, tool_calls, model, call.get("n"))
    if not call.streamed:
        return attach(answer, meta)
    if response == "Exception: mock_streaming_error":
        return LocalStream(_broken(model, provider), meta).wrapper()
    options = call.get("stream_options") or {}
    piece = None if hasattr(response, "choices") or isinstance(response, dict) else _PIECE
    chunks = chunks_of(answer, piece=piece, model=model, include_usage=bool(options.get("include_usage")))
    return LocalStream(chunks, meta).wrapper(call.get("stream_options"))


def _sleep(seconds: float) -> Step:
    async def sleep() -> None:
        import asyncio

        await asyncio.sleep(seconds)

    return Step(lambda: time.sleep(seconds), sleep)


def _seconds(given: Any, default: float) -> float:
    for value in (given, getattr(given, "total", None), getattr(given, "read", None)):
        if isinstance(value, (int, float, str)):
            return float(value)
    return default


def _raise_if_asked(response: Any, provider: str, model: str) -> None:
    about: dict[str, Any] = {"model": model, "llm_provider": provider}
    if isinstance(response, BaseException):
        if not isinstance(response, Exception) or hasattr(response, "llm_provider"):
            raise response
        if type(response).__module__.partition(".")[0] == "openai":
            raise response
        text = f"InternalServerError: {_label(provider)} - litellm.MockException: {response}"
        raise InternalServerError(message=text, **about) from response
    if response == "litellm.RateLimitError":
        raise RateLimitError(message="this is a mock rate limit error", **about)
    if response == "litellm.ContextWindowExceededError":
        raise ContextWindowExceededError(message="this is a mock context window exceeded error", **about)
    if response == "litellm.InternalServerError":
        raise InternalServerError(message="this is a mock internal server error", **about)
    if response == "Exception: content_filter_policy":
        if provider == "azure":
            raise ContentPolicyViolationError(message=f"litellm.MockException: {response}", **about)
        raise BadRequestError(message=f"{_label(provider)} - litellm.MockException: {response}", **about)


def _label(provider: str) -> str:
    return "OpenAIException" if provider == "openai" else f"{provider.capitalize()}Exception"


def _whole(call: Call, response: Any, provider: str, model: str, meta: LocalMeta) -> Any:
    """The answer of any other operation: an object of its response class, or made of what was given."""
    if isinstance(response, str) and call.operation in _ANSWERS:
        response = _ANSWERS[call.operation](response)
        if call.operation == "messages":
            response["model"] = model
    if call.streamed and call.make is not None:
        from .local_events import LocalEvents, events_of

        events = events_of(call.operation, response)
        if events is not None:
            return call.make(LocalEvents(events, meta))
    if hasattr(response, "model_dump"):
        return response
    if isinstance(response, (dict, list)) and call.make is not None and not call.streamed:
        return call.make(response, meta)
    raise BadRequestError(
        message="mock_response of this operation is an object of its response class, or a dict like the "
        "provider's answer",
        model=model,
        llm_provider=provider,
    )


def _response_of(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"id": "msg_mock", "type": "message", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_mock",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "output": [{**message, "content": content}],
        "usage": {
            "input_tokens": PROMPT_TOKENS,
            "output_tokens": COMPLETION_TOKENS,
            "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
        },
    }


def _completion_of(text: str) -> dict[str, Any]:
    usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS}
    choice = {"index": 0, "text": text, "finish_reason": "stop"}
    return {"choices": [choice], "usage": {**usage, "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS}}


def _message_of(text: str) -> dict[str, Any]:
    return {
        "id": "msg_mock",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": PROMPT_TOKENS, "output_tokens": COMPLETION_TOKENS},
    }


#: What a text stands for, by operation.
_ANSWERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "responses": _response_of,
    "messages": _message_of,
    "text_completion": _completion_of,
    "transcription": lambda text: {"text": text},
    "image_generation": lambda url: {"created": int(time.time()), "data": [{"url": url}]},
    "image_edit": lambda url: {"created": int(time.time()), "data": [{"url": url}]},
}


def _answer(response: Any, tool_calls: Any, model: str, count: Any) -> ModelResponse:
    from ..types import Choices, Message, ModelResponse, ModelResponseStream, Usage

    if isinstance(response, ModelResponse):
        return response
    if isinstance(response, dict):
        return ModelResponse(**response)
    if isinstance(response, ModelResponseStream) or not isinstance(response, (str, type(None))):
        raise BadRequestError(
            message="mock_response is neither a text, an exception, a ModelResponse nor a dict like one",
            model=model,
            llm_provider="",
        )
    text = TEXT if response is None else response
    choices = [
        Choices(
            finish_reason="stop",
            index=index,
            message=Message(content=text, role="assistant", tool_calls=tool_calls),
        )
        for index in range(count if isinstance(count, int) and count > 1 else 1)
    ]
    usage = Usage(
        prompt_tokens=PROMPT_TOKENS,
        completion_tokens=COMPLETION_TOKENS,
        total_tokens=PROMPT_TOKENS + COMPLETION_TOKENS,
    )
    return ModelResponse(model=model, choices=choices, usage=usage)


def _embedding(response: Any, model: str) -> EmbeddingResponse:
    from ..types import EmbeddingResponse, Usage
    from ..types.utils import Embedding

    if isinstance(response, EmbeddingResponse):
        return response
    if isinstance(response, str):
        response = [response]  # where base64 would be, as it is
    if not isinstance(response, (list, tuple)) or not response:
        raise BadRequestError(
            message="mock_response of an embedding is a list of numbers, or an EmbeddingResponse",
            model=model,
            llm_provider="",
        )
    vectors = response if isinstance(response[0], (list, tuple, str)) else [response]
    data = [
        Embedding(embedding=one if isinstance(one, str) else list(one), index=index, object="embedding")
        for index, one in enumerate(vectors)
    ]
    usage = Usage(prompt_tokens=PROMPT_TOKENS, completion_tokens=0, total_tokens=PROMPT_TOKENS)
    return EmbeddingResponse(model=model, data=data, usage=usage)


def _broken(model: str, provider: str) -> Iterator[ModelResponseStream]:
    """A stream that begins and then fails."""
    from ..types import Delta, ModelResponseStream, StreamingChoices

    for word in ("This ", "is ", "a ", "mock "):
        yield ModelResponseStream(choices=[StreamingChoices(delta=Delta(content=word))], model=model)
    raise APIError(
        status_code=529,
        message="This is a mock error raised mid-stream",
        llm_provider=provider,
        model=model,
    )
