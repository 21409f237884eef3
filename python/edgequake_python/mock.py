"""`mock_completion`: an answer without a provider."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .streaming import CustomStreamWrapper
    from .types import ModelResponse


def mock_completion(
    model: str,
    messages: Sequence[Any],
    stream: bool | None = False,
    n: int | None = None,
    mock_response: Any = "This is a mock request",
    mock_tool_calls: Sequence[Any] | None = None,
    mock_timeout: bool | None = False,
    logging: Any = None,
    custom_llm_provider: str | None = None,
    timeout: Any = None,
    prompt_tokens: int | None = None,
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper:
    """What ``completion(mock_response=...)`` gives.

    Args:
        model: as for `completion`.
        messages: as for `completion`.
        stream: True for a stream of the answer.
        n: how often the answer is given.
        mock_response: a text, an exception, a `ModelResponse`, or a dict like one.
        mock_tool_calls: tool calls of the answer.
        mock_timeout: wait for ``timeout`` and raise `Timeout`.
        logging: not used.
        custom_llm_provider: the provider, when the model does not name it.
        timeout: seconds, for ``mock_timeout``.
        prompt_tokens: what the answer's usage says of the prompt; 10 unless given.
        **kwargs: as for `completion`.
    """
    from . import completion

    answer: Any = completion(
        model,
        messages,
        stream=stream or None,
        n=n,
        mock_response=mock_response,
        mock_tool_calls=mock_tool_calls,
        mock_timeout=mock_timeout or None,
        custom_llm_provider=custom_llm_provider,
        timeout=timeout,
        **kwargs,
    )
    if prompt_tokens is not None and not stream:
        answer.usage.prompt_tokens = prompt_tokens
        answer.usage.total_tokens = prompt_tokens + answer.usage.completion_tokens
    return answer  # type: ignore[no-any-return]
