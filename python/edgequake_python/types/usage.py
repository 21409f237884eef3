"""Token counts. All counts are whole tokens.

``prompt_tokens`` includes tokens read from and written to a prompt cache, and ``completion_tokens`` includes
reasoning, for every provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from .base import ItemAssignable, Model, Open, coerce


class CompletionTokensDetailsWrapper(ItemAssignable):
    """What the completion's tokens were spent on; None where the provider does not say."""

    accepted_prediction_tokens: Open[Optional[int]] = None
    audio_tokens: Open[Optional[int]] = None
    reasoning_tokens: Open[Optional[int]] = None
    rejected_prediction_tokens: Open[Optional[int]] = None
    text_tokens: Open[Optional[int]] = None
    image_tokens: Open[Optional[int]] = None
    video_tokens: Open[Optional[int]] = None


class CacheCreationTokenDetails(ItemAssignable):
    """Tokens written to a prompt cache, by how long the entry lives."""

    ephemeral_5m_input_tokens: Open[Optional[int]] = None
    ephemeral_1h_input_tokens: Open[Optional[int]] = None


class PromptTokensDetailsWrapper(ItemAssignable):
    """What the prompt's tokens were; None where the provider does not say.

    ``cache_creation_tokens`` and ``cache_write_tokens`` are two names of one number: giving either sets both.
    They, and the other names below, are absent rather than None when there is nothing to say.
    """

    audio_tokens: Open[Optional[int]] = None
    cached_tokens: Open[Optional[int]] = None
    text_tokens: Open[Optional[int]] = None
    image_tokens: Open[Optional[int]] = None
    video_tokens: Open[Optional[int]] = None

    if TYPE_CHECKING:
        cache_write_tokens: int
        cache_creation_tokens: int
        cache_creation_token_details: CacheCreationTokenDetails
        cached_tokens_details: Any
        web_search_requests: int
        google_maps_grounding_requests: int
        tool_use_tokens: int
        character_count: int
        image_count: int
        video_length_seconds: float
        audio_length_seconds: float
        query_count: int

    def __init__(
        self,
        audio_tokens: Optional[int] = None,
        cached_tokens: Optional[int] = None,
        text_tokens: Optional[int] = None,
        image_tokens: Optional[int] = None,
        video_tokens: Optional[int] = None,
        **params: Any,
    ) -> None:
        present = {
            name: value for name, value in params.items() if value is not None or name not in _ONLY_WHEN_GIVEN
        }
        written = present.get("cache_creation_tokens", present.get("cache_write_tokens"))
        if written is not None:
            present["cache_write_tokens"] = present["cache_creation_tokens"] = written
        details = present.get("cache_creation_token_details")
        if details is not None:
            present["cache_creation_token_details"] = coerce(CacheCreationTokenDetails, details)
        self._fill(
            audio_tokens=audio_tokens,
            cached_tokens=cached_tokens,
            text_tokens=text_tokens,
            image_tokens=image_tokens,
            video_tokens=video_tokens,
            **present,
        )


_ONLY_WHEN_GIVEN = frozenset(
    (
        "cache_write_tokens",
        "cache_creation_tokens",
        "cache_creation_token_details",
        "cached_tokens_details",
        "web_search_requests",
        "google_maps_grounding_requests",
        "tool_use_tokens",
        "character_count",
        "image_count",
        "video_length_seconds",
        "audio_length_seconds",
        "query_count",
    )
)


class ServerToolUse(ItemAssignable):
    """How often the provider's own tools ran."""

    web_search_requests: Open[Optional[int]] = None
    tool_search_requests: Open[Optional[int]] = None
    browser_open_requests: Open[Optional[int]] = None


