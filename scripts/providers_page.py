"""Writes docs/providers.md from what the registry says about itself; ``--check`` compares it instead."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from edgequake_python import _eq_core

PAGE = Path(__file__).resolve().parent.parent / "docs" / "providers.md"

HEAD = """\
# Providers

<!-- Written by scripts/providers_page.py from the registry; change a row there and run it again. -->

A model is named `provider/model`. The tables say for each provider where it is, which environment variables
hold its key and name another base (of several, the first that is set wins), how the key travels, what can be
asked, and which parameters of OpenAI's vocabulary a model of it that no table knows does not take. Such a
parameter is an `UnsupportedParamsError` that names it, or with `drop_params` goes unsent and is listed in
`response._hidden_params["dropped_params"]`; `allowed_openai_params` sends it anyway. Single models take less
or more: `get_supported_openai_params(model, provider)` tells.

A key is read from the argument, the package's attributes and these variables, and never sent to another
provider's host unless it was given for the call. A provider that is missing here is one line of Rust or one
call of `register_provider`: see [adding a provider](adding-a-provider.md).
"""

DIALECT = """
## In OpenAI's dialect
"""

OWN = """
## With a dialect of their own
"""

ABSENT = """
## Known and not spoken
A call that names one of these is a `LiteLLMUnknownProvider` that says so:
"""

#: Every wire takes these or says nothing of them.
QUIET = ("thinking", "verbosity", "prompt_cache_retention")


def page() -> str:
    """The whole page."""
    rows = _eq_core.providers()
    parts = [HEAD]
    for title, dialect in ((DIALECT, True), (OWN, False)):
        parts.append(title)
        parts.append("| Provider | Base | Key | Other base | Key travels | Asked for | Not taken |\n")
        parts.append("|---|---|---|---|---|---|---|\n")
        chosen = [row for row in rows if row["openai_dialect"] is dialect]
        parts.extend(line(row) for row in sorted(chosen, key=lambda row: str(row["name"])))
    parts.append(ABSENT)
    parts.append(", ".join(f"`{name}`" for name in sorted(_eq_core.absent_providers())) + ".\n")
    return "".join(parts)


def line(row: dict[str, Any]) -> str:
    """One provider's row of a table."""
    cells = [
        f"`{row['name']}`",
        base(row),
        listed(row["key_env"]) + (" (optional)" if row["key_optional"] else ""),
        listed(row["base_env"]),
        {"bearer": "bearer", "signed": "signed", "headers": "by host or key"}.get(
            row["auth"], f"`{row['auth']}`"
        ),
        operations(row["operations"]),
        not_taken(row),
    ]
    return "| " + " | ".join(cell or "-" for cell in cells) + " |\n"


def base(row: dict[str, Any]) -> str:
    """Where it is."""
    if row["base_url"]:
        return f"`{row['base_url']}`"
    return "by account or region" if row["base_depends"] else "the caller's"


def operations(names: list[str]) -> str:
    """What can be asked; the long list of OpenAI's own is cut to what matters."""
    shown = [
        name for name in names if not name.startswith(("get_", "delete_", "cancel_", "list_", "compact_"))
    ]
    return ", ".join(shown)


def not_taken(row: dict[str, Any]) -> str:
    """Parameters of a chat that a model which no table knows does not take."""
    if "chat" not in row["operations"]:
        return ""
    everything = _eq_core.supported_params("litellm_proxy", "some-model", False) or []
    taken = _eq_core.supported_params(row["name"], "some-model", False) or []
    return listed([name for name in everything if name not in taken and name not in QUIET])


def listed(names: list[str]) -> str:
    """Names as code."""
    return ", ".join(f"`{name}`" for name in names)


def main() -> int:
    """Writes the page, or with ``--check`` compares it."""
    text = page()
    if "--check" in sys.argv[1:]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        if not current:
            print("docs/providers.md is not current: run scripts/providers_page.py", file=sys.stderr)
        return 0 if current else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
