"""Build ``python/edgequake_python/data/models.json.gz``: what models cost, hold and can do.

The facts are the published ones that the package ``litellm`` carries as JSON (names, prices in USD, limits,
capabilities). They are checked, stripped of prose, sorted and compressed; the same input gives the same
bytes.

usage: python scripts/model_table.py [FACTS.json]     without a file the package is downloaded with pip
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "python" / "edgequake_python" / "data" / "models.json.gz"
MEMBER = "litellm/model_prices_and_context_window_backup.json"
#: Prose and provenance; nothing reads them.
LEFT_OUT = {"source", "comment", "metadata"}
LIMITS = ("max_tokens", "max_input_tokens", "max_output_tokens")
#: Not models: an explanation of the fields, and rules for names that are not in the table.
NOT_MODELS = {"sample_spec", "fallback_generalizations"}


def download() -> dict[str, Any]:
    """The facts from the newest published package."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", folder, "litellm"], check=True)
        wheel = next(Path(folder).glob("litellm-*.whl"))
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as member:
            facts: dict[str, Any] = json.load(member)
            return facts


def checked(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """One model's facts, refused when a price or a limit is not a number that can be one."""
    entry = {key: value for key, value in sorted(facts.items()) if key not in LEFT_OUT}
    if not isinstance(entry.get("litellm_provider"), str):
        raise ValueError(f"{name}: no provider")
    for key, value in entry.items():
        is_price = "cost" in key and not isinstance(value, (dict, list, str))
        if is_price and (isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0):
            raise ValueError(f"{name}: {key} is {value!r}")
    for key in LIMITS:
        value = entry.get(key)
        if isinstance(value, str):
            if not value.isdigit():
                del entry[key]
                continue
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is not None:
            entry[key] = value
    return entry


def main() -> None:
    """Write the table."""
    facts = json.loads(Path(sys.argv[1]).read_text("utf-8")) if len(sys.argv) > 1 else download()
    models = {name: checked(name, facts[name]) for name in sorted(facts) if name not in NOT_MODELS}
    if len(models) < 1000:
        raise ValueError(f"only {len(models)} models: these are not the facts that were expected")
    text = json.dumps(models, separators=(",", ":"), ensure_ascii=False).encode()
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{len(models)} models, {TABLE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
