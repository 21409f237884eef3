"""What one library's names look like from outside, printed as JSON: signatures, fields, attributes.

python surface.py litellm|edgequake_python
"""

from __future__ import annotations

import contextlib
import enum
import importlib
import inspect
import json
import os
import sys
from typing import Any

from surface_names import CLASSES, FUNCTIONS

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"


def plain(value: Any) -> str:
    """A default value in words that both libraries can agree on."""
    if value is inspect.Parameter.empty:
        return "required"
    if type(value).__name__ in ("PydanticUndefinedType", "ellipsis"):
        return "required"
    if isinstance(value, (type(None), bool, int, float, str)) and not hasattr(value, "name"):
        return repr(value)
    if isinstance(value, (list, dict, tuple)) and not value:
        return repr(value)
    return "..."


def signature(function: Any) -> Any:
    """Parameters in their order, and whether calling gives a coroutine."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    found = [
        [parameter.name, parameter.kind.name, plain(parameter.default)]
        for parameter in parameters
        if parameter.name != "self"
    ]
    return {
        "parameters": found,
        "coroutine": inspect.iscoroutinefunction(function),
        "asyncgen": inspect.isasyncgenfunction(function),
    }


def ordinary() -> set[str]:
    """Attributes that say nothing of a class: pydantic's, dict's, Enum's and object's."""
    import pydantic

    names = (
        set(dir(pydantic.BaseModel)) | set(dir(object)) | set(dir(dict)) | set(dir(enum.Enum)) | set(dir(str))
    )
    return names | {"get", "keys", "items", "values"}


def fields(kind: Any) -> dict[str, str]:
    """A class's fields and their defaults."""
    found: dict[str, str] = {}
    for name, field in (getattr(kind, "model_fields", None) or {}).items():
        found[name] = "factory" if field.default_factory else plain(field.default)
    if not found:
        for base in reversed(getattr(kind, "__mro__", ())):
            for name in getattr(base, "__annotations__", {}):
                if not name.startswith("_"):
                    found[name] = "annotated"
    return found


_ITEMS = ("get", "__getitem__", "__setitem__", "__contains__", "__len__")
_SPECIAL = ("__len__", "__contains__", "__getitem__", "__iter__", "__next__", "__aiter__", "__anext__")


def described(kind: Any) -> dict[str, Any]:
    """A class from outside."""
    if not isinstance(kind, type):
        return {"alias": True}
    if issubclass(kind, enum.Enum):
        return {"members": {member.name: member.value for member in kind}}
    common = ordinary()
    methods: dict[str, Any] = {}
    for name in dir(kind):
        if name in common or (name.startswith("_") and name not in _SPECIAL):
            continue
        function = getattr(kind, name, None)
        bound = isinstance(inspect.getattr_static(kind, name), (staticmethod, classmethod))
        methods[name] = signature(function) if bound or inspect.isfunction(function) else "attribute"
    found: dict[str, Any] = {"fields": fields(kind), "methods": methods}
    if not isinstance(getattr(kind, "model_fields", None), dict):
        found["constructor"] = signature(kind.__init__)
    found["items"] = [item for item in _ITEMS if hasattr(kind, item)]
    return found


#: What exceptions are made of.
_GIVEN: dict[str, Any] = {
    "message": "m",
    "model": "mo",
    "llm_provider": "p",
    "status_code": 418,
    "custom_llm_provider": "c",
    "request_data": {"a": 1},
    "raw_response": "raw",
    "schema": "{}",
    "current_cost": 1.0,
    "max_budget": 0.5,
    "entity_type": "e",
    "failures": [],
    "guardrail_name": "g",
}
_READ = ("status_code", "code", "type", "param", "body", "message")


def arguments_of(parameters: list[list[str]]) -> dict[str, Any]:
    """Arguments for an exception's constructor: what it knows, and what it needs."""
    arguments: dict[str, Any] = {}
    for name, kind, default in parameters:
        if kind.startswith("VAR"):
            continue
        if name in _GIVEN:
            arguments[name] = _GIVEN[name]
        elif default == "required":
            arguments[name] = None
            with contextlib.suppress(ImportError):
                if name == "response":
                    httpx = importlib.import_module("httpx")
                    arguments[name] = httpx.Response(400, request=httpx.Request("POST", "https://a.b"))
    return arguments


def errors(package: Any) -> dict[str, Any]:
    """Exceptions: constructors, and what an instance made by keyword holds."""
    module = importlib.import_module(f"{package.__name__}.exceptions")
    found: dict[str, Any] = {}
    for name in sorted(dir(module)):
        kind = getattr(module, name)
        if name.startswith("_") or not (inspect.isclass(kind) and issubclass(kind, Exception)):
            continue
        if package.__name__ not in kind.__module__:
            continue
        taken = signature(kind.__init__)
        held: Any = None
        try:
            made = kind(**arguments_of(taken["parameters"]))
            held = {"str": str(made)}
            for attribute in sorted({*vars(made), *_READ}):
                if not attribute.startswith("_"):
                    held[attribute] = plain(getattr(made, attribute, "there is none"))
        except Exception as error:
            held = f"{type(error).__name__}: {error}"
        bases = [base.__name__ for base in kind.__mro__]
        found[name] = {"constructor": taken, "holds": held, "bases": bases}
    return found


def main(library: str) -> dict[str, Any]:
    """Everything."""
    with contextlib.suppress(ImportError):
        importlib.import_module("openai")
    package = importlib.import_module(library)
    functions: dict[str, Any] = {}
    for name in dir(package):
        value = getattr(package, name, None)
        home = getattr(value, "__module__", None) or ""
        if not name.startswith("_") and inspect.isfunction(value) and home.startswith(library):
            functions[name] = signature(value)
    for home, names in FUNCTIONS.items():
        try:
            module = importlib.import_module(f"{library}.{home}")
        except ImportError:
            functions[f"{home}"] = "no module"
            continue
        for name in names:
            value = getattr(module, name, None)
            functions[f"{home}.{name}"] = signature(value) if callable(value) else type(value).__name__
    classes: dict[str, Any] = {}
    for home, names in CLASSES.items():
        where = f"{library}.{home}" if home else library
        try:
            module = importlib.import_module(where)
        except ImportError:
            classes[home] = "no module"
            continue
        for name in names:
            kind = getattr(module, name, None)
            classes[f"{home}.{name}".lstrip(".")] = described(kind) if kind is not None else "absent"
    return {"functions": functions, "classes": classes, "errors": errors(package)}


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout, default=str)
