"""Builds the release wheel with nothing of this machine in it; on Linux for any since glibc 2.17.

usage: python scripts/build_wheel.py [--out dist] [--twice]

Paths of the machine are taken out of the binary and of the bill of materials, and times are that of the last
commit, so that the same sources give the same bytes. ``--twice`` proves it: two clones of what is committed,
in folders of different names with build folders of their own, must give one hash.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: The first moment that a zip file can name.
EPOCH = "315532800"


def committed(source: Path) -> str:
    """When the sources were committed, in seconds; the first moment of zip files where nobody knows."""
    asked = ["git", "-C", str(source), "log", "-1", "--format=%ct"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() or EPOCH
    except (OSError, subprocess.CalledProcessError):
        return EPOCH


def environment(source: Path, target: Path) -> dict[str, str]:
    """The environment of a build that leaves no trace of where it was made."""
    cargo = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    named = {str(cargo): "/cargo", str(source): "/source", str(target): "/target"}
    flags = os.environ.get("RUSTFLAGS", "").split()
    flags += [f"--remap-path-prefix={place}={name}" for place, name in named.items()]
    return {
        **{name: value for name, value in os.environ.items() if name != "RUSTFLAGS"},
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or committed(source),
        "CARGO_TARGET_DIR": str(target),
        # Words apart by a unit separator: a path may have spaces.
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
    }


def settled(bill: bytes, source: Path) -> bytes:
    """A bill of materials without the folder it was made in, the moment and the random number."""
    text = bill.decode().replace(f"path+file://{source}#", "").replace(str(source), "")
    whole = json.loads(text)
    whole.pop("serialNumber", None)
    whole.get("metadata", {}).pop("timestamp", None)
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"


def settle(wheel: Path, source: Path) -> None:
    """Rewrites the wheel with its bills of materials settled, and its RECORD to match."""
    with zipfile.ZipFile(wheel) as archive:
        files = [(entry, archive.read(entry)) for entry in archive.infolist()]
    record: list[list[str]] = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, written in files:
            data = written
            # RECORD is the last one, and names all others.
            if entry.filename.endswith(".dist-info/RECORD"):
                text = io.StringIO()
                csv.writer(text, lineterminator="\n").writerows([*record, [entry.filename, "", ""]])
                data = text.getvalue().encode()
            elif re.search(r"\.dist-info/sboms/.*\.json$", entry.filename):
                data = settled(data, source)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append([entry.filename, f"sha256={digest}", str(len(data))])
            archive.writestr(entry, data)


def build(source: Path, target: Path, out: Path) -> Path:
    """Builds the sources in a folder; the wheel."""
    out.mkdir(parents=True, exist_ok=True)
    before = set(out.glob("*.whl"))
    command = [sys.executable, "-m", "maturin", "build", "--release", "--locked", "--out", str(out)]
    if sys.platform.startswith("linux"):
        # The linker of ziglang binds to the symbols of that glibc, whatever this system has.
        command += ["--zig", "--compatibility", "manylinux2014"]
    subprocess.run(command, cwd=source, env=environment(source, target), check=True)
    (wheel,) = set(out.glob("*.whl")) - before
    settle(wheel, source)
    return wheel


def twice() -> int:
    """Two builds in different places; whether they are the same."""
    hashes = []
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder).resolve() / name for name in ("first", "the-second")]
        for place in places:
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(place / place.name)], check=True)
        for place in places:
            wheel = build(place / place.name, place / "target", place / "out")
            hashes.append(hashlib.sha256(wheel.read_bytes()).hexdigest())
            print(f"{hashes[-1]}  {wheel.name} ({place.name})", flush=True)
    print("reproducible" if len(set(hashes)) == 1 else "NOT reproducible")
    return len(set(hashes)) - 1


def main() -> int:
    """Builds once, or twice to compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--twice", action="store_true")
    options = parser.parse_args()
    if options.twice:
        return twice()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    print(build(ROOT, target, options.out.resolve()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
