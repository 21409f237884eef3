"""The programs of the package: the demonstration and the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

import pytest

import edgequake_python
from edgequake_python import cli, demo


def test_the_demo_does_every_part_of_the_main_job(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main() == 0
    said = capsys.readouterr().out
    for title in (
        "A plain completion",
        "A stream",
        "A stream on an event loop",
        "A tool call",
        "An embedding",
    ):
        assert title in said
    assert said.count("1, 2, 3, 4, 5") == 2
    assert said.count(" ms\n") == 5
    assert "get_weather({'city': 'Paris'})" in said


def test_the_demo_asks_the_provider_whose_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "sk-demo")
    monkeypatch.setenv("GROQ_API_BASE", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(edgequake_python, "num_retries", 0)
    assert demo.main() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_simulate_serves_until_it_is_interrupted() -> None:
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from edgequake_python.cli import main; sys.exit(main(['simulate', '--port', '0']))"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-W", "ignore:edgequake_python runs on", "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        request = urllib.request.Request(f"{base_url}/models", headers={"Authorization": "Bearer sk-any"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer)["object"] == "list"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.communicate()[1] == ""


def test_simulate_says_when_it_cannot_listen(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", "--host", "192.0.2.1", "--port", "0"]) == 1
    assert "cannot listen" in capsys.readouterr().err
    assert cli.main(["simulate", "--host", "nowhere"]) == 1


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert edgequake_python.__version__ in capsys.readouterr().out
