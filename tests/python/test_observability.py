"""The built-in loggers, with the official packages and a real Prometheus behind them."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

import edgequake_python
from edgequake_python.integrations.json_logs import JsonLogger
from edgequake_python.observers import flush

HI = [{"role": "user", "content": "hi there"}]
CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": HI}


@pytest.fixture
def calls(openai_simulated: edgequake_python.Simulator, restored_settings: None) -> Iterator[Any]:
    """Puts a logger in force, makes a plain, a streamed and a failing call, and waits until they are told."""

    def make(logger: Any, **more: Any) -> None:
        edgequake_python.callbacks = [logger]
        edgequake_python.completion(**CALL, temperature=0.5, **more)
        list(edgequake_python.completion(stream=True, **CALL, **more))
        with pytest.raises(edgequake_python.RateLimitError):
            edgequake_python.completion(model="openai/sim/429", messages=HI, num_retries=0, **more)
        assert flush(20)

    yield make
    edgequake_python.callbacks = []


def test_json_lines(calls: Any) -> None:
    out = io.StringIO()
    calls(JsonLogger(out))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["status"] for line in lines] == ["success", "success", "failure"]
    assert lines[0]["model"] == "gpt-4o" and lines[0]["response_cost"] > 0
    assert lines[2]["error_class"] == "RateLimitError" and lines[2]["error_code"] == "429"
    assert "hi there" not in out.getvalue() and "sk-simulated" not in out.getvalue()
    out = io.StringIO()
    calls(JsonLogger(out, messages=True))
    assert "hi there" in out.getvalue()


def test_spans_and_metrics(calls: Any) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from edgequake_python.integrations.opentelemetry import OpenTelemetry

    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider(metric_readers=[reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    with tracers.get_tracer("program").start_as_current_span("the caller's") as parent:
        calls(OpenTelemetry(tracers, meters))
    spans = [span for span in exporter.get_finished_spans() if span.name != "the caller's"]
    assert [span.name for span in spans] == ["chat gpt-4o", "chat gpt-4o", "chat sim/429"]
    plain, streamed, failed = spans
    for span in spans:
        assert span.parent is not None and span.parent.span_id == parent.get_span_context().span_id
    attributes: dict[str, Any] = dict(plain.attributes or {})
    assert attributes["gen_ai.operation.name"] == "chat"
    assert attributes["gen_ai.provider.name"] == "openai"
    assert attributes["gen_ai.request.model"] == "gpt-4o"
    assert attributes["gen_ai.request.temperature"] == 0.5
    assert attributes["gen_ai.usage.input_tokens"] > 0
    assert attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert attributes["server.address"] == "127.0.0.1"
    assert plain.start_time is not None and plain.end_time is not None and plain.start_time < plain.end_time
    assert [event.name for event in streamed.events] == ["gen_ai.content.first_token"]
    assert not failed.status.is_ok and dict(failed.attributes or {})["error.type"] == "RateLimitError"
    assert "hi there" not in "".join(span.to_json() for span in spans)
    data = reader.get_metrics_data()
    assert data is not None
    metrics = {
        metric.name: metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert set(metrics) == {
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
        "gen_ai.server.time_to_first_token",
    }
    points: Any = metrics["gen_ai.client.operation.duration"].data.data_points
    assert sum(point.count for point in points) == 3
    answered = [dict(point.attributes or {}) for point in points if "error.type" not in point.attributes]
    assert all(told["gen_ai.response.model"] == "gpt-4o" for told in answered)
    assert all(told["server.address"] == "127.0.0.1" for told in answered)


def test_conversations_by_other_apis_are_chats_too(openai_simulated: edgequake_python.Simulator) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from edgequake_python.integrations.opentelemetry import OpenTelemetry

    exporter, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    edgequake_python.callbacks = [OpenTelemetry(tracers)]
    where: Any = {"api_base": openai_simulated.base_url, "api_key": "sk-sim"}
    asked: Any = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}
    for stream in (False, True):
        said: Any = edgequake_python.responses(
            "Hi", "openai/gpt-4o", stream=stream, max_output_tokens=50, **where
        )
        told: Any = edgequake_python.anthropic.messages.create(
            model="anthropic/claude-sonnet-4-5", stream=stream, **asked, **where
        )
        if stream:
            list(said), list(told)
    assert flush(20)
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["chat gpt-4o", "chat claude-sonnet-4-5"] * 2
    for span in spans:
        attributes: Any = span.attributes
        assert attributes["gen_ai.operation.name"] == "chat" and attributes["gen_ai.request.max_tokens"] in (
            9,
            50,
        )
        assert (
            attributes["gen_ai.response.model"] in span.name and attributes["gen_ai.usage.output_tokens"] > 0
        )
    assert [(span.attributes or {}).get("gen_ai.response.finish_reasons") for span in spans[1::2]] == [
        ("max_tokens",)
    ] * 2


def test_metrics_of_prometheus(calls: Any) -> None:
    client = pytest.importorskip("prometheus_client")
    from edgequake_python.integrations.prometheus import PrometheusLogger

    registry = client.CollectorRegistry()
    calls(PrometheusLogger(registry), metadata={"model_group": "g", "model_info": {"id": "d1"}})
    value = registry.get_sample_value
    labels = {"provider": "openai", "model": "gpt-4o", "operation": "completion"}
    assert value("edgequake_requests_total", {**labels, "status": "success", "error": ""}) == 2
    failed = {**labels, "model": "sim/429", "status": "failure", "error": "RateLimitError"}
    assert value("edgequake_requests_total", failed) == 1
    assert value("edgequake_request_seconds_count", labels) == 2
    assert value("edgequake_first_token_seconds_count", labels) == 1
    assert value("edgequake_tokens_total", {**labels, "kind": "prompt"}) > 0
    assert value("edgequake_cost_usd_total", labels) > 0
    deployment = {"group": "g", "deployment": "d1", "status": "success"}
    assert value("edgequake_deployment_requests_total", deployment) == 2


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_real_prometheus_scrapes_them(calls: Any, tmp_path: Path) -> None:
    client = pytest.importorskip("prometheus_client")
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no prometheus on this machine")
    from edgequake_python.integrations.prometheus import PrometheusLogger

    registry = client.CollectorRegistry()
    calls(PrometheusLogger(registry))
    served, port = _free_port(), _free_port()
    server, thread = client.start_http_server(served, "127.0.0.1", registry)
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: app, static_configs: [{{targets: ['127.0.0.1:{served}']}}]}}]\n"
    )
    process = subprocess.Popen(
        [
            program,
            f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        query = urllib.parse.urlencode({"query": "sum(edgequake_requests_total)"})
        address = f"http://127.0.0.1:{port}/api/v1/query?{query}"
        found: list[Any] = []
        for _ in range(300):
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    found = json.load(answer)["data"]["result"]
            except OSError:
                pass
            if found:
                break
            time.sleep(0.1)
        assert found and float(found[0]["value"][1]) == 3
        # The dashboard's queries, in PromQL's own judgement; what this run has done they find.
        page = Path(__file__).resolve().parents[2] / "docs" / "assets" / "grafana-dashboard.json"
        for panel in json.loads(page.read_text())["panels"]:
            for target in panel["targets"]:
                text = target["expr"].replace("$__rate_interval", "1m")
                text = text.replace("$provider", ".*").replace("$model", ".*")
                query = urllib.parse.urlencode({"query": text})
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=5
                ) as got:
                    assert json.load(got)["status"] == "success", text
    finally:
        process.terminate()
        process.wait(20)
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Langfuse(BaseHTTPRequestHandler):
    """Takes what Langfuse's package sends to its ingestion of traces."""

    received: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.received.append((self.path, self.headers.get("authorization") or "", body))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_langfuse_gets_generations(calls: Any) -> None:
    pytest.importorskip("langfuse")
    trace: Any = pytest.importorskip("opentelemetry.trace")
    from edgequake_python.integrations.langfuse import LangfuseLogger

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Langfuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        logger = LangfuseLogger("pk-test", "sk-test", f"http://127.0.0.1:{server.server_port}")
        calls(logger, metadata={"generation_name": "asked", "session_id": "s1", "trace_id": "of the program"})
        logger.flush()
        body = b"".join(body for _, _, body in _Langfuse.received)
        assert _Langfuse.received
        path, authorization, _ = _Langfuse.received[0]
        assert path.endswith("/otel/v1/traces")
        assert authorization == "Basic " + base64.b64encode(b"pk-test:sk-test").decode()
        for expected in (b"asked", b"gpt-4o", b"hi there", b"s1", b"RateLimitError", b"generation"):
            assert expected in body, expected
        assert b"sk-simulated" not in body
    finally:
        # The package exports every later span too, and would go on asking a server that is not there.
        trace.get_tracer_provider().shutdown()
        server.shutdown()
        server.server_close()


def test_histograms_have_the_bounds_that_the_conventions_advise(calls: Any) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    from edgequake_python.integrations.opentelemetry import OpenTelemetry

    reader = InMemoryMetricReader()
    calls(OpenTelemetry(meter_provider=MeterProvider(metric_readers=[reader])))
    data: Any = reader.get_metrics_data()
    bounds = {
        metric.name: metric.data.data_points[0].explicit_bounds
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
    }
    assert bounds["gen_ai.client.operation.duration"][:3] == (0.01, 0.02, 0.04)
    assert bounds["gen_ai.client.operation.duration"][-1] == 81.92
    assert bounds["gen_ai.client.token.usage"][0] == 1 and bounds["gen_ai.client.token.usage"][-1] == 4**13
    assert bounds["gen_ai.server.time_to_first_token"][0] == 0.001
