"""Usage: where providers' counts end up."""

# The tests hand over what callers hand over, dicts for classes and extras included.
# mypy: no-check-untyped-defs

from __future__ import annotations

import pytest

from edgequake_python.types.utils import (
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    ServerToolUse,
    Usage,
)


def test_missing_counts_are_zero():
    assert Usage().model_dump() == {
        "completion_tokens": 0,
        "prompt_tokens": 0,
        "total_tokens": 0,
        "completion_tokens_details": None,
        "prompt_tokens_details": None,
    }
    assert Usage(prompt_tokens=None, total_tokens=None).total_tokens == 0


def test_reasoning_tokens_leave_the_rest_as_text():
    usage = Usage(prompt_tokens=5, completion_tokens=10, total_tokens=15, reasoning_tokens=4)
    assert usage.completion_tokens_details.reasoning_tokens == 4
    assert usage.completion_tokens_details.text_tokens == 6
    assert not hasattr(usage, "reasoning_tokens")


def test_details_that_say_more_win():
    given = CompletionTokensDetailsWrapper(reasoning_tokens=3)
    usage = Usage(completion_tokens=10, reasoning_tokens=4, completion_tokens_details=given)
    assert usage.completion_tokens_details.reasoning_tokens == 3
    given = CompletionTokensDetailsWrapper(audio_tokens=1)
    usage = Usage(completion_tokens=10, reasoning_tokens=4, completion_tokens_details=given)
    assert usage.completion_tokens_details.reasoning_tokens == 4
    assert usage.completion_tokens_details.audio_tokens == 1
    assert given.reasoning_tokens is None


@pytest.mark.parametrize("name", ["cache_read_input_tokens", "prompt_cache_hit_tokens"])
def test_cache_reads(name):
    usage = Usage(prompt_tokens=10, **{name: 6})
    assert usage.prompt_tokens_details.cached_tokens == 6
    assert usage._cache_read_input_tokens == 6
    assert usage[name] == usage.model_dump()[name] == 6
    kept = Usage(prompt_tokens_details={"cached_tokens": 2}, **{name: 6})
    assert kept.prompt_tokens_details.cached_tokens == 2


def test_cache_writes_have_two_equal_names():
    usage = Usage(prompt_tokens=10, cache_creation_input_tokens=4)
    assert usage.prompt_tokens_details.cache_creation_tokens == 4
    assert usage.prompt_tokens_details.cache_write_tokens == 4
    assert usage._cache_creation_input_tokens == 4
    assert PromptTokensDetailsWrapper(cache_write_tokens=3).cache_creation_tokens == 3
    assert PromptTokensDetailsWrapper(cache_creation_tokens=3).cache_write_tokens == 3
    details = PromptTokensDetailsWrapper(cache_creation_token_details={"ephemeral_5m_input_tokens": 3})
    assert isinstance(details.cache_creation_token_details, CacheCreationTokenDetails)
    assert details.cache_creation_token_details.ephemeral_1h_input_tokens is None


def test_no_cache_is_zero():
    assert Usage()._cache_read_input_tokens == 0
    assert Usage()._cache_creation_input_tokens == 0
    assert Usage(prompt_tokens_details={"cached_tokens": 5})._cache_read_input_tokens == 5


def test_details_present_only_when_given():
    details = PromptTokensDetailsWrapper(image_count=None, tool_use_tokens=2, of_the_provider=None)
    assert not hasattr(details, "image_count")
    assert details.tool_use_tokens == 2
    assert details.of_the_provider is None
    assert not hasattr(PromptTokensDetailsWrapper(), "cache_write_tokens")
    assert list(details.model_dump()) == [
        "audio_tokens",
        "cached_tokens",
        "text_tokens",
        "image_tokens",
        "video_tokens",
        "tool_use_tokens",
        "of_the_provider",
    ]


def test_server_tool_use_cost_and_unknown_keys():
    usage = Usage(server_tool_use={"web_search_requests": 2}, cost=0.25, queue_time=0.1)
    assert isinstance(usage.server_tool_use, ServerToolUse)
    assert usage.server_tool_use.web_search_requests == 2
    assert usage.cost == 0.25
    assert usage.queue_time == 0.1
    assert Usage(**usage.model_dump()) == usage


def test_round_trip_with_details():
    usage = Usage(
        prompt_tokens=10,
        completion_tokens=10,
        total_tokens=20,
        reasoning_tokens=4,
        cache_read_input_tokens=3,
        cache_creation_input_tokens=2,
    )
    assert Usage(**usage.model_dump()) == usage
