"""A pydantic class as ``response_format``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def response_format(given: Any) -> Any:
    """``given`` as the wire has it: a pydantic class as a strict ``json_schema``, all else unchanged.

    Raises:
        BadRequestError: for a class that has no JSON schema.
    """
    if not isinstance(given, type):
        return given
    make_schema = getattr(given, "model_json_schema", None)
    if make_schema is None:
        from .exceptions import BadRequestError

        raise BadRequestError(
            message=f"response_format is the class {given.__name__}, which is not a pydantic model",
            model="",
            llm_provider="",
        )
    schema = strict(make_schema())
    return {"type": "json_schema", "json_schema": {"schema": schema, "name": given.__name__, "strict": True}}


def strict(schema: Any) -> Any:
    """A copy of ``schema`` in OpenAI's strict subset: every object closed, every property required.

    Rule: platform.openai.com/docs/guides/structured-outputs, "Supported schemas". A ``$ref`` beside other
    keys is not allowed there, so it becomes an ``allOf`` of one; a default of None means nothing where
    everything is required.
    """
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed: dict[str, Any] = {}
    for name, value in schema.items():
        if name in ("properties", "$defs", "definitions"):
            closed[name] = {key: strict(below) for key, below in value.items()}
        elif name in ("enum", "const", "examples"):
            closed[name] = value
        elif name == "default" and value is None:
            continue
        else:
            closed[name] = strict(value)
    if closed.get("type") == "object" and "properties" in closed:
        closed["required"] = list(closed["properties"])
        closed["additionalProperties"] = False
    elif closed.get("type") == "object" and "additionalProperties" not in closed:
        closed["additionalProperties"] = False
    if "$ref" in closed and len(closed) > 1:
        closed = {"allOf": [{"$ref": closed.pop("$ref")}], **closed}
    return closed
