"""Nothing secret is shown, whatever it is and wherever it was given: in errors, and to whoever watches."""

from __future__ import annotations

import gzip
import io
import json
import logging
import pickle
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import edgequake_python as eq
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.integrations.json_logs import JsonLogger
from edgequake_python.integrations.opentelemetry import OpenTelemetry
from edgequake_python.integrations.prometheus import PrometheusLogger
from edgequake_python.observers import flush
from edgequake_python.testing import cassette
from loopback import MESSAGES, Loopback, Reply, Request, chat
from service_account import service_account
from telltale import KEY, WORD, Echo, arrived, shown, with_user

_OPENAI = {"model": "openai/m", "api_key": "sk-of-no-interest"}
_AWS = {"model": "bedrock/m", "aws_region_name": "us-east-1", "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}
_AZURE = {"model": "azure/m", "api_version": "2024-10-21"}
_VERTEX = {"model": "vertex_ai/gemini-2.5-flash", "vertex_project": "p", "vertex_location": "us-central1"}

#: How a caller gives something secret: arguments, environment, and what becomes of the server's address.
GIVEN: dict[str, tuple[dict[str, Any], dict[str, str], Any]] = {
    "an authorization header": ({**_OPENAI, "extra_headers": {"Authorization": f"Bearer {KEY}"}}, {}, None),
    "a gateway's header": ({**_OPENAI, "extra_headers": {"Ocp-Apim-Subscription-Key": KEY}}, {}, None),
    "a header of one provider": (
        {
            **_OPENAI,
            "provider_specific_header": {
                "custom_llm_provider": "openai",
                "extra_headers": {"x-gateway-token": KEY},
            },
        },
        {},
        None,
    ),
    "a query": ({**_OPENAI, "extra_query": {"api_key": KEY}}, {}, None),
    "the address's query": (_OPENAI, {}, lambda base: f"{base}?token={KEY}"),
    "the address's password": (_OPENAI, {}, with_user),
    "a fallback's key": ({**_OPENAI, "fallbacks": [{"model": "openai/other", "api_key": KEY}]}, {}, None),
    "a key with odd letters": ({**_OPENAI, "api_key": f'{KEY}"/\\+%'}, {}, None),
    "a token of Entra": ({**_AZURE, "azure_ad_token": KEY}, {}, None),
    "a token of Entra from the environment": (_AZURE, {"AZURE_AD_TOKEN": KEY}, None),
    "a token of Entra that is asked for": ({**_AZURE, "azure_ad_token_provider": lambda: KEY}, {}, None),
    "a secret of Entra": (
        {**_AZURE, "tenant_id": "t", "client_id": "c", "client_secret": KEY},
        {"AZURE_AUTHORITY_HOST": "{server}"},
        None,
    ),
    "keys of AWS": ({**_AWS, "aws_secret_access_key": KEY, "aws_session_token": KEY[::-1] + KEY}, {}, None),
    "keys of AWS from the environment": (
        {"model": "bedrock/m"},
        {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_SESSION_TOKEN": f"session-{KEY}",
            "AWS_REGION_NAME": "us-east-1",
        },
        None,
    ),
    "a token of Snowflake": ({"model": "snowflake/m", "api_key": f"pat/{KEY}"}, {}, None),
    "a token of Google": ({**_VERTEX, "api_key": f"ya29.{KEY}"}, {}, None),
}
#: Never sent, so that no server can show it.
_KEPT = ("keys of AWS", "a fallback's key", "the address's password")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def server(echo: Echo) -> Iterator[Loopback]:
    with Loopback(echo) as server:
        yield server


@pytest.fixture(params=GIVEN)
def given(request: Any, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A call with something secret in it."""
    call, variables, place = GIVEN[request.param]
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{server}", server.base_url))
    base = server.base_url if place is None else place(server.base_url)
    return {"messages": MESSAGES, "num_retries": 0, "api_base": base, **call}


class Watcher(CustomLogger):
    """Writes down everything it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def _tell(self, *said: Any) -> None:
        self.told += [json.dumps(said, default=repr), repr(said)]

    def log_pre_api_call(self, model: str, messages: Any, kwargs: Any) -> None:
        self._tell(kwargs)

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._tell(kwargs, response_obj)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._tell(kwargs, response_obj)


@pytest.mark.parametrize("fault", ["401", "429", "page", "json"])
def test_in_an_error(given: dict[str, Any], echo: Echo, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    echo.fault = fault
    caplog.set_level(logging.DEBUG)
    eq._turn_on_debug()
    try:
        with pytest.raises(eq.EdgeQuakeError) as caught:
            eq.completion(**given)
    finally:
        eq._logging.set_level(None)
    assert WORD not in shown(caught.value)
    assert WORD not in caplog.text


def answers(server: Loopback, echo: Echo, fault: Any) -> None:
    """Sets what the server does: a fault, or a good answer that has the key in a header."""
    if fault is not None:
        echo.fault = fault
        return

    def good(request: Request) -> Reply:
        if request.path.endswith("/token"):
            return Reply({"access_token": f"token-{KEY}", "expires_in": 3600, "token_type": "Bearer"})
        heard = {name: value for name, value in request.headers.items() if WORD in value}
        return Reply(_ANSWERS.get(request.path.split("/")[1], chat()), headers={"x-heard": json.dumps(heard)})

    server.handler = good


#: Good answers in other dialects, by the beginning of their paths.
_ANSWERS: dict[str, dict[str, Any]] = {
    "model": {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello!"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    },
    "v1": chat(),
}


def attempt(call: dict[str, Any]) -> str:
    """Everything a caller learns from a call, whatever becomes of it."""
    try:
        answer = eq.completion(**call)
    except eq.EdgeQuakeError as failure:
        return shown(failure)
    parts = [repr(answer), repr(answer._hidden_params), repr(answer.headers), answer.model_dump_json()]
    return "".join(parts) + pickle.dumps(answer).decode("latin-1")


@pytest.mark.parametrize("fault", [None, "401"])
def test_to_whoever_watches(
    given: dict[str, Any], server: Loopback, echo: Echo, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answers(server, echo, fault)
    caplog.set_level(logging.DEBUG)
    lines, watcher, registry = io.StringIO(), Watcher(), prometheus_client.CollectorRegistry()
    spans, reader, tracers = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    telemetry = OpenTelemetry(tracers, MeterProvider(metric_readers=[reader]), messages=True)
    eq.callbacks = [watcher, JsonLogger(lines, messages=True), telemetry, PrometheusLogger(registry)]
    eq.set_verbose = True
    try:
        told = attempt(given)
    finally:
        assert flush(20)
        eq.callbacks, eq.set_verbose = [], False
    exported = "".join(span.to_json() for span in spans.get_finished_spans())
    measured = prometheus_client.generate_latest(registry).decode()
    assert watcher.told and lines.getvalue() and exported and "edgequake" in measured
    everything = [told, *watcher.told, lines.getvalue(), exported, measured, caplog.text]
    for text in (*everything, str(reader.get_metrics_data())):
        assert WORD not in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_to_langfuse(server: Loopback, echo: Echo) -> None:
    pytest.importorskip("langfuse")
    from edgequake_python.integrations.langfuse import LangfuseLogger

    with Loopback(lambda request: Reply(b"")) as langfuse:
        # Langfuse's package keeps one client for each public key.
        logger = LangfuseLogger("pk-elsewhere", "sk-test", langfuse.base_url[:-3])
        eq.callbacks = [logger]
        for call, _, place in GIVEN.values():
            base = server.base_url if place is None else place(server.base_url)
            attempt({"messages": MESSAGES, "num_retries": 0, "api_base": base, **call})
        assert flush(20)
        logger.flush()
        assert langfuse.requests
        for request in langfuse.requests:
            packed = request.headers.get("content-encoding") == "gzip"
            body = gzip.decompress(request.body) if packed else request.body
            assert WORD.encode() not in body


@pytest.mark.parametrize("fault", [None, "401"])
def test_in_a_recording(given: Any, server: Loopback, echo: Echo, fault: Any, tmp_path: Path) -> None:
    answers(server, echo, fault)
    path = tmp_path / "recorded.json"
    with cassette(path):
        attempt(given)
    assert json.loads(path.read_text())["interactions"]
    assert WORD not in path.read_text()


def test_in_a_request_that_is_shown(given: dict[str, Any]) -> None:
    shown = eq.completion(**given, dry_run=True)
    told = [repr(getattr(shown, name)) for name in type(shown).__slots__]
    assert WORD not in repr(shown) + str(told)


def test_it_was_sent(given: dict[str, Any], server: Loopback, request: pytest.FixtureRequest) -> None:
    attempt(given)
    assert arrived(server) or any(name in request.node.name for name in _KEPT)


class TestGoogle:
    """The private key of a service account, and what is signed with it."""

    @pytest.mark.parametrize("form", ["dict", "text", "file", "environment"])
    @pytest.mark.parametrize("fault", [None, "400", "500", "json"])
    def test_a_service_account(
        self,
        server: Loopback,
        echo: Echo,
        fault: Any,
        form: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        account = service_account(server.base_url, name=uuid.uuid4().hex)
        lines = [line for line in account["private_key"].splitlines() if len(line) == 64]
        file = tmp_path / "account.json"
        file.write_text(json.dumps(account))
        answers(server, echo, fault)
        watcher, path = Watcher(), tmp_path / "recorded.json"
        eq.callbacks = [watcher]
        if form == "environment":
            monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
            given = {}
        else:
            forms = {"dict": account, "text": json.dumps(account), "file": str(file)}
            given = {"vertex_credentials": forms[form]}
        with cassette(path):
            told = attempt(
                {"messages": MESSAGES, "num_retries": 0, "api_base": server.base_url, **_VERTEX, **given}
            )
        assert flush(20)
        proofs = [
            dict(urllib.parse.parse_qsl(request.body.decode())).get("assertion")
            for request in server.requests
        ]
        assert proofs[0]
        for text in (told, path.read_text(), *watcher.told):
            assert not any(secret in text for secret in (WORD, proofs[0], *lines))

    def test_a_refresh_token(self, server: Loopback, echo: Echo, tmp_path: Path) -> None:
        user = {
            "type": "authorized_user",
            "client_id": "c",
            "client_secret": KEY,
            "refresh_token": f"1//{KEY}",
            "token_uri": f"{server.base_url}/token",
        }
        path = tmp_path / "recorded.json"
        for fault in ("401", "500", None):
            answers(server, echo, fault)
            with cassette(path, mode="all"):
                told = attempt(
                    {
                        "messages": MESSAGES,
                        "num_retries": 0,
                        "api_base": server.base_url,
                        "vertex_credentials": user,
                        **_VERTEX,
                    }
                )
            assert WORD not in told + path.read_text()


def test_of_clients_and_routers(server: Loopback, echo: Echo) -> None:
    params = {"model": "openai/m", "api_key": KEY, "api_base": server.base_url}
    router = eq.Router(model_list=[{"model_name": "m", "litellm_params": params}], num_retries=0)
    with eq.Client(api_keys={"openai": KEY}, api_bases={"openai": server.base_url}, num_retries=0) as client:
        ways: list[tuple[Any, str]] = [(client.completion, "openai/m"), (router.completion, "m")]
        for run, model in ways:
            with pytest.raises(eq.AuthenticationError) as caught:
                run(model, MESSAGES)
            assert arrived(server) and WORD not in shown(caught.value)
            server.requests.clear()
        assert WORD not in repr(client) + repr(router) + str(router)
        with pytest.raises(TypeError, match="keys"):
            pickle.dumps(client)
