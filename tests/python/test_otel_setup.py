"""Spans of programs that leave the setting up of OpenTelemetry to the library; fields nobody is told."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest

import edgequake_python as eq
from edgequake_python.integrations.json_logs import JsonLogger
from edgequake_python.integrations.opentelemetry import OpenTelemetry, OpenTelemetryConfig
from edgequake_python.integrations.prometheus import PrometheusLogger
from loopback import Loopback, Reply, Request

HI = [{"role": "user", "content": "a secret"}]


def test_an_exporter_of_the_program(restored_settings: None) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    config = OpenTelemetryConfig(exporter=exporter, service_name="mine")
    parent = TracerProvider().get_tracer("app").start_span("above")
    eq.callbacks = [OpenTelemetry(config)]
    eq.completion("gpt-4o", HI, mock_response="x", metadata={"litellm_parent_otel_span": parent})
    eq.completion("gpt-4o", HI, mock_response="x")
    assert eq.flush(10)
    beneath, alone = exporter.get_finished_spans()
    assert beneath.parent is not None and alone.parent is None
    assert beneath.parent.span_id == parent.get_span_context().span_id
    assert alone.resource.attributes["service.name"] == "mine"
    assert "a secret" not in str(alone.to_json())
    with pytest.raises(ValueError, match="otlp_http"):
        OpenTelemetry(config=OpenTelemetryConfig(exporter="smoke-signs"))


PROGRAM = """
import edgequake_python as eq
eq.callbacks = ["otel"]
eq.completion("gpt-4o", [{"role": "user", "content": "hi"}], mock_response="x")
"""


def test_the_environment_says_where_spans_go(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Request] = []

    def answer(request: Request) -> Reply:
        heard.append(request)
        return Reply({})

    with Loopback() as server:
        server.handler = answer
        base = server.base_url.rsplit("/v1", 1)[0]
        monkeypatch.setenv("OTEL_EXPORTER", "otlp_http")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", base)
        monkeypatch.setenv("OTEL_HEADERS", "x-one=1, x-two=a=b")
        subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
    (sent,) = heard
    assert sent.path == "/v1/traces" and b"chat gpt-4o" in sent.body
    told = {name.lower(): value for name, value in sent.headers.items()}
    assert told["x-one"] == "1" and told["x-two"] == "a=b"


def test_fields_that_nobody_is_told(
    restored_settings: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from prometheus_client import CollectorRegistry

    heard: list[Any] = []
    excluded = ["response", "messages", "metadata", "hidden_params", "model_parameters", "nothing"]
    monkeypatch.setattr(eq, "standard_logging_payload_excluded_fields", excluded)
    registry = CollectorRegistry()
    eq.callbacks = [
        JsonLogger(messages=True),
        OpenTelemetry(messages=True),
        PrometheusLogger(registry=registry),
    ]
    eq.success_callback = [lambda kwargs, *rest: heard.append(kwargs["standard_logging_object"])]
    with caplog.at_level(logging.INFO):
        eq.completion("gpt-4o", HI, mock_response="whispered", temperature=0.5)
        eq.completion("gpt-4o", HI, mock_response="whispered", turn_off_message_logging=True)
        assert eq.flush(10)
    for told in heard:
        assert not set(told) & set(excluded) and told["model"] == "gpt-4o" and told["total_tokens"] == 30
    assert len(heard) == 2 and "whispered" not in caplog.text and "a secret" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_was_asked_is_told_in_one_dict(restored_settings: None) -> None:
    heard: list[Any] = []
    eq.success_callback = [lambda kwargs, *rest: heard.append(kwargs["additional_args"])]
    eq.embedding("text-embedding-3-small", ["a"], user="ann", mock_response=[0.1])
    eq.completion("gpt-4o", HI, mock_response="x", turn_off_message_logging=True)
    assert eq.flush(10)
    sent = heard[0]["complete_input_dict"]
    assert sent == {"model": "text-embedding-3-small", "input": ["a"], "user": "ann"}
    assert heard[1]["complete_input_dict"] == {}
