"""Runs both comparisons with LiteLLM: the requests it sends, and what it makes of recorded answers.

The material lies beside the checkout (``../shared``, or ``--shared``); without it nothing is compared.
Differences on purpose are in docs/compatibility/deviations.json, each with its reason. Exit status 1 when a
score is below its target.

``--merge FILE ...`` adds files of such reasons to it instead.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEVIATIONS = ROOT / "docs" / "compatibility" / "deviations.json"
#: Per cent of rows that must agree or differ on purpose.
TARGETS = {"responses": 99.0, "requests": 97.0}


def main() -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--merge", nargs="+", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    if chosen.merge:
        merge(chosen.merge)
        return 0
    parity, recordings = chosen.shared / "parity", chosen.shared / "recordings"
    if not parity.is_dir() or not recordings.is_dir():
        print(f"parity: skipped, there is no {parity} (choose another with SHARED=)")
        return 0
    rows = sorted(str(path) for path in recordings.glob("*.jsonl.gz"))
    requests = [str(parity / "score_requests.py"), str(parity / "requests.jsonl.gz")]
    responses = [str(parity / "score_responses.py"), *rows]
    below = [
        name
        for name, kind, command in (
            ("requests", "requests", requests),
            ("responses", "responses", responses),
            ("responses, asynchronous", "responses", [*responses, "--asynchronous"]),
        )
        if score(name, command) < TARGETS[kind]
    ]
    for name in below:
        print(f"parity: {name} are below the target", file=sys.stderr)
    return 1 if below else 0


def score(name: str, command: list[str]) -> float:
    """Runs one comparison and prints its result; returns per cent."""
    ran = subprocess.run(
        [sys.executable, *command, "--deviations", str(DEVIATIONS), "--show", "10"],
        capture_output=True,
        text=True,
        check=False,
    )
    result = ran.stdout.strip().rpartition("\n")[2]
    found = re.search(r"\(([\d.]+)%\)", result)
    if found is None:
        print(ran.stdout[-2000:], ran.stderr[-2000:], sep="\n", file=sys.stderr)
        print(f"{name}: no result")
        return 0.0
    for line in ran.stdout.splitlines():
        if line.startswith("["):
            print(f"  differs: {line[:200]}")
    print(f"{name}: {result}")
    return float(found.group(1))


def merge(files: list[Path]) -> None:
    """Adds reasons to the file of them; of a row's several the first stands."""
    reasons: dict[str, str] = (
        json.loads(DEVIATIONS.read_text(encoding="utf-8")) if DEVIATIONS.exists() else {}
    )
    for file in files:
        for row, reason in json.loads(file.read_text(encoding="utf-8")).items():
            reasons.setdefault(row, reason)
    text = json.dumps(dict(sorted(reasons.items())), indent=1, ensure_ascii=False)
    DEVIATIONS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
