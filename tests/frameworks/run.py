"""Run frameworks that were written for litellm against this package, unmodified and from PyPI.

Each ``use_NAME.py`` beside this file is a program that does a framework's real job against the simulator. It
says what it needs in lines at its top::

    # requires: dspy==3.4.1
    # litellm: 1.106.2

It is run in a virtual environment of its own with ``python -m edgequake_python run``. litellm is not in it: a
distribution of that name and no content, of the version after ``litellm:``, stands in for it, so that pip
resolves the dependencies as ever. The environments are kept in the user's cache folder, and made anew when
what they need changes. Installing and running have time limits, and a table of all programs comes last::

    python tests/frameworks/run.py [NAME ...]
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "python"
#: The servers that tests answer from.
HELPERS = HERE.parent / "python"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgequake-python" / "frameworks"
#: Seconds for one program, and for what pip does for it.
TIMEOUT = 600
INSTALL_TIMEOUT = 1200


def main(names: list[str]) -> int:
    """Run the programs named, or all; 0 when all do their job."""
    programs = [HERE / f"use_{name}.py" for name in names] or sorted(HERE.glob("use_*.py"))
    rows = []
    for program in programs:
        name = program.stem[len("use_") :]
        began = time.monotonic()
        result, version = tried(name, program)
        rows.append((name, version, result, time.monotonic() - began))
        print("{:22} {:26} {:14} {:6.0f} s".format(*rows[-1]), flush=True)
    worked = sum(result == "ok" for _, _, result, _ in rows)
    print("\n{:22} {:26} {:14} {:>8}".format("framework", "release", "result", "seconds"))
    for row in rows:
        print("{:22} {:26} {:14} {:8.0f}".format(*row))
    print(f"{worked} of {len(rows)} frameworks do their job")
    return 0 if worked == len(rows) else 1


def tried(name: str, program: Path) -> tuple[str, str]:
    """How a program went, in a word, and the release of what it tries; a failure is printed."""
    try:
        python = environment(name, program)
    except subprocess.CalledProcessError as error:
        print(f"{name}: pip said why above (status {error.returncode})", flush=True)
        return "not installed", ""
    except subprocess.TimeoutExpired:
        print(f"{name}: pip was not done after {INSTALL_TIMEOUT} s", flush=True)
        return "not installed", ""
    reason = run(python, program)
    if reason:
        print(f"{name}: {reason}", flush=True)
    return "failed" if reason else "ok", release(python, needs(program)[0])


def release(python: Path, required: list[str]) -> str:
    """The first of what a program requires, with the version that is installed."""
    name = re.split(r"[\[<>=!~; ]", required[0].split()[0])[0] if required else ""
    ask = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run(
        [str(python), "-c", ask], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    return f"{name} {done.stdout.strip()}"


def needs(program: Path) -> tuple[list[str], str]:
    """What a program requires, and the version of litellm that it is told of."""
    text = program.read_text(encoding="utf-8")
    required = re.findall(r"^# requires: (.+)$", text, re.MULTILINE)
    version = re.search(r"^# litellm: (.+)$", text, re.MULTILINE)
    return required, version.group(1) if version else "1.106.2"


def environment(name: str, program: Path) -> Path:
    """The interpreter of the program's environment, made if need be."""
    required, version = needs(program)
    key = hashlib.sha256("\n".join([sys.version, version, *required]).encode()).hexdigest()[:12]
    folder = CACHE / f"{name}-{key}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / ".done"
    if done.exists():
        return python
    print(f"{name}: installing {', '.join(required)}", flush=True)
    for stale in CACHE.glob(f"{name}-{'?' * len(key)}"):
        shutil.rmtree(stale, ignore_errors=True)
    venv.EnvBuilder(clear=True, with_pip=True).create(folder)
    empty = stand_in(folder, version)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", str(empty)], check=True, timeout=INSTALL_TIMEOUT)
    wanted = ["pydantic>=2.5", *required, f"litellm=={version}"]
    subprocess.run([*pip, *wanted], check=True, timeout=INSTALL_TIMEOUT)
    done.touch()
    return python


def stand_in(folder: Path, version: str) -> Path:
    """A wheel named litellm with nothing in it."""
    wheel = folder / f"litellm-{version}-py3-none-any.whl"
    info = f"litellm-{version}.dist-info"
    extras = "".join(f"Provides-Extra: {extra}\n" for extra in ("mcp", "proxy"))
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n{extras}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, content)
    return wheel


def run(python: Path, program: Path) -> str | None:
    """Run the program; why it failed, or None."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
    variables = {name: os.environ[name] for name in keep if name in os.environ}
    variables.update(
        PYTHONPATH=os.pathsep.join([str(PACKAGE), str(HELPERS)]),
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        NO_PROXY="127.0.0.1",
    )
    try:
        done = subprocess.run(
            [str(python), "-m", "edgequake_python", "run", str(program)],
            env=variables,
            cwd=python.parents[1],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said: str | bytes = late.stderr or b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"not done after {TIMEOUT} s\n{text[-2000:]}"
    if done.returncode == 0:
        return None
    return f"failed ({done.returncode})\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
