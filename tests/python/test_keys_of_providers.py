"""No provider shows a key, whatever fails: every row of the registry, the key given or in the environment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from edgequake_python import _eq_core
from loopback import MESSAGES, Loopback
from telltale import KEY, WORD, Echo, arrived, shown, with_user

ROWS: dict[str, dict[str, Any]] = {row["name"]: row for row in _eq_core.providers()}
PLAIN = ["400", "401", "403", "429", "500", "page", "json", "refused", "silent"]
STREAMED = ["401", "event", "cut", "refused"]
#: What else a row has to be told.
_NEEDED: dict[str, dict[str, Any]] = {
    "vertex_ai": {"vertex_project": "p", "vertex_location": "us-central1"},
    "vertex_ai_beta": {"vertex_project": "p", "vertex_location": "us-central1"},
    "bedrock": {"aws_region_name": "us-east-1"},
}


@pytest.fixture(scope="module")
def echo() -> Echo:
    return Echo()


@pytest.fixture(scope="module")
def server(echo: Echo) -> Iterator[Loopback]:
    with Loopback(echo) as server:
        yield server


@pytest.fixture(autouse=True)
def logs_are_clean(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    eq._turn_on_debug()
    yield
    eq._logging.set_level(None)
    records = caplog.get_records("call")
    assert records and WORD not in str([(vars(record), record.getMessage()) for record in records])


def failures(server: Loopback, echo: Echo, row: dict[str, Any], **given: Any) -> Iterator[BaseException]:
    """The errors of every operation and fault."""
    call = {"model": f"{row['name']}/m", "num_retries": 0, **_NEEDED.get(row["name"], {}), **given}
    ways: list[tuple[Any, list[str], dict[str, Any]]] = []
    if "chat" in row["operations"]:
        ways.append((eq.completion, PLAIN, {"messages": MESSAGES}))
        ways.append(
            (lambda **call: list(eq.completion(**call)), STREAMED, {"messages": MESSAGES, "stream": True})
        )
    if "embedding" in row["operations"]:
        ways.append((eq.embedding, ["401", "json"], {"input": ["x"]}))
    if "text_completion" in row["operations"]:
        ways.append((eq.text_completion, ["401", "json"], {"prompt": "x"}))
    if "rerank" in row["operations"]:
        ways.append((eq.rerank, ["401", "json"], {"query": "x", "documents": ["y"]}))
    for run, faults, asked in ways:
        for fault in faults:
            echo.fault = fault
            base = "http://127.0.0.1:1/v1" if fault == "refused" else server.base_url
            # An address may hold a password too, but then it is among the variables of whoever is given it.
            base = with_user(base) if "api_key" in given else base
            limits = {"timeout": 0.02} if fault == "silent" else {}
            with pytest.raises(eq.EdgeQuakeError) as caught:
                run(api_base=base, **asked, **limits, **call)
            yield caught.value


@pytest.mark.parametrize("name", ROWS)
def test_a_key_that_is_given(name: str, server: Loopback, echo: Echo) -> None:
    server.requests.clear()
    for failure in failures(server, echo, ROWS[name], api_key=KEY):
        assert WORD not in shown(failure)
    assert arrived(server)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row["key_env"]])
def test_a_key_of_the_environment(
    name: str, server: Loopback, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ROWS[name]["key_env"]:
        monkeypatch.setenv(variable, KEY)
    server.requests.clear()
    for failure in failures(server, echo, ROWS[name]):
        assert WORD not in shown(failure, variables=True)
    assert arrived(server)


@pytest.mark.parametrize("length", range(150, 240, 3))
def test_where_a_quotation_ends_in_the_middle_of_it(server: Loopback, echo: Echo, length: int) -> None:
    echo.fault = "json"
    call: dict[str, Any] = {
        "api_base": server.base_url,
        "messages": MESSAGES,
        "num_retries": 0,
        "api_key": KEY,
    }
    for model in ("openai/m", "anthropic/m", "gemini/m"):
        with pytest.raises(eq.EdgeQuakeError, match="cannot be read") as caught:
            eq.completion(model, extra_headers={"x-pad": "-" * length}, **call)
        assert not any(KEY[:size] in shown(caught.value) for size in (4, 8, 12))
