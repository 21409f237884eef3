"""A Python function as a tool's description: `function_to_dict`."""

from __future__ import annotations

import inspect
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_JSON_TYPES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "array",
    tuple: "array",
    set: "array",
    dict: "object",
    type(None): "null",
}
#: Types as docstrings spell them.
_SPELT = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
    "list": "array",
    "array": "array",
    "tuple": "array",
    "dict": "object",
    "object": "object",
    "None": "null",
}


def function_to_dict(input_function: Callable[..., Any]) -> dict[str, Any]:
    """Describe a function, as it stands under ``function`` in an entry of ``tools``.

    Args:
        input_function: a function with type annotations, or a docstring that says the types, in NumPy's,
            Google's or Sphinx's style.

    Returns:
        A dict with ``name``, ``description`` and ``parameters``, a JSON schema in which every parameter
        without a default is required.
    """
    documented = _Docstring(inspect.getdoc(input_function) or "")
    hints = _hints(input_function)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter in inspect.signature(input_function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or name in ("self", "cls"):
            continue
        spelt, description = documented.parameters.get(name, ("", ""))
        schema = _of_annotation(hints[name]) if name in hints else _of_text(spelt)
        if "enum" not in schema:
            schema.update(_choices(spelt))
        if description:
            schema["description"] = description
        properties[name] = schema
        optional = parameter.default is not parameter.empty or "optional" in spelt
        if not optional:
            required.append(name)
    return {
        "name": input_function.__name__,
        "description": documented.summary,
        "parameters": {"type": "object", "properties": properties, "required": required},
    }


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    import typing

    try:
        return typing.get_type_hints(function)
    except Exception:
        return {
            name: hint
            for name, hint in getattr(function, "__annotations__", {}).items()
            if not isinstance(hint, str)
        }


def _of_annotation(hint: Any) -> dict[str, Any]:
    """A type as a schema; what JSON has no type for is left open."""
    import enum
    import typing

    if hint in _JSON_TYPES:
        return {"type": _JSON_TYPES[hint]}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        kinds = {_JSON_TYPES.get(type(value), "string") for value in arguments}
        return {"type": kinds.pop() if len(kinds) == 1 else "string", "enum": list(arguments)}
    if origin is getattr(typing, "Annotated", None):
        return _of_annotation(arguments[0])
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        left = [argument for argument in arguments if argument is not type(None)]
        return _of_annotation(left[0]) if len(left) == 1 else {"anyOf": [_of_annotation(one) for one in left]}
    if origin in (list, set, frozenset) or str(origin).endswith(("Sequence'>", "Iterable'>")):
        items = _of_annotation(arguments[0]) if arguments else {}
        return {"type": "array", "items": items} if items else {"type": "array"}
    if origin is tuple:
        return {"type": "array"}
    if origin is dict or str(origin).endswith("Mapping'>"):
        return {"type": "object"}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        values = [member.value for member in hint]
        return {"type": _JSON_TYPES.get(type(values[0]), "string") if values else "string", "enum": values}
    schema = getattr(hint, "model_json_schema", None)
    if schema is not None:
        made: dict[str, Any] = schema()
        return made
    return {}


def _of_text(spelt: str) -> dict[str, Any]:
    word = re.match(r"[A-Za-z]+", spelt.strip())
    known = _SPELT.get(word.group()) if word else None
    if known is None:
        return {"type": "string"} if _choices(spelt) or not spelt else {}
    return {"type": known}


def _choices(spelt: str) -> dict[str, Any]:
    """NumPy's ``{'a', 'b'}`` for one of several values."""
    braces = re.search(r"\{(.+?)\}", spelt)
    if braces is None:
        return {}
    values = [value.strip().strip("\"'") for value in braces.group(1).split(",")]
    return {"enum": [value for value in values if value]}


class _Docstring:
    """Summary and parameters of a docstring: for each name its type as it is spelt, and its description."""

    def __init__(self, text: str) -> None:
        self.parameters: dict[str, tuple[str, str]] = {}
        lines = text.splitlines()
        end = len(lines)
        for index, line in enumerate(lines):
            underlined = index + 1 < len(lines) and re.fullmatch(r"\s*-{3,}\s*", lines[index + 1])
            if underlined and line.strip().lower() in ("parameters", "args", "arguments", "other parameters"):
                self._numpy(lines, index + 2)
                end = min(end, index)
            elif re.fullmatch(r"(Args|Arguments|Parameters):", line.strip()):
                self._google(lines, index + 1)
                end = min(end, index)
            elif (
                re.match(r"\s*:(param|parameter|arg|argument|type)\b", line)
                or underlined
                or re.fullmatch(r"(Returns|Raises|Yields|Example|Examples|Note|Notes):", line.strip())
            ):
                end = min(end, index)
        self._sphinx(lines)
        self.summary = re.sub(r"[ \t]+$", "", "\n".join(lines[:end]).strip(), flags=re.MULTILINE)

    def _numpy(self, lines: list[str], start: int) -> None:
        names: list[str] = []
        for index in range(start, len(lines)):
            line = lines[index]
            if index + 1 < len(lines) and re.fullmatch(r"\s*-{3,}\s*", lines[index + 1]):
                return
            if line.strip() and not line[0].isspace():
                left, _, spelt = line.partition(":")
                names = [name.strip().lstrip("*") for name in left.split(",")]
                for name in names:
                    self.parameters[name] = (spelt.strip(), "")
            elif line.strip():
                self._more(names, line)

    def _google(self, lines: list[str], start: int) -> None:
        indent: int | None = None
        names: list[str] = []
        for line in lines[start:]:
            if not line.strip():
                continue
            depth = len(line) - len(line.lstrip())
            if depth == 0:
                return
            indent = depth if indent is None else indent
            found = (
                re.match(r"\s*\*{0,2}(\w+)\s*(?:\((.*?)\))?\s*:\s*(.*)", line) if depth == indent else None
            )
            if found:
                names = [found.group(1)]
                self.parameters[names[0]] = (found.group(2) or "", found.group(3).strip())
            else:
                self._more(names, line)

    def _sphinx(self, lines: list[str]) -> None:
        names: list[str] = []
        for line in lines:
            found = re.match(r"\s*:(?:param|parameter|arg|argument)\s+(?:(.+?)\s+)?(\w+)\s*:\s*(.*)", line)
            kind = re.match(r"\s*:type\s+(\w+)\s*:\s*(.*)", line)
            if found:
                names = [found.group(2)]
                self.parameters[names[0]] = (found.group(1) or "", found.group(3).strip())
            elif kind:
                _, description = self.parameters.get(kind.group(1), ("", ""))
                self.parameters[kind.group(1)] = (kind.group(2).strip(), description)
                names = []
            elif line.strip().startswith(":"):
                names = []
            elif names and line.strip() and line[0].isspace():
                self._more(names, line)

    def _more(self, names: list[str], line: str) -> None:
        for name in names:
            spelt, description = self.parameters[name]
            self.parameters[name] = (spelt, f"{description} {line.strip()}".strip())
