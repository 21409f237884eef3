"""Check what is released: the wheel's contents and size, a call from an environment of its own, the sources.

usage: python tests/check_wheel.py DIST_FOLDER
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_BYTES = 12_000_000
#: All that may be in it. Nothing of it runs at install: no .pth, no scripts but the one entry point.
EXPECTED = re.compile(
    r"edgequake_python/([a-z_0-9]+/)*[a-z_0-9]+\.(py|pyi)"
    r"|edgequake_python/(py\.typed|data/[a-z_]+\.json\.gz|_eq_core(\.[a-z0-9_-]+)?\.(so|pyd))"
    r"|edgequake_python-[0-9.a-z]+\.dist-info/"
    r"(METADATA|WHEEL|RECORD|entry_points\.txt|licenses/(LICENSE|NOTICE)|sboms/[a-z.-]+\.cyclonedx\.json)"
)

# Runs in the fresh environment, where nothing but the wheel and its dependencies is installed.
USE = """
import sys, threading
import edgequake_python
heavy = {"pydantic", "asyncio"} & set(sys.modules)
assert not heavy, f"importing the package imported {heavy}"
assert threading.active_count() == 1
with edgequake_python.Simulator() as sim:
    answer = edgequake_python.completion(
        "openai/gpt-4o-mini", [{"role": "user", "content": "hello"}], api_base=sim.base_url, api_key="sk-test"
    )
assert answer.choices[0].message.content
assert answer.usage.total_tokens > 0
"""


def contents_errors(wheel: Path) -> list[str]:
    """What is wrong with the wheel's name and files."""
    errors = []
    if "-cp39-abi3-" not in wheel.name:
        errors.append(f"{wheel.name}: not a cp39-abi3 wheel")
    if wheel.stat().st_size > MAX_BYTES:
        errors.append(f"{wheel.stat().st_size:,} bytes, the limit is {MAX_BYTES:,}")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for wanted in (
        "edgequake_python/py.typed",
        "edgequake_python/_eq_core.pyi",
        "/licenses/LICENSE",
        "/licenses/NOTICE",
    ):
        if not any(name.endswith(wanted) for name in names):
            errors.append(f"no {wanted}")
    extensions = [name for name in names if name.endswith((".so", ".pyd"))]
    if len(extensions) != 1:
        errors.append(f"expected one extension module, found {extensions}")
    strays = sorted(name for name in names if not EXPECTED.fullmatch(name))
    if strays:
        errors.append(f"files that do not belong there: {strays}")
    return errors


def trace_errors(wheel: Path) -> list[str]:
    """What the wheel tells of the machine that it was made on, and what its bill of materials lacks."""
    errors = []
    private = [str(place).encode() for place in (ROOT, Path.home()) if len(place.parts) > 1]
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            errors += [f"{name} names {place.decode()}" for place in private if place + b"/" in data]
            if name.endswith(".cyclonedx.json"):
                bill = json.loads(data)
                listed = {(part["name"], part["version"]) for part in bill["components"]}
                unlisted = {"rustls", "hyper", "serde_json", "pyo3"} - {name for name, _ in listed}
                if bill["bomFormat"] != "CycloneDX" or unlisted:
                    errors.append(f"{name} does not list {unlisted or 'anything'}")
        if not any("/sboms/" in name for name in archive.namelist()):
            errors.append("no bill of materials")
    if sys.platform.startswith("linux") and "manylinux2014" not in wheel.name:
        errors.append(f"{wheel.name}: not for manylinux2014")
    return errors


def source_errors(folder: Path) -> list[str]:
    """What the source distribution lacks: a pattern meant for one folder excludes others of the same name."""
    archives = list(folder.glob("*.tar.gz"))
    if len(archives) != 1:
        return [f"expected one source distribution, found {[a.name for a in archives]}"]
    with tarfile.open(archives[0]) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    sources = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("src/**/*.rs", "python/**/*.py", "python/**/*.pyi")
        for path in ROOT.glob(pattern)
    }
    missing = sorted(sources - packed)
    return [f"{archives[0].name} lacks {missing}"] if missing else []


def use_errors(wheel: Path) -> list[str]:
    """What is wrong when the wheel is installed alone and used."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        for command in (
            [str(python), "-m", "pip", "install", "--quiet", str(wheel.resolve())],
            [str(python), "-I", "-W", "error", "-c", USE],
        ):
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
            )
            if done.returncode:
                return [f"{command[1:4]} failed:\n{done.stderr}"]
    return []


def main() -> int:
    """Check the one wheel in the folder given."""
    wheels = list(Path(sys.argv[1]).glob("*.whl"))
    if len(wheels) != 1:
        print(f"expected one wheel in {sys.argv[1]}, found {[w.name for w in wheels]}", file=sys.stderr)
        return 1
    errors = contents_errors(wheels[0]) + trace_errors(wheels[0]) + source_errors(wheels[0].parent)
    errors = errors or use_errors(wheels[0])
    for error in errors:
        print(f"{wheels[0].name}: {error}", file=sys.stderr)
    if not errors:
        print(f"{wheels[0].name}: {wheels[0].stat().st_size / 1e6:.1f} MB, installs and answers")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
