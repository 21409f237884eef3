"""A model, for a server on loopback, that asks for the weather in Paris before it says anything."""

from __future__ import annotations

import json
from typing import Any

from loopback import Reply, chat, event, events


def weather_first(request: Any) -> Any:
    """A call of the tool, and when it has answered, what it said."""
    streamed = request.json.get("stream")
    said = request.json["messages"][-1]
    if said["role"] == "tool":
        heard = said["content"] if isinstance(said["content"], str) else json.dumps(said["content"])
        text = f"It says: {heard}"
        return Reply(events(text)) if streamed else chat(text)
    function = {"name": "weather", "arguments": json.dumps({"city": "Paris"})}
    call = {"id": "call_1", "type": "function", "function": function}
    if streamed:
        delta = {"role": "assistant", "tool_calls": [{"index": 0, **call}]}
        ends = event(delta={}, finish_reason="tool_calls")
        return Reply([event(delta=delta, finish_reason=None), ends, b"data: [DONE]\n\n"])
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])
