"""Any locale, any folder, read-only files; Windows and macOS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import edgequake_python as eq

ELSEWHERE = "the test workflow (Windows, macOS)"


PROGRAM = r"""
import sys
import edgequake_python as eq
answer = eq.completion(model="openai/sim/unicode", api_base=sys.argv[1], api_key="k",
                       messages=[{"role": "user", "content": "Gr\u00fc\u00dfe"}])
assert not answer.choices[0].message.content.isascii()
assert eq.token_counter(model="gpt-4o", text="hello") == 1
"""


@pytest.mark.parametrize("language", ["C", "POSIX", "xx_YY.nothing"])
def test_any_locale_in_any_folder(simulator: eq.Simulator, tmp_path: Path, language: str) -> None:
    # CPython 3.13.0 loads no extension module, its own included, from a folder that the locale cannot spell.
    home = tmp_path / ("in 3.13" if sys.version_info[:2] == (3, 13) else "J\u00fcrgen \u6771\u4eac")
    place = home / "site packages"
    shutil.copytree(Path(eq.__file__).parent, place / "edgequake_python")
    everything = [place, *place.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))
    }
    surroundings = {"LC_ALL": language, "HOME": str(home), "PYTHONUTF8": "0", "PYTHONPATH": str(place)}
    options = ["-W", "error", "-W", "ignore:edgequake_python runs on a debug build"]
    ran = subprocess.run(
        [sys.executable, *options, "-c", PROGRAM, simulator.base_url],
        env={**kept, **surroundings},
        cwd=home,
        capture_output=True,
        check=False,
        timeout=60,
    )
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
