"""Chat: `completion` and `acompletion`."""

# The parameters that the docstrings do not list are OpenAI's, under OpenAI's names.
# ruff: noqa: D417
# Overloads, whose decorator ruff does not know under the name it has here.
# ruff: noqa: D103, F811

from __future__ import annotations

from . import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal, overload

    from ._timeouts import Timeouts
    from .dry_run import PreparedRequest
    from .streaming import CustomStreamWrapper
    from .types import ModelResponse
else:

    def overload(function):
        """typing.overload, whose module is not worth its import here."""
        return function


@overload
def completion(
    model: str, messages: Sequence[Any] = ..., *, dry_run: Literal[True], **kwargs: Any
) -> PreparedRequest: ...
@overload
def completion(
    model: str, messages: Sequence[Any] = ..., *, stream: Literal[True], **kwargs: Any
) -> CustomStreamWrapper: ...
@overload
def completion(
    model: str, messages: Sequence[Any] = ..., *, stream: Literal[False] | None = ..., **kwargs: Any
) -> ModelResponse: ...
@overload
def completion(
    model: str, messages: Sequence[Any] = ..., *args: Any, **kwargs: Any
) -> ModelResponse | CustomStreamWrapper: ...


def completion(
    model: str,
    messages: Sequence[Any] = [],  # LiteLLM's default; never changed
    timeout: float | str | Timeouts | dict[str, float | None] | Any | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    stop: str | Sequence[str] | None = None,
    max_completion_tokens: int | None = None,
    max_tokens: int | None = None,
    modalities: Sequence[str] | None = None,
    prediction: dict[str, Any] | None = None,
    audio: dict[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    user: str | None = None,
    reasoning_effort: str | None = None,
    verbosity: str | None = None,
    response_format: dict[str, Any] | type[Any] | None = None,
    seed: int | None = None,
    tools: Sequence[Any] | None = None,
    tool_choice: str | dict[str, Any] | None = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    parallel_tool_calls: bool | None = None,
    web_search_options: dict[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    deployment_id: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    functions: Sequence[Any] | None = None,
    function_call: str | dict[str, Any] | None = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: Sequence[Any] | None = None,
    thinking: dict[str, Any] | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper | PreparedRequest:
    """Ask a model for the next message.

    Args:
        model: ``provider/model``, or a bare name that tells its provider (``gpt-4o``).
        messages: dicts with a ``role`` each, or message objects of earlier answers; at least one.
            Never changed.
        timeout: seconds of silence allowed (and of a plain attempt in all), or `Timeouts`, or an
            ``httpx.Timeout``.
        stream: True for an iterator of chunks instead of the whole answer.
        **kwargs: ``api_base``, ``num_retries`` (N means at most N+1 requests), ``max_retries``,
            ``drop_params``, ``additional_drop_params``, ``allowed_openai_params``, ``extra_body``,
            ``extra_query``, ``organization``, ``ssl_verify``, ``http2``, ``custom_llm_provider``, ...;
            whatever is not known is sent to the provider.

    Every parameter reaches the wire, or is refused, or is dropped because ``drop_params`` allows it and is
    then listed in ``response.dropped_params``.

    Returns:
        A `ModelResponse`, or with ``stream=True`` a `CustomStreamWrapper`.

    Raises:
        BadRequestError: for bad input, before anything is sent; or the provider's 400.
        UnsupportedParamsError: for a parameter that the model does not take.
        AuthenticationError: for a missing key, before anything is sent; or the provider's 401.
        Timeout, RateLimitError, APIConnectionError, ...: see `edgequake_python.exceptions`.
    """
    arguments = _call.gather(locals(), model_list or deployment_id or enable_json_schema_validation)
    if stream:
        return _call.stream(arguments)
    answer: ModelResponse = _call.send("chat", arguments)
    return answer


@overload
async def acompletion(
    model: str, messages: Sequence[Any] = ..., *, dry_run: Literal[True], **kwargs: Any
) -> PreparedRequest: ...
@overload
async def acompletion(
    model: str, messages: Sequence[Any] = ..., *, stream: Literal[True], **kwargs: Any
) -> CustomStreamWrapper: ...
@overload
async def acompletion(
    model: str, messages: Sequence[Any] = ..., *, stream: Literal[False] | None = ..., **kwargs: Any
) -> ModelResponse: ...
@overload
async def acompletion(
    model: str, messages: Sequence[Any] = ..., *args: Any, **kwargs: Any
) -> ModelResponse | CustomStreamWrapper: ...


async def acompletion(
    model: str,
    messages: Sequence[Any] = [],  # LiteLLM's default; never changed
    functions: Sequence[Any] | None = None,
    function_call: str | dict[str, Any] | None = None,
    timeout: float | str | Timeouts | dict[str, float | None] | Any | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    stop: str | Sequence[str] | None = None,
    max_tokens: int | None = None,
    max_completion_tokens: int | None = None,
    modalities: Sequence[str] | None = None,
    prediction: dict[str, Any] | None = None,
    audio: dict[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    user: str | None = None,
    response_format: dict[str, Any] | type[Any] | None = None,
    seed: int | None = None,
    tools: Sequence[Any] | None = None,
    tool_choice: str | dict[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    deployment_id: str | None = None,
    reasoning_effort: str | None = None,
    verbosity: str | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: Sequence[Any] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    thinking: dict[str, Any] | None = None,
    web_search_options: dict[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper | PreparedRequest:
    """`completion` for asyncio; parameters in LiteLLM's order for it, which is another.

    Cancelling it closes the connection. With ``stream=True`` its result is read with ``async for``.

    Raises:
        EdgeQuakeError: as `completion` does.
    """
    arguments = _call.gather(locals(), model_list or deployment_id or enable_json_schema_validation)
    if stream:
        return await _call.stream_async(arguments)
    answer: ModelResponse = await _call.send_async("chat", arguments)
    return answer