class Usage(ItemAssignable):
    """Tokens of one call. Counts the provider did not give are 0.

    ``server_tool_use`` and ``cost`` (as told by the provider) are absent rather than None when there are
    none, and so are the Anthropic-style ``cache_creation_input_tokens`` and ``cache_read_input_tokens``.
    """

    completion_tokens: Open[int] = 0
    prompt_tokens: Open[int] = 0
    total_tokens: Open[int] = 0
    completion_tokens_details: Open[Optional[CompletionTokensDetailsWrapper]] = None
    prompt_tokens_details: Open[Optional[PromptTokensDetailsWrapper]] = None

    if TYPE_CHECKING:
        server_tool_use: ServerToolUse
        cost: Any
        cache_creation_input_tokens: int
        cache_read_input_tokens: int

    def __init__(
        self,
        prompt_tokens: Optional[int] = None,
        completion_tokens: Optional[int] = None,
        total_tokens: Optional[int] = None,
        reasoning_tokens: Optional[int] = None,
        prompt_tokens_details: Union[PromptTokensDetailsWrapper, dict[str, Any], Model, None] = None,
        completion_tokens_details: Union[CompletionTokensDetailsWrapper, dict[str, Any], Model, None] = None,
        server_tool_use: Union[ServerToolUse, dict[str, Any], None] = None,
        cost: Any = None,
        **params: Any,
    ) -> None:
        completion = completion_tokens or 0
        if server_tool_use is not None:
            params["server_tool_use"] = coerce(ServerToolUse, server_tool_use)
        if cost is not None:
            params["cost"] = cost
        self._fill(
            completion_tokens=completion,
            prompt_tokens=prompt_tokens or 0,
            total_tokens=total_tokens or 0,
            completion_tokens_details=_completion_details(
                completion_tokens_details, completion, reasoning_tokens
            ),
            prompt_tokens_details=_prompt_details(prompt_tokens_details, params),
            **params,
        )

    @property
    def _cache_read_input_tokens(self) -> int:
        """Prompt tokens read from a cache, under whichever name the provider tells them."""
        details = self.prompt_tokens_details
        return (
            self.get("cache_read_input_tokens")
            or self.get("prompt_cache_hit_tokens")
            or (details.get("cached_tokens") if details is not None else None)
            or 0
        )

    @property
    def _cache_creation_input_tokens(self) -> int:
        """Prompt tokens written to a cache, under whichever name the provider tells them."""
        details = self.prompt_tokens_details
        return (
            self.get("cache_creation_input_tokens")
            or (details.get("cache_creation_tokens") if details is not None else None)
            or 0
        )


def _completion_details(
    given: Any, completion_tokens: int, reasoning_tokens: Optional[int]
) -> Optional[CompletionTokensDetailsWrapper]:
    """The details as our class; a bare reasoning count makes them, and what is not reasoning is text."""
    details: Optional[CompletionTokensDetailsWrapper] = coerce(CompletionTokensDetailsWrapper, given)
    if reasoning_tokens is None or (details is not None and details.reasoning_tokens is not None):
        return details
    # A copy: the caller's object is not ours to write to.
    details = CompletionTokensDetailsWrapper() if details is None else details.model_copy()
    details.reasoning_tokens = reasoning_tokens
    if details.text_tokens is None:
        details.text_tokens = max(completion_tokens - reasoning_tokens, 0)
    return details


def _prompt_details(given: Any, params: dict[str, Any]) -> Optional[PromptTokensDetailsWrapper]:
    """The details as our class, with cache counts that came under a provider's own names filled in."""
    read = params.get("cache_read_input_tokens")
    if read is None:
        read = params.get("prompt_cache_hit_tokens")
    written = params.get("cache_creation_input_tokens")
    details: Optional[PromptTokensDetailsWrapper] = coerce(PromptTokensDetailsWrapper, given)
    if read is None and written is None:
        return details
    details = PromptTokensDetailsWrapper() if details is None else details.model_copy()
    if read is not None and details.cached_tokens is None:
        details.cached_tokens = read
    if written is not None and "cache_creation_tokens" not in details:
        details.cache_write_tokens = details.cache_creation_tokens = written
    return details
