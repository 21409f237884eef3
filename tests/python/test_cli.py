"""The commands of a terminal: chat, models, cost, doctor, bench, simulate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import edgequake_python as eq
from command_line import PACKAGE, edgequake

pytest.importorskip("typer")
pytest.importorskip("rich")


def test_help_names_every_command_and_each_has_help() -> None:
    with eq.Simulator() as sim:
        listed = edgequake(sim, "--help").stdout
        for command in ("chat", "models", "cost", "doctor", "bench", "batch", "simulate", "run"):
            assert command in listed
            helped = edgequake(sim, command, "--help")
            assert helped.returncode == 0
            assert "--help" in helped.stdout or "-h" in helped.stdout
        assert edgequake(sim, "nonsense").returncode == 2


def test_without_the_extra_it_says_what_to_install() -> None:
    code = """
import sys
sys.modules["typer"] = None
from edgequake_python.cli import main
sys.exit(main(["chat", "hello"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "edgequake-python[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_chat_streams_an_answer_and_tells_its_cost() -> None:
    with eq.Simulator() as sim:
        done = edgequake(sim, "chat", "-m", "openai/gpt-4o-mini", "hello", "there")
        assert done.returncode == 0
        assert "You said: hello there" in done.stdout
        assert "tokens, $0.0" in done.stderr
        told = json.loads(
            edgequake(sim, "chat", "-m", "openai/gpt-4o-mini", "--json", said="piped in").stdout
        )
        assert told["content"].startswith("You said: piped in")
        assert told["cost"] > 0
        assert told["completion_tokens"] > 0
        assert all(json.loads(request["body"])["stream"] for request in sim.requests)


def test_chat_goes_on_with_a_conversation_of_a_file(tmp_path: Path) -> None:
    history = tmp_path / "talk.json"
    with eq.Simulator() as sim:
        for question in ("first", "second"):
            edgequake(sim, "chat", "-m", "openai/x", "-s", "Be brief.", "--history", str(history), question)
        sent = [said["content"] for said in json.loads(sim.requests[-1]["body"])["messages"]]
        assert sent[:2] == ["Be brief.", "first"]
        assert sent[-1] == "second"
        assert len(json.loads(history.read_text())) == 5
        history.write_text('{"no": "conversation"}')
        assert edgequake(sim, "chat", "--history", str(history), "third").returncode == 2


def test_a_refused_call_is_one_line_and_status_1() -> None:
    with eq.Simulator() as sim:
        done = edgequake(sim, "chat", "-m", "openai/sim/401", "hello")
        assert done.returncode == 1
        assert "AuthenticationError" in done.stderr
        assert not done.stdout


def test_models_are_filtered_by_price_and_capability() -> None:
    with eq.Simulator() as sim:
        arguments = (
            "models",
            "-s",
            "vision",
            "--max-input",
            "1",
            "--mode",
            "chat",
            "--sort",
            "input",
            "--json",
        )
        rows = json.loads(edgequake(sim, *arguments).stdout)
        assert len(rows) > 10
        for row in rows:
            entry = eq.model_cost[row["model"]]
            assert entry["supports_vision"] is True
            assert entry["input_cost_per_token"] <= 1e-6
        prices = [row["input"] for row in rows]
        assert prices == sorted(prices)
        assert edgequake(sim, "models", "-s", "telepathy").returncode == 2
        assert "gpt-4o-mini" in edgequake(sim, "models", "gpt-4o-mini").stdout
        assert not sim.requests


def test_cost_is_that_of_the_library() -> None:
    with eq.Simulator() as sim:
        done = edgequake(sim, "cost", "gpt-4o-mini", "-i", "1000", "-o", "500", "-n", "3", "--json")
        expected = sum(eq.cost_per_token("gpt-4o-mini", prompt_tokens=1000, completion_tokens=500)) * 3
        assert json.loads(done.stdout)["cost"] == pytest.approx(expected)
        counted = json.loads(
            edgequake(sim, "cost", "gpt-4o-mini", "-t", "-", "--json", said="One two").stdout
        )
        assert counted["input_tokens"] == eq.token_counter(
            "gpt-4o-mini", messages=[{"role": "user", "content": "One two"}]
        )
        assert edgequake(sim, "cost", "gpt-4o-mini").returncode == 2
        assert edgequake(sim, "cost", "no-such-model", "-i", "1").returncode == 1


def test_doctor_reaches_who_has_a_key_and_never_shows_it() -> None:
    with eq.Simulator() as sim:
        done = edgequake(sim, "doctor", "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 0, report
        (row,) = report["providers"]
        assert (row["provider"], row["state"], row["keys"]) == ("openai", "reached", ["OPENAI_API_KEY"])
        assert report["versions"]["edgequake_python"] == eq.__version__
        assert "reached" in edgequake(sim, "doctor").stdout
        sim.stop()
        gone = edgequake(sim, "doctor", "--timeout", "5", "--json")
        assert gone.returncode == 1
        assert json.loads(gone.stdout)["providers"][0]["state"] == "failed"


def test_bench_counts_answers_and_failures() -> None:
    with eq.Simulator() as sim:
        done = edgequake(sim, "bench", "-m", "openai/sim/500?times=3", "-n", "20", "-c", "4", "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 1
        assert (report["requests"], report["failed"]) == (20, 3)
        assert report["errors"] == {"InternalServerError": 3}
        assert report["whole_ms"]["p50"] > 0
        assert len(sim.requests) == 20


@pytest.mark.parametrize("port", ["99999999", "65536", "-1", "1e3", "\u0663"])
def test_a_port_that_is_none(port: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edgequake_python", "simulate", f"--port={port}"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 2
    assert f"{port!r} is no port: a number from 0 to 65535" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("cost", "gpt-4o", "-i", "1" + "0" * 400),
        ("cost", "gpt-4o", "-i", "1", "-n", "1" + "0" * 400),
        ("models", "--max-input", "nan"),
        ("batch", "in.jsonl", "out.jsonl", "--max-cost", "nan"),
        ("doctor", "--offline", "--timeout", "nan"),
        ("models", "--max-output", "-1"),
        ("models", "--min-context", "-5"),
        ("doctor", "--offline", "--timeout", "inf"),
    ],
)
def test_numbers_out_of_range_are_usage_errors(
    openai_simulated: eq.Simulator, words: tuple[str, ...]
) -> None:
    done = edgequake(openai_simulated, *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert words[-2] in done.stderr
