"""A batch from a file of questions: killed, interrupted, refused, limited, and gone on with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import edgequake_python as eq
from command_line import edgequake, environment, read_lines

pytest.importorskip("typer")
pytest.importorskip("rich")


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
