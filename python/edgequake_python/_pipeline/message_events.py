"""A whole message in Anthropic's shape as the events of its stream."""

from __future__ import annotations

import json
from copy import deepcopy

from .response_events import PIECE, pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Events = Iterator[dict[str, Any]]

#: What a message says of itself only at its end.
_LATE = ("stop_reason", "stop_sequence")


def of_message(whole: dict[str, Any], piece: int = PIECE) -> Events:
    """A whole message in Anthropic's shape as the events of its stream.

    Args:
        whole: the message as JSON. Not changed.
        piece: characters of a text in one event.
    """
    usage = whole.get("usage") or {}
    begun = {**deepcopy(whole), "content": [], **dict.fromkeys(_LATE)}
    begun["usage"] = {**deepcopy(usage), "output_tokens": 0}
    yield {"type": "message_start", "message": begun}
    for index, block in enumerate(whole.get("content") or ()):
        empty, deltas = _opened(block, piece)
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {name: whole.get(name) for name in _LATE}
    yield {"type": "message_delta", "delta": end, "usage": deepcopy(usage)}
    yield {"type": "message_stop"}


def _opened(block: dict[str, Any], piece: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block as it begins, and what is added to it."""
    empty, kind = deepcopy(block), block.get("type")
    deltas: list[dict[str, Any]] = []
    if kind == "text":
        empty["text"] = ""
        deltas += [{"type": "text_delta", "text": text} for text in pieces(block.get("text") or "", piece)]
        if block.get("citations"):
            empty["citations"] = []
            deltas += [{"type": "citations_delta", "citation": deepcopy(one)} for one in block["citations"]]
    elif kind == "thinking":
        empty["thinking"] = ""
        said = pieces(block.get("thinking") or "", piece)
        deltas += [{"type": "thinking_delta", "thinking": text} for text in said]
        if block.get("signature"):
            empty["signature"] = ""
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif isinstance(block.get("input"), dict):
        empty["input"] = {}
        text = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
        deltas += [{"type": "input_json_delta", "partial_json": part} for part in pieces(text, piece)]
    return empty, deltas
