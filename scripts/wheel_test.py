"""Installs the released wheel, binary packages only, wherever it claims to work, and tests it there.

usage: python scripts/wheel_test.py dist [--sdist]

On every CPython found (pyenv's and those on PATH), each in an environment of its own, and on Debian
bullseye and trixie in trees made by debootstrap, without a network, where root and debootstrap are to be
had. There run the smoke, streaming and fork tests. ``--sdist`` builds and installs the source distribution
as well (minutes).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["test_smoke.py", "test_streaming.py", "test_fork.py"]
#: What the tests need; all else that they import is of the standard library.
TOOLS = ["pytest>=8.3", "pytest-timeout>=2.3"]
OLDEST = (3, 9)
#: Releases of Debian, old and new, and the Python that is theirs.
DEBIANS = {"bullseye": (3, 9), "trixie": (3, 13)}
# Binary packages alone: nobody is to need a compiler.
INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
ABOUT = "import sys; print(sys.implementation.name, *sys.version_info[:2])"


def run(command: list[str], folder: Path) -> str:
    """The end of what a command said where it failed, else nothing."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{' '.join(command[:6])}: {(done.stdout + done.stderr)[-3000:]}"


def interpreters() -> dict[tuple[int, int], Path]:
    """One CPython of each version that is supported."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [Path(sys.executable), *sorted(pyenv.glob("versions/*/bin/python"))]
    for folder in os.get_exec_path():
        found += sorted(Path(folder).glob("python3.[0-9]*"))
    known: dict[tuple[int, int], Path] = {}
    for path in found:
        if not os.access(path, os.X_OK) or path.name.endswith("-config"):
            continue
        told = subprocess.run([path, "-c", ABOUT], capture_output=True, text=True, check=False, timeout=60)
        name, *version = told.stdout.split() or [""]
        if name == "cpython" and (pair := (int(version[0]), int(version[1]))) >= OLDEST:
            known.setdefault(pair, path)
    return dict(sorted(known.items()))


def tests_in(folder: Path) -> list[str]:
    """Copies the tests away from the sources, so that the installed package is tested; pytest's arguments."""
    kept = folder / "tests" / "python"
    kept.mkdir(parents=True)
    for path in (ROOT / "tests" / "python").glob("*.py"):
        if path.name in TESTS or not path.name.startswith("test_"):
            shutil.copy(path, kept)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return ["-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/python/{name}" for name in TESTS)]


def on_interpreter(python: Path, package: Path, only_binary: bool = True) -> str:
    """What is wrong with the package on an interpreter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = str(folder / "own" / "bin" / "python")
        install = INSTALL if only_binary else INSTALL[:-2]
        steps = [
            [str(python), "-m", "venv", "own"],
            [own, *install, str(package)],
            [own, *INSTALL, *TOOLS],
            [own, *tests_in(folder)],
        ]
        return next((wrong for step in steps if (wrong := run(step, folder))), "")


def mirror() -> str:
    """Where this machine gets Debian from, by apt's own word."""
    ask = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
    told = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split()
    return next((place for place in told if "security" not in place), "")


def tree_of(suite: str, cache: Path) -> Path:
    """A tree of a release of Debian; kept, as making one takes a minute.

    Raises:
        OSError: With what debootstrap said.
    """
    tree, unfinished = cache / suite, cache / f"{suite}.unfinished"
    if not tree.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        packages = "--include=python3,python3-venv"
        wrong = run(["debootstrap", "--variant=minbase", packages, suite, str(unfinished), mirror()], cache)
        if wrong:
            raise OSError(wrong)
        unfinished.rename(tree)
    return tree


def on_debian(suite: str, python: Path, wheel: Path, cache: Path) -> str:
    """What is wrong with the wheel on a release of Debian."""
    tree = tree_of(suite, cache)
    place = tree / "work"
    shutil.rmtree(place, ignore_errors=True)
    arguments = tests_in(place)
    # Fetched out here, by a Python of the same version: the tree has no network.
    fetch = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    fetch += ["--only-binary", ":all:", "--platform", f"manylinux2014_{os.uname().machine}"]
    wrong = run([*fetch, "--dest", str(place / "wheels"), str(wheel), *TOOLS], place)
    if wrong:
        return wrong
    install = "own/bin/python -m pip install --quiet --no-index --find-links wheels edgequake-python pytest"
    inside = (
        f"cd /work && python3 -m venv own && {install} pytest-timeout && own/bin/python {' '.join(arguments)}"
    )
    # Mounts of a namespace of their own end with it; a network of its own has nothing but loopback.
    outside = (
        'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && ip link set lo up;'
        ' exec chroot "$0" /bin/sh -c "$1"'
    )
    return run(["unshare", "--mount", "--net", "--", "sh", "-c", outside, str(tree), inside], place)


def debians() -> str:
    """Why there are no trees, or nothing."""
    missing = [tool for tool in ("debootstrap", "unshare", "ip", "apt-get") if shutil.which(tool) is None]
    if missing:
        return f"no {', '.join(missing)}"
    if os.geteuid():
        return "not root"
    return "" if mirror() else "apt knows no mirror of Debian"


def main() -> int:
    """Tests the one wheel in the folder given, and prints a line for each place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dist", type=Path)
    parser.add_argument("--sdist", action="store_true")
    options = parser.parse_args()
    (wheel,) = options.dist.resolve().glob("*.whl")
    failed = False

    def told(place: str, wrong: str) -> None:
        nonlocal failed
        failed |= bool(wrong)
        print(f"{place:28} {'FAILED ' + wrong if wrong else 'installed, tests pass'}", flush=True)

    packages = [str(path) for path in sorted(options.dist.resolve().iterdir())]
    told("twine check", run([sys.executable, "-m", "twine", "check", "--strict", *packages], ROOT))
    found = interpreters()
    for version, python in found.items():
        told(f"CPython {version[0]}.{version[1]}", on_interpreter(python, wheel))
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "edgequake-python" / "debian"
    why_not = debians()
    for suite, version in DEBIANS.items():
        place = f"Debian {suite}, Python {version[0]}.{version[1]}"
        reason = why_not or ("" if version in found else "no such Python out here to fetch packages with")
        if reason:
            print(f"{place:28} skipped: {reason}", flush=True)
            continue
        try:
            told(place, on_debian(suite, found[version], wheel, cache))
        except OSError as error:
            print(f"{place:28} skipped: {error}", flush=True)
    if options.sdist:
        (sources,) = options.dist.resolve().glob("*.tar.gz")
        told("source distribution", on_interpreter(Path(sys.executable), sources, only_binary=False))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
