"""The commands, run as a user runs them, against the simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import edgequake_python as eq

pytest.importorskip("typer")
pytest.importorskip("rich")

PACKAGE = Path(eq.__file__).resolve().parents[1]
CANARY = "sk-canary-of-the-command-line"


def environment(sim: eq.Simulator) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(PACKAGE),
        "OPENAI_API_KEY": CANARY,
        "OPENAI_BASE_URL": sim.base_url,
        "PYTHONUTF8": "1",
    }


def edgequake(
    sim: eq.Simulator, *arguments: str, said: str | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "edgequake_python", *arguments],
        input=said or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env=environment(sim),
    )
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


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


def questions(path: Path, number: int, model: str) -> list[str]:
    ids = [f"question-{n}" for n in range(number)]
    lines = [
        {
            "custom_id": name,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "messages": [{"role": "user", "content": name}]},
        }
        for name in ids
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return ids


def test_a_batch_killed_again_and_again_loses_and_doubles_no_line(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    ids = questions(source, 60, "openai/sim/latency?ms=60")
    command = [sys.executable, "-m", "edgequake_python", "batch", str(source), str(target), "-c", "4"]
    with eq.Simulator() as sim:
        for wanted in (5, 25):
            process = subprocess.Popen(command, env=environment(sim), stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while not target.exists() or target.read_bytes().count(b"\n") < wanted:
                assert process.poll() is None, "it ended before it was killed"
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.kill()
            process.wait()
            assert wanted <= len(read_lines(target)) < len(ids)
        # What a kill in the middle of a write leaves.
        with target.open("ab") as file:
            file.write(b'{"custom_id": "question-59", "resp')
        before = len(read_lines_whole(target))
        done = edgequake(sim, *command[3:], "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 0, done.stderr
        assert (report["already"], report["answered"], report["failed"]) == (before, len(ids) - before, 0)
        again = json.loads(edgequake(sim, *command[3:], "--json").stdout)
        assert (again["already"], again["answered"]) == (len(ids), 0)
    answers = read_lines(target)
    assert sorted(line["custom_id"] for line in answers) == sorted(ids)
    for line in answers:
        assert line["custom_id"] in line["response"]["body"]["choices"][0]["message"]["content"]


def read_lines_whole(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupted_batch_says_how_to_go_on(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    questions(source, 200, "openai/sim/latency?ms=100")
    # The handler is set here: whoever runs these tests in the background has interrupts ignored.
    program = (
        "import runpy, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "runpy.run_module('edgequake_python', run_name='__main__')\n"
    )
    command = [sys.executable, "-c", program, "batch", str(source), str(target), "-c", "2"]
    with eq.Simulator() as sim:
        process = subprocess.Popen(command, env=environment(sim), stderr=subprocess.PIPE, text=True)
        while not target.exists() or target.read_bytes().count(b"\n") < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in complaint
    assert "Traceback" not in complaint


def test_failures_of_a_batch_stand_apart_and_are_tried_again(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"messages": [{"role": "user", "content": "fine"}]},
        {
            "custom_id": "refused",
            "model": "openai/sim/400?times=1",
            "messages": [{"role": "user", "content": "x"}],
        },
        {"custom_id": "vector", "model": "openai/text-embedding-3-small", "input": "some text"},
    ]
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with eq.Simulator() as sim:
        command = ("batch", str(source), str(target), "-m", "openai/gpt-4o-mini", "--json")
        first = edgequake(sim, *command)
        report = json.loads(first.stdout)
        assert first.returncode == 1
        assert (report["answered"], report["failed"]) == (2, 1)
        assert report["cost"] > 0
        (failure,) = read_lines(tmp_path / "out.failures.jsonl")
        assert failure["custom_id"] == "refused"
        assert failure["error"]["status_code"] == 400
        assert {line["custom_id"] for line in read_lines(target)} == {"line-1", "vector"}
        assert edgequake(sim, *command).returncode == 0
        assert {line["custom_id"] for line in read_lines(target)} == {"line-1", "vector", "refused"}
        assert not read_lines(tmp_path / "out.failures.jsonl")


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (['{"messages": [{"role": "user", "content": "x"}]}', "{"], "line 2: not JSON"),
        (['{"custom_id": "a", "messages": [1]}'] * 2, "custom_id 'a' is that of line 1"),
        (['{"custom_id": "a", "url": "/v1/images", "body": {"prompt": "x"}}'], "neither chat"),
        (['{"model": "openai/x"}'], "`messages` is missing"),
    ],
)
def test_a_bad_input_is_refused_before_anything_is_sent(
    tmp_path: Path, lines: list[str], complaint: str
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    with eq.Simulator() as sim:
        done = edgequake(sim, "batch", str(source), str(tmp_path / "out.jsonl"), "-m", "openai/gpt-4o-mini")
        assert done.returncode == 2
        assert complaint in done.stderr
        assert not sim.requests


def test_a_batch_stops_at_its_limit_of_cost_and_leaves_other_files_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    questions(source, 30, "openai/gpt-4o-mini")
    with eq.Simulator() as sim:
        command = ("batch", str(source), str(target), "-c", "1", "--json")
        done = edgequake(sim, *command, "--max-cost", "0.00003")
        report = json.loads(done.stdout)
        assert done.returncode == 1
        assert report["stopped"]
        assert 0 < report["answered"] < 30
        assert report["answered"] + report["left"] == 30
        target.write_text("somebody's notes\n", encoding="utf-8")
        assert edgequake(sim, *command).returncode == 2
        assert target.read_text(encoding="utf-8") == "somebody's notes\n"


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
