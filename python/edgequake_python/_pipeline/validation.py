"""Answers checked against the JSON schema that was asked for: ``enable_json_schema_validation``."""

from __future__ import annotations

import json

from ..exceptions import JSONSchemaValidationError, UnsupportedParamsError
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Optional

    from .._course import Course
    from ..types import ModelResponseStream
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Check what the model says; of a stream, at its end."""
    wanted = call.get("enable_json_schema_validation")
    plain = call.but("enable_json_schema_validation")
    schema = _schema(call.get("response_format"))
    if wanted is None:
        wanted = call.settings.get("enable_json_schema_validation")
    if schema is None or not wanted:
        return (yield from proceed(plain))
    checker = _Checker(schema, call)
    answer = yield from proceed(plain)
    if call.streamed:
        return _Checked(answer, checker).wrapper()
    for choice in answer.choices:
        if not choice.message.tool_calls:
            checker.check(choice.message.content)
    return answer


def _schema(response_format: Any) -> Optional[dict[str, Any]]:
    if not isinstance(response_format, dict):
        return None
    schema = response_format.get("response_schema")
    if schema is None and isinstance(response_format.get("json_schema"), dict):
        schema = response_format["json_schema"].get("schema")
    return schema if isinstance(schema, dict) else None


class _Checker:
    """A schema, ready to check texts by."""

    def __init__(self, schema: dict[str, Any], call: Call) -> None:
        try:
            import jsonschema
        except ImportError:
            raise UnsupportedParamsError(
                message="enable_json_schema_validation needs the package jsonschema: pip install jsonschema",
                model=call.model,
                llm_provider="",
            ) from None
        self._schema = schema
        self._model = call.model
        self._errors: Any = jsonschema.ValidationError
        kind: Any = jsonschema.validators.validator_for(schema)
        self._validator = kind(schema)

    def check(self, text: Any) -> None:
        """Raise `JSONSchemaValidationError` unless ``text`` is JSON that fits."""
        try:
            self._validator.validate(json.loads(text))
        except (TypeError, ValueError, self._errors) as error:
            raise JSONSchemaValidationError(
                model=self._model,
                llm_provider="",
                raw_response=text if isinstance(text, str) else "",
                schema=json.dumps(self._schema),
            ) from error


class _Checked(Relay):
    """A stream whose whole text is checked at its end."""

    def __init__(self, stream: Any, checker: _Checker) -> None:
        super().__init__(stream)
        self._checker = checker
        self._texts: dict[int, list[str]] = {}

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        for choice in chunk.choices:
            if choice.delta.content:
                self._texts.setdefault(choice.index, []).append(choice.delta.content)
        return (chunk,)

    def ended(self) -> Iterable[ModelResponseStream]:
        for pieces in self._texts.values():
            self._checker.check("".join(pieces))
        return ()
