"""A response as a whole."""

from __future__ import annotations

from typing import Any, ClassVar, Optional

from pydantic import Field

from ..base import Open
from ..metadata import Response
from ..open import OpenObject, build_open, declared, opened
from .main import CLASSES


class ResponseAPIUsage(OpenObject):
    """Token counts, under the Responses API's names."""

    input_tokens: Open[int] = 0
    input_tokens_details: Open[Optional[Any]] = None
    output_tokens: Open[int] = 0
    output_tokens_details: Open[Optional[Any]] = None
    total_tokens: Open[int] = 0


class ResponsesAPIResponse(OpenObject, Response):
    """A turn of the Responses API. ``output`` holds its items; ``output_text`` joins their texts."""

    has_meta: ClassVar[bool] = True

    id: Open[str]
    created_at: Open[int] = 0
    error: Open[Optional[Any]] = None
    incomplete_details: Open[Optional[Any]] = None
    instructions: Open[Optional[Any]] = None
    metadata: Open[Optional[dict[str, Any]]] = None
    model: Open[Optional[str]] = None
    object: Open[Optional[str]] = "response"
    output: Open[list[Any]] = Field(default_factory=list)
    parallel_tool_calls: Open[Optional[bool]] = None
    temperature: Open[Optional[float]] = None
    tool_choice: Open[Optional[Any]] = None
    tools: Open[Optional[list[Any]]] = None
    top_p: Open[Optional[float]] = None
    max_output_tokens: Open[Optional[int]] = None
    previous_response_id: Open[Optional[str]] = None
    reasoning: Open[Optional[Any]] = None
    status: Open[Optional[str]] = None
    text: Open[Optional[Any]] = None
    truncation: Open[Optional[str]] = None
    usage: Open[Optional[Any]] = None
    user: Open[Optional[str]] = None
    store: Open[Optional[bool]] = None

    def __init__(self, **values: Any) -> None:
        output = values.get("output")
        if isinstance(output, list):
            values["output"] = [
                opened(dict(item), CLASSES) if isinstance(item, dict) else item for item in output
            ]
        usage = values.get("usage")
        if isinstance(usage, dict):
            values["usage"] = ResponseAPIUsage(**usage)
        self._fill(**values)
        self._start_metadata(None, None, None)

    @property
    def output_text(self) -> str:
        """The texts of all messages, joined; empty when there is none."""
        texts: list[str] = []
        for item in self.output or ():
            if item.get("type") == "message":
                for part in item.get("content") or ():
                    if part.get("type") == "output_text":
                        texts.append(part.get("text") or "")
        return "".join(texts)


def response_from_json(values: dict[str, Any], meta: Any = None) -> ResponsesAPIResponse:
    """A response from parsed JSON, which is used up; every declared key is there, None when not sent."""
    usage = values.get("usage")
    values = opened(values, CLASSES)._values()
    if isinstance(usage, dict):
        values["usage"] = build_open(ResponseAPIUsage, values["usage"]._values())
    known = dict.fromkeys(declared(ResponsesAPIResponse))
    known.update(object="response", output=[])
    return build_open(ResponsesAPIResponse, {**known, **values}, meta)
