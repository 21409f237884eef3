"""Writes docs/compatibility/functions.md and types.md: LiteLLM's surface beside this package's, name by name.

LiteLLM's side is ``docs/compatibility/litellm.json``, facts (names, parameters, defaults, fields) that
``--facts PYTHON`` reads anew out of a LiteLLM that the interpreter PYTHON has installed. This package's side
is looked up. ``--check`` compares the pages instead of writing them.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs" / "compatibility"
FACTS = DOCS / "litellm.json"

#: Run by the other interpreter; it imports LiteLLM and prints what is there.
READER = r"""
import importlib.metadata, inspect, json, litellm, pydantic
import litellm.exceptions as exceptions
from litellm.types import utils

def default(value):
    if value is inspect.Parameter.empty:
        return None
    plain = type(value) in (type(None), bool, int, float, str)
    return repr(value) if plain else "..."

def parameters(function):
    kinds = inspect.Parameter
    found = []
    for parameter in inspect.signature(function).parameters.values():
        star = {kinds.VAR_POSITIONAL: "*", kinds.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        found.append([star + parameter.name, default(parameter.default)])
    return found

functions, types, errors = {}, {}, {}
for name in dir(litellm):
    value = getattr(litellm, name, None)
    home = getattr(value, "__module__", None) or ""
    if not name.startswith("_") and inspect.isfunction(value) and home.startswith("litellm"):
        functions[name] = parameters(value)
for name in dir(utils):
    value = getattr(utils, name)
    if inspect.isclass(value) and issubclass(value, pydantic.BaseModel) and value is not pydantic.BaseModel:
        if value.__module__.startswith("litellm.types"):
            types[name] = [field for field in value.model_fields]
for name in dir(exceptions):
    value = getattr(exceptions, name)
    if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == "litellm.exceptions":
        errors[name] = [pair for pair in parameters(value.__init__) if pair[0] != "self"]
held = {"functions": functions, "types": types, "exceptions": errors}
print("FACTS" + json.dumps({"version": importlib.metadata.version("litellm"), **held}))
"""

HEAD = """\
# {title}

<!-- Written by scripts/compatibility_pages.py; run it again instead of changing this. -->

{about} Compared with LiteLLM {version}: {counts}.

| {column} | | Difference |
|---|---|---|
"""

FUNCTIONS = """\
Every public function of LiteLLM's package. *same*: every parameter has its place, its name and its default.
*by keyword*: every parameter is taken; the named ones only by keyword, or at another place. *differs*: the
rest says how. *absent*: there is none; where the rest says what to use instead, calling it raises
`NotImplementedError` with those words, and the others are LiteLLM's own helpers, which it exports in passing.
Parameters that only this package has are not listed."""

TYPES = """\
Every class of LiteLLM's with fields (`litellm.types.utils`), and its exceptions with what their constructors
take. *same*: every field or parameter is there. *when said*: the fields named are there when the answer has
them. *differs*: the rest says which are not there. *absent*: there is no such class."""


def refresh(interpreter: str) -> None:
    """Read LiteLLM's facts anew."""
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    environment.pop("PYTHONPATH", None)
    command = [interpreter, "-c", READER]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=300)
    line = next(line for line in ran.stdout.splitlines() if line.startswith("FACTS"))
    held = json.loads(line[len("FACTS") :])
    parts = [f'"version": {json.dumps(held["version"])}']
    for kind in ("exceptions", "functions", "types"):
        entries = [f"{json.dumps(name)}: {json.dumps(held[kind][name])}" for name in sorted(held[kind])]
        parts.append(f'"{kind}": {{\n' + ",\n".join(entries) + "\n}")
    FACTS.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def function_line(name: str, theirs: list[list[Any]]) -> tuple[str, str]:
    """Status of a function, and how it differs."""
    package = importlib.import_module("edgequake_python")
    ours = getattr(package, name, None)
    instead = importlib.import_module("edgequake_python._absent")
    if ours is None:
        return "absent", ""
    if getattr(ours, "__module__", "") == instead.__name__:
        return "absent", _instead(ours)
    if not callable(ours):
        return "differs", "not a function here"
    try:
        parameters = inspect.signature(ours).parameters
    except (TypeError, ValueError):
        return "differs", "its parameters cannot be told"
    return compared(theirs, parameters)


