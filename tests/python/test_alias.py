"""Under LiteLLM's name: imports from anywhere below it, metadata, unchanged programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def python(program: str, *arguments: str, cwd: Path | None = None) -> Any:
    """What ``program`` prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


INSTALL = "import json, sys, edgequake_python\nedgequake_python.install_as_litellm()\n"


def test_every_import_gives_this_package() -> None:
    program = (
        INSTALL
        + """
import litellm
import litellm.types.utils
import litellm.exceptions as exceptions
from litellm import completion, ModelResponse
from litellm.types.utils import Usage
from litellm.llms.custom_llm import CustomLLM
from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
import edgequake_python.types.utils
print(json.dumps([
    litellm is edgequake_python,
    completion is edgequake_python.completion,
    ModelResponse is edgequake_python.ModelResponse,
    Usage is edgequake_python.Usage,
    exceptions is edgequake_python.exceptions,
    litellm.types.utils is edgequake_python.types.utils,
    edgequake_python.types.utils.__spec__.name == "edgequake_python.types.utils",
    litellm.utils.CustomStreamWrapper is CustomStreamWrapper,
]))
"""
    )
    assert python(program) == [True] * 8


def test_what_is_not_there_is_not_found() -> None:
    program = (
        INSTALL
        + """
try:
    import litellm.no_such_module
except ModuleNotFoundError as error:
    print(json.dumps(error.name))
"""
    )
    assert python(program) == "litellm.no_such_module"


def test_its_version() -> None:
    program = (
        INSTALL
        + """
import importlib.metadata
from litellm._version import version
print(json.dumps([importlib.metadata.version("litellm") == version, version.count(".")]))
"""
    )
    assert python(program) == [True, 2]


def test_patching() -> None:
    program = (
        INSTALL
        + """
from unittest.mock import patch
import litellm
with patch("litellm.completion") as fake:
    litellm.completion()
with patch("litellm.utils.token_counter", create=True) as other:
    litellm.utils.token_counter()
print(json.dumps([fake.call_count, other.call_count, callable(litellm.completion)]))
"""
    )
    assert python(program) == [1, 1, True]


def test_pickles_survive_the_alias() -> None:
    program = (
        INSTALL
        + """
import pickle, litellm
answer = litellm.ModelResponse(id="x")
print(json.dumps(pickle.loads(pickle.dumps(answer)).id))
"""
    )
    assert python(program) == "x"


def test_it_can_be_undone_and_done_twice() -> None:
    program = (
        INSTALL
        + """
edgequake_python.install_as_litellm()
import litellm, litellm.utils
edgequake_python.uninstall_as_litellm()
left = [name for name in sys.modules if name.partition(".")[0] == "litellm"]
try:
    import litellm.types
    found = True
except ModuleNotFoundError:
    found = False
print(json.dumps([left, found]))
"""
    )
    left, _ = python(program)
    assert left == []


def test_not_when_the_real_one_is_there(tmp_path: Path) -> None:
    (tmp_path / "litellm.py").write_text("real = True\n")
    program = """
import json, litellm, edgequake_python
try:
    edgequake_python.install_as_litellm()
except RuntimeError as error:
    print(json.dumps([str(error), litellm.real]))
"""
    text, real = python(program, cwd=tmp_path)
    assert "imported already" in text
    assert real


def test_before_the_real_one(tmp_path: Path) -> None:
    """One that is installed but not yet imported stays out of the way."""
    (tmp_path / "litellm.py").write_text("real = True\n")
    program = INSTALL + "import litellm\nprint(json.dumps(hasattr(litellm, 'real')))"
    assert python(program, cwd=tmp_path) is False


@pytest.mark.skipif(sys.version_info < (3, 9), reason="openai")
def test_openais_names_catch_our_errors() -> None:
    program = (
        INSTALL
        + """
import openai, litellm
try:
    messages = [{"role": "user", "content": "x"}]
    litellm.completion("openai/gpt", messages, mock_response="litellm.RateLimitError")
except openai.RateLimitError as error:
    print(json.dumps(type(error).__name__))
"""
    )
    assert python(program) == "RateLimitError"


class TestRun:
    APP = """
import json, sys
import litellm
from helper import text
answer = litellm.completion("openai/x", [{"role": "user", "content": text}], mock_response="y")
print(json.dumps([__name__, sys.argv[1:], litellm.__name__, answer.choices[0].message.content]))
"""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "app.py").write_text(self.APP)
        (tmp_path / "helper.py").write_text("text = 'x'\n")
        return tmp_path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "edgequake_python", "run", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)

    def test_a_program(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        done = self.run(str(folder / "app.py"), "--flag", "-m", "value", cwd=elsewhere)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == ["__main__", ["--flag", "-m", "value"], "edgequake_python", "y"]

    def test_a_module(self, folder: Path) -> None:
        done = self.run("-m", "app", "a", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)[:2] == ["__main__", ["a"]]

    def test_its_exit_status_is_the_programs(self, folder: Path) -> None:
        (folder / "failing.py").write_text("import sys; sys.exit(7)\n")
        assert self.run("failing.py", cwd=folder).returncode == 7
        (folder / "raising.py").write_text("1 / 0\n")
        done = self.run("raising.py", cwd=folder)
        assert done.returncode == 1
        assert "ZeroDivisionError" in done.stderr
        done = self.run("missing.py", cwd=folder)
        assert done.returncode == 2
        assert "missing.py" in done.stderr
