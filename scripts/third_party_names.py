"""Whether every name that published frameworks take from LiteLLM is here, too.

The list is ``third_party_use.txt``: a count, then ``import x``, ``x:Name`` (from x import Name) or a chain of
attributes, then the frameworks. Each is resolved as ``edgequake_python`` and as ``litellm`` under the alias.

    python scripts/third_party_names.py [LIST]
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

#: On the list, but not in LiteLLM itself: names of the frameworks' own classes, or of modules of theirs.
NOT_LITELLMS = {
    "litellm._dspy_logging_configured",
    "litellm._lazy_module",
    "litellm._lazy_module.aclient_session",
    "litellm._lazy_module.client_session",
    "litellm._load_litellm",
    "litellm.command",
    "litellm.litellm_chat_model:LiteLLMChatModel",
    "litellm.turn_off_message",
    "litellm:ChatLiteLLM",
    "litellm:LiteLLMClient",
    "litellm:LiteLLMEmbedding",
    "litellm:LiteLLMEmbeddings",
    "litellm:LiteLLMModel",
    "litellm:litellm_chat_model",
}

#: Beside the checkout, or beside a folder above it.
PLACES = [above / "shared" / "spec" / "third_party_use.txt" for above in Path(__file__).resolve().parents]
DEFAULT = next((place for place in PLACES if place.exists()), PLACES[0])


def names(path: Path) -> list[str]:
    """The names of the list, those that are LiteLLM's."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if line.startswith("#") or len(parts) < 3:
            continue
        name = f"import {parts[2]}" if parts[1] == "import" else parts[1]
        if name not in NOT_LITELLMS:
            found.append(name)
    return found


def resolve(name: str, package: str) -> str | None:
    """Why ``name`` does not resolve in ``package``, or None."""
    name = name.replace("litellm", package, 1)
    try:
        if name.startswith("import "):
            importlib.import_module(name[len("import ") :])
            return None
        module, _, member = name.partition(":")
        if member:
            namespace: dict[str, object] = {}
            exec(f"from {module} import {member}", namespace)
            return None
        value: object = importlib.import_module(package)
        for part in module.split(".")[1:]:
            value = getattr(value, part)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def main(arguments: list[str]) -> int:
    """Print what is missing and the score; 0 when nothing is."""
    path = Path(arguments[0]) if arguments else DEFAULT
    if not path.exists():
        print(f"skipped: no {path}")
        return 0
    import edgequake_python

    edgequake_python.install_as_litellm()
    wanted = names(path)
    missing = 0
    for name in wanted:
        for package in ("edgequake_python", "litellm"):
            reason = resolve(name, package)
            if reason is not None:
                missing += 1
                print(f"missing in {package}: {name} ({reason})")
    print(f"{2 * len(wanted) - missing} of {2 * len(wanted)} names resolve")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
