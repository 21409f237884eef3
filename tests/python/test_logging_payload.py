"""The standard logging object: what a call cost, part by part, and what it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_python
from loopback import Loopback, chat
from recorder import Recorder

CALL: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}], "api_key": "sk-1", "num_retries": 0}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    recorder = Recorder()
    monkeypatch.setattr(edgequake_python, "callbacks", [recorder])

    def payload(server: Loopback, **call: Any) -> dict[str, Any]:
        edgequake_python.completion(api_base=server.base_url, **{"model": "openai/gpt-5", **CALL, **call})
        edgequake_python.flush(20)
        found: dict[str, Any] = recorder.told[-1][1]["standard_logging_object"]
        return found

    return payload


@pytest.mark.parametrize(
    ("call", "tier"),
    [
        ({}, None),
        ({"service_tier": "flex"}, "flex"),
        ({"service_tier": "priority"}, "priority"),
        ({"model": "openai/own", "input_cost_per_token": 0.5, "output_cost_per_token": 0.25}, None),
        ({"model": "openai/own", "base_model": "openai/gpt-4o"}, None),
    ],
)
def test_the_parts_of_a_cost_make_the_whole(
    server: Loopback, told: Any, call: dict[str, Any], tier: Any
) -> None:
    served = {"service_tier": tier} if tier else {}
    server.handler = lambda _: {**chat("Hello"), **served}
    parts = told(server, **call)["cost_breakdown"]
    assert parts["total_cost"] > 0 and parts["tool_usage_cost"] == 0.0
    assert parts["input_cost"] > 0 and parts["output_cost"] > 0
    assert parts["input_cost"] + parts["output_cost"] == pytest.approx(parts["total_cost"], abs=1e-12)


def test_a_hit_has_no_parts_that_cost(server: Loopback, told: Any) -> None:
    edgequake_python.cache = edgequake_python.Cache()
    first = told(server)
    again = told(server)
    assert again["cache_hit"] is True and again["saved_cache_cost"] == first["response_cost"] > 0
    assert [again["cost_breakdown"][name] for name in ("input_cost", "output_cost", "total_cost")] == [
        0.0
    ] * 3


@pytest.mark.parametrize(
    ("call", "trace", "session"),
    [
        ({"litellm_trace_id": "t", "metadata": {"trace_id": "other"}}, "t", None),
        ({"metadata": {"trace_id": "t"}}, "t", None),
        ({"metadata": {"trace_id": "t", "session_id": "s"}}, "s", "s"),
        ({"litellm_session_id": "s", "litellm_trace_id": "t"}, "s", "s"),
        ({"litellm_trace_id": "t", "metadata": {"session_id": "s"}}, "t", "s"),
    ],
)
def test_what_a_call_belongs_to(
    server: Loopback, told: Any, call: dict[str, Any], trace: str, session: Any
) -> None:
    payload = told(server, **call)
    assert (payload["trace_id"], payload["session_id"]) == (trace, session)


def test_an_error_tells_the_providers_request(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    from loopback import Reply

    recorder = Recorder()
    monkeypatch.setattr(edgequake_python, "callbacks", [recorder])
    server.handler = lambda _: Reply(
        b'{"error": {"message": "no"}}', status=400, headers={"x-request-id": "req_1"}
    )
    with pytest.raises(edgequake_python.BadRequestError):
        edgequake_python.completion("openai/m", api_base=server.base_url, **CALL)
    edgequake_python.flush(20)
    told: Any = recorder.told[-1][1]["standard_logging_object"]["error_information"]
    assert told["error_provider_request_id"] == "req_1" and told["normalized_error"] is None


def test_counts_of_tokens_are_parameters_and_tokens_are_secrets() -> None:
    from edgequake_python.observers.shown import fields, is_secret

    counts = (
        "max_tokens",
        "max_completion_tokens",
        "max_output_tokens",
        "max_tokens_to_sample",
        "min_tokens",
    )
    assert not any(is_secret(name) for name in counts)
    secrets = ("azure_ad_token", "aws_session_token", "api_key", "client_secret", "token", "api_key_tokens")
    assert all(is_secret(name) for name in secrets)
    assert fields({"max_new_tokens": 5, "budget-tokens": 6, "access-token": "s"}) == {
        "max_new_tokens": 5,
        "budget-tokens": 6,
        "access-token": "***",
    }


@pytest.mark.parametrize(
    ("headers", "own", "everywhere", "hidden"),
    [
        ({}, None, False, False),
        ({"x-litellm-enable-message-redaction": "true"}, None, False, True),
        ({"litellm-enable-message-redaction": True}, None, False, True),
        ({"litellm-enable-message-redaction": "false"}, None, False, False),
        ({"litellm-enable-message-redaction": "true"}, False, False, False),
        ({"litellm-disable-message-redaction": "true"}, None, True, False),
        ({"litellm-disable-message-redaction": "true"}, True, True, False),
        ({}, False, True, False),
        ({}, True, False, True),
    ],
)
def test_headers_of_the_request_a_call_is_made_for(
    server: Loopback, told: Any, headers: dict[str, Any], own: Any, everywhere: bool, hidden: bool
) -> None:
    edgequake_python.turn_off_message_logging = everywhere
    payload = told(server, metadata={"headers": headers}, turn_off_message_logging=own)
    assert ("Hi" not in str(payload["messages"])) is hidden


def test_streams_of_events_tell_when_their_answer_began(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    recorder = Recorder()
    monkeypatch.setattr(edgequake_python, "callbacks", [recorder])
    with edgequake_python.Simulator() as simulator:
        where: Any = {"api_base": simulator.base_url, "api_key": "sk-1", "stream": True}
        streams: list[Any] = [
            edgequake_python.text_completion("Hi", "openai/gpt-4o", **where),
            edgequake_python.responses("Hi", "openai/gpt-4o", **where),
            edgequake_python.anthropic.messages.create(
                9, CALL["messages"], "anthropic/claude-sonnet-4-5", **where
            ),
        ]
        for stream in streams:
            for number, _ in enumerate(stream):
                if number == 5:  # something has been said by then
                    time.sleep(0.05)
        assert edgequake_python.flush(20)
    told = [kwargs for name, kwargs, _ in recorder.told if name == "success"]
    assert len(told) == 3
    for kwargs in told:
        payload = kwargs["standard_logging_object"]
        assert payload["startTime"] <= payload["completionStartTime"] < payload["endTime"] - 0.04
        assert kwargs["completion_start_time"].timestamp() == payload["completionStartTime"]
