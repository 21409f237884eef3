"""What importing the package does: very little."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from error_classes import AIDER

_DEBUG_BUILD = ["-W", "ignore:edgequake_python runs on a debug build"]


def python(program: str, *prefix: str, **environment: str) -> Any:
    """What ``program`` prints as JSON, where every warning is an error and stderr stays empty."""
    done = subprocess.run(
        [*prefix, sys.executable, "-X", "dev", "-W", "error", *_DEBUG_BUILD, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_it_prints_nothing() -> None:
    assert python("import edgequake_python") is None


def test_what_it_loads() -> None:
    """Neither what is heavy nor what is only needed for a call."""
    program = """
import json, sys
before = set(sys.modules)
import edgequake_python
print(json.dumps(sorted({name for name in set(sys.modules) - before})))
"""
    loaded = python(program)
    unwanted = {"pydantic", "pydantic_core", "asyncio", "openai", "httpx", "typing_extensions", "typing"}
    unwanted |= {
        "json",
        "ssl",
        "socket",
        "http",
        "urllib.request",
        "importlib.metadata",
        "dataclasses",
        "inspect",
    }
    assert not unwanted & set(loaded)
    assert "edgequake_python._eq_core" in loaded


def test_it_opens_no_socket_and_starts_no_thread() -> None:
    program = """
import json, os, sys
sockets, spawned = [], []
def audit(event, arguments):
    if event.startswith("socket."):
        sockets.append(event)
    if event in ("_thread.start_new_thread", "subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn"):
        spawned.append(event)
sys.addaudithook(audit)
tasks = lambda: len(os.listdir("/proc/self/task")) if os.path.exists("/proc/self/task") else 1
files = lambda: sorted(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else []
before = files()
import edgequake_python
print(json.dumps([sockets, spawned, tasks(), files() == before]))
"""
    assert python(program) == [[], [], 1, True]


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_network_call_reaches_the_kernel(tmp_path: Path) -> None:
    log = tmp_path / "strace.txt"
    options = ["strace", "-f", "-e", "trace=network,clone,clone3,fork,vfork", "-o", str(log)]
    permitted = subprocess.run([*options, "true"], capture_output=True, check=False)
    if permitted.returncode != 0:
        pytest.skip("strace is not permitted here")
    assert python("import edgequake_python", *options) is None
    calls = [line for line in log.read_text().splitlines() if "+++ exited" not in line]
    assert calls == []


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_without_a_network() -> None:
    alone = ["unshare", "-rn"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("a network namespace is not permitted here")
    program = "import json, edgequake_python as eq; eq.ModelResponse; print(json.dumps(eq.__version__))"
    assert python(program, *alone) == edgequake_python.__version__


def test_it_writes_nothing(tmp_path: Path) -> None:
    """No cache, no configuration: a home that cannot be written to, or is not there, is all the same."""
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    program = """
import os, sys
def audit(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise RuntimeError(f"opened for writing: {arguments}")
    if event in ("os.mkdir", "os.rename", "os.remove"):
        raise RuntimeError(f"{event}: {arguments}")
sys.addaudithook(audit)
import edgequake_python
edgequake_python.ModelResponse
"""
    for directory in (str(home), str(tmp_path / "missing")):
        places = {"HOME": directory, "XDG_CACHE_HOME": directory, "XDG_CONFIG_HOME": directory}
        assert python(program, PYTHONDONTWRITEBYTECODE="1", **places) is None
    assert list(home.iterdir()) == []


def test_signals_and_hooks_stay_the_programs() -> None:
    program = """
import json, signal, sys, threading, warnings
state = lambda: [
    signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    sys.excepthook is sys.__excepthook__,
    sys.unraisablehook is sys.__unraisablehook__,
    threading.excepthook,
    len(warnings.filters),
]
before = state()
import edgequake_python
print(json.dumps(state() == before))
"""
    assert python(program) is True


class TestNames:
    def test_dir_shows_only_the_errors_that_aider_knows(self) -> None:
        shown = {name for name in dir(edgequake_python) if name.endswith("Error")}
        assert shown == AIDER - edgequake_python._UNLISTED
        program = """
import json, edgequake_python as eq
eq.ModelResponse, eq.PaymentRequiredError, eq.IncompleteStreamError  # loading more shows no more
print(json.dumps([name for name in dir(eq) if name.endswith("Error")]))
"""
        assert set(python(program)) == AIDER - edgequake_python._UNLISTED

    def test_each_of_them_is_an_exception(self) -> None:
        names = [*AIDER, "Timeout"]
        assert all(issubclass(getattr(edgequake_python, name), Exception) for name in names)

    def test_the_others_can_be_had(self) -> None:
        hidden = ["EdgeQuakeError", "IncompleteStreamError", "PaymentRequiredError", "ModelNotMappedError"]
        for name in hidden:
            assert name not in dir(edgequake_python)
            assert issubclass(getattr(edgequake_python, name), Exception)

    def test_everything_shown_resolves(self) -> None:
        program = """
import json, edgequake_python as eq
from edgequake_python import _names
names = sorted({*dir(eq), *eq.__all__, *_names._MODULE_OF})
print(json.dumps([name for name in names if not hasattr(eq, name)]))
"""
        assert python(program) == []

    def test_classes_are_loaded_when_asked_for(self) -> None:
        program = """
import json, sys, edgequake_python as eq
before = "pydantic" in sys.modules
eq.ModelResponse
print(json.dumps([before, "pydantic" in sys.modules]))
"""
        assert python(program) == [False, True]

    def test_a_name_that_is_not_there(self) -> None:
        with pytest.raises(AttributeError, match="no_such_name"):
            _ = edgequake_python.no_such_name

    def test_star_import(self) -> None:
        program = """
import json
from edgequake_python import *
print(json.dumps([completion.__name__, Timeout.__name__]))
"""
        assert python(program) == ["completion", "Timeout"]

    def test_under_another_name(self) -> None:
        program = """
import json
import edgequake_python as litellm
from edgequake_python import ModelResponse, acompletion, completion
from edgequake_python.exceptions import RateLimitError
print(json.dumps([litellm.completion is completion, litellm.exceptions.RateLimitError is RateLimitError]))
"""
        assert python(program) == [True, True]