def compared(theirs: list[list[Any]], parameters: Any) -> tuple[str, str]:
    """Status of two lists of parameters, and how they differ."""
    kinds = inspect.Parameter
    takes_any = any(parameter.kind is kinds.VAR_KEYWORD for parameter in parameters.values())
    names = [name for name, _ in theirs if not name.startswith("*")]
    placed = [
        parameter.name
        for parameter in parameters.values()
        if parameter.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    missing = [name for name in names if name not in parameters]
    notes = []
    if missing and not takes_any:
        notes.append(f"not taken: {_list(missing)}")
    for name, default in theirs:
        known = parameters.get(name)
        if known is None or default in (None, "..."):
            continue
        mine = "required" if known.default is kinds.empty else repr(known.default)
        if mine != default:
            notes.append(f"`{name}` is {default} by default there, {mine} here")
    if notes:
        return "differs", "; ".join(notes)
    if missing:
        return "by keyword", _list(missing)
    if placed[: len(names)] != names:
        moved = [name for name, other in zip(names, placed + [""] * len(names)) if name != other]
        return "by keyword", _list(moved)
    return "same", ""


def type_line(name: str, theirs: list[str]) -> tuple[str, str]:
    """Status of a class with fields, and which are missing."""
    for home in ("edgequake_python.types.utils", "edgequake_python.types", "edgequake_python"):
        ours = getattr(importlib.import_module(home), name, None)
        if ours is not None:
            break
    else:
        return "absent", ""
    fields = set(getattr(ours, "model_fields", None) or getattr(ours, "__annotations__", None) or ())
    for base in getattr(ours, "__mro__", ()):
        fields.update(getattr(base, "__annotations__", ()))
        fields.update(key for key, value in vars(base).items() if isinstance(value, property))
    missing = [field for field in theirs if field not in fields]
    if not missing:
        return "same", ""
    # Such a class keeps what it is given, and has no attribute for what it is not.
    if (getattr(ours, "model_config", None) or {}).get("extra") == "allow":
        return "when said", _list(missing)
    return "differs", f"no field {_list(missing)}"


def error_line(name: str, theirs: list[list[Any]]) -> tuple[str, str]:
    """Status of an exception."""
    ours = getattr(importlib.import_module("edgequake_python.exceptions"), name, None)
    if ours is None:
        return "absent", ""
    parameters = dict(inspect.signature(ours.__init__).parameters)
    parameters.pop("self", None)
    return compared(theirs, parameters)


def _instead(function: Any) -> str:
    try:
        result = function()
        if inspect.iscoroutine(result):
            result.send(None)
    except NotImplementedError as error:
        return str(error).partition("(): ")[2] or str(error)
    except Exception:
        return ""
    return ""


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def page(title: str, about: str, column: str, version: str, rows: list[tuple[str, str, str]]) -> str:
    """One page."""
    counted: dict[str, int] = {}
    for _, status, _ in rows:
        counted[status] = counted.get(status, 0) + 1
    counts = ", ".join(f"{counted[status]} {status}" for status in sorted(counted, key=lambda s: -counted[s]))
    head = HEAD.format(title=title, about=about, version=version, counts=counts, column=column)
    lines = [f"| `{name}` | {status} | {note.replace('|', chr(92) + '|')} |\n" for name, status, note in rows]
    return head + "".join(lines)


def pages() -> dict[Path, str]:
    """Every page by its path."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    version = facts["version"]
    functions = [(name, *function_line(name, taken)) for name, taken in sorted(facts["functions"].items())]
    types = [(name, *type_line(name, fields)) for name, fields in sorted(facts["types"].items())]
    errors = [(name, *error_line(name, taken)) for name, taken in sorted(facts["exceptions"].items())]
    return {
        DOCS / "functions.md": page("Function by function", FUNCTIONS, "Function", version, functions),
        DOCS / "types.md": page("Class by class", TYPES, "Class", version, types + errors),
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; the process's exit status."""
    if arguments[:1] == ["--facts"]:
        refresh(arguments[1])
    wrong = []
    for path, text in pages().items():
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(path.name)
    if wrong:
        print(f"{', '.join(wrong)}: run scripts/compatibility_pages.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
