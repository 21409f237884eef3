"""What programs and tests written for LiteLLM do with callbacks: mocks by name, managers, metadata."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest.mock import AsyncMock, MagicMock, patch

import pytest

import edgequake_python as eq
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.litellm_core_utils.logging_callback_manager import LoggingCallbackManager
from edgequake_python.observers.hooks import ask

HI = [{"role": "user", "content": "a secret"}]


@pytest.fixture(autouse=True)
def no_callbacks(restored_settings: None) -> Iterator[None]:
    yield
    LoggingCallbackManager()._reset_all_callbacks()


def test_hooks_are_mocked_on_an_object() -> None:
    logger = CustomLogger()
    eq.callbacks = [logger]
    with (
        patch.object(logger, "log_success_event", new=MagicMock()) as heard,
        patch.object(logger, "log_pre_api_call", new=MagicMock()) as before,
        patch.object(logger, "log_post_api_call", new=MagicMock()) as between,
    ):
        eq.completion("gpt-4o", HI, mock_response="yes", temperature=0.5)
        assert eq.flush(10)
    heard.assert_called_once()
    assert set(heard.call_args.kwargs) == {"kwargs", "response_obj", "start_time", "end_time"}
    kwargs = heard.call_args.kwargs["kwargs"]
    assert kwargs["standard_logging_object"]["model"] == "gpt-4o" and kwargs["api_key"] is None
    assert isinstance(kwargs["completion_start_time"], datetime)
    assert isinstance(kwargs["litellm_params"]["api_base"], str)
    assert set(before.call_args.kwargs) == {"model", "messages", "kwargs"}
    told = between.call_args.kwargs
    assert told["response_obj"] is None and told["end_time"] is None
    assert isinstance(told["kwargs"]["original_response"], str)

    async def asynchronously() -> None:
        with patch.object(logger, "async_log_failure_event", new=AsyncMock()) as heard:
            with pytest.raises(eq.InternalServerError):
                await eq.acompletion("gpt-4o", HI, mock_response=Exception("no"))
            assert await eq.flush_async(10)
        heard.assert_awaited_once()
        told = heard.call_args.kwargs["kwargs"]["standard_logging_object"]
        assert told["status"] == "failure" and "additional_headers" in told["hidden_params"]

    asyncio.run(asynchronously())


def test_hooks_have_names_of_their_own() -> None:
    def as_named(kwargs: Any, end_time: Any) -> tuple[Any, ...]:
        return kwargs, end_time

    def others(kw: Any, end: Any) -> tuple[Any, ...]:
        return kw, end

    def rest(kw: Any, end: Any, **more: Any) -> tuple[Any, ...]:
        return kw, end, more

    def any_order(*, end_time: Any, kwargs: Any) -> tuple[Any, ...]:
        return kwargs, end_time

    class Own:
        def hook(self, kw: Any, end: Any = None) -> tuple[Any, ...]:
            return kw, end

        def named(self, kwargs: Any, **rest: Any) -> tuple[Any, ...]:
            return kwargs, rest["end_time"]

    for hook in (as_named, others, any_order, Own().hook, Own().named, lambda *given: given):
        assert ask(hook, kwargs=1, end_time=2) == (1, 2)
    assert ask(rest, kwargs=1, end_time=2) == (1, 2, {})


def test_what_a_call_says_of_its_texts_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    eq.success_callback = [lambda kwargs, answer, begun, end: heard.append(kwargs["standard_logging_object"])]
    monkeypatch.setattr(eq, "turn_off_message_logging", True)
    eq.completion("gpt-4o", HI, mock_response="whispered")
    eq.completion("gpt-4o", HI, mock_response="said", turn_off_message_logging=False)
    eq.responses(model="gpt-4o", input="a secret", mock_response="whispered")
    assert eq.flush(10)
    assert heard[0]["response"]["choices"][0]["message"]["content"] == "redacted-by-litellm"
    assert heard[0]["response"]["usage"]["total_tokens"] == 30  # what is no text is told
    assert heard[1]["messages"] == HI and heard[1]["response"]["choices"][0]["message"]["content"] == "said"
    item = heard[2]["response"]["output"][0]
    assert item["content"][0]["text"] == "redacted-by-litellm" and "whispered" not in str(heard[2])
    assert heard[2]["response"]["usage"]["prompt_tokens"] == heard[2]["prompt_tokens"]


def test_what_was_put_into_metadata_is_told() -> None:
    heard: list[Any] = []
    eq.success_callback = [lambda kwargs, answer, begun, end: heard.append(kwargs["standard_logging_object"])]
    given = {
        "user_api_key_alias": "mine",
        "user_api_key": "f" * 64,
        "requester_ip_address": "127.0.0.1",
        "requester_metadata": {"a": 1},
    }
    eq.completion("gpt-4o", HI, mock_response="x", metadata=given)
    eq.completion("gpt-4o", HI, mock_response="x", metadata={"user_api_key": "sk-not-a-hash", "b": 2})
    assert eq.flush(10)
    told = heard[0]["metadata"]
    assert told["user_api_key_alias"] == "mine" and told["user_api_key_hash"] == "f" * 64
    assert told["requester_metadata"] == {"a": 1} and told["requester_ip_address"] == "127.0.0.1"
    assert heard[1]["metadata"]["user_api_key_hash"] is None


def test_no_log_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    eq.success_callback = [lambda *given: heard.append(given)]
    eq.completion("gpt-4o", HI, mock_response="x", **{"no-log": True})
    monkeypatch.setattr(eq, "global_disable_no_log_param", True)
    eq.completion("gpt-4o", HI, mock_response="x", **{"no-log": True})
    assert eq.flush(10) and len(heard) == 1


def test_a_hit_tells_its_key() -> None:
    heard: list[Any] = []
    eq.success_callback = [lambda kwargs, answer, begun, end: heard.append(kwargs)]
    eq.cache = eq.Cache()
    for _ in range(2):
        eq.completion("gpt-4o", HI, mock_response="x")
    assert eq.flush(10)
    assert [told["litellm_params"]["preset_cache_key"] for told in heard] == [
        None,
        heard[1]["standard_logging_object"]["cache_key"],
    ]


def test_a_manager_of_callbacks() -> None:
    manager = eq.logging_callback_manager
    logger = CustomLogger()
    for _ in range(2):
        for name in ("", "_input", "_success", "_failure", "_async_success", "_async_failure", "_service"):
            getattr(manager, f"add_litellm{name}_callback")("named")
        manager.add_litellm_callback(logger)
    assert eq.callbacks == ["named", logger] and eq._async_failure_callback == eq.service_callback == [
        "named"
    ]
    assert manager.get_custom_loggers_for_type(CustomLogger) == [logger]
    assert manager.callback_is_active(CustomLogger)
    manager.add_litellm_success_callback(logger.log_success_event)
    manager.remove_callback_from_list_by_object(eq.success_callback, logger)
    manager.remove_callbacks_by_type(eq.callbacks, CustomLogger)
    assert eq.success_callback == eq.callbacks == ["named"]
    manager._reset_all_callbacks()
    assert not eq.callbacks and not eq.success_callback and not eq.service_callback


def test_small_helpers_of_programs() -> None:
    from edgequake_python.litellm_core_utils.duration_parser import duration_in_seconds
    from edgequake_python.types.guardrails import GuardrailEventHooks

    assert [duration_in_seconds(one) for one in ("30s", "1h", "7d", "1mo")] == [30, 3600, 604800, 2592000]
    with pytest.raises(ValueError):
        duration_in_seconds("soon")
    assert GuardrailEventHooks("pre_call") == "pre_call"
    assert "LANGFUSE_HOST" in CustomLogger.get_callback_env_vars("langfuse")
    assert CustomLogger.get_callback_env_vars("nothing") == CustomLogger.get_callback_env_vars(None) == []
