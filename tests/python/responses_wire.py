"""A response as OpenAI's API gives it, and the arguments of a call that asks a server on loopback for it."""

from __future__ import annotations

from typing import Any, Callable

from loopback import Loopback, to

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "content": [
        {
            "type": "output_text",
            "text": "Hello!",
            "annotations": [{"type": "url_citation", "url": "https://e", "start_index": 0, "end_index": 5}],
        }
    ],
}
CALL = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": '{"city":"Paris"}',
}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1700000000,
    "status": "completed",
    "model": "gpt-4o-2024-08-06",
    "output": [REASONING, MESSAGE, CALL],
    "reasoning": {"effort": "low", "summary": None},
    "text": {"format": {"type": "text"}},
    "tools": [
        {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
    ],
    "metadata": {"k": "v"},
    "service_tier": "default",
    "usage": {
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 1},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 7,
    },
}
Ask = Callable[..., Any]


def to_responses(server: Loopback, **more: Any) -> dict[str, Any]:
    return to(server, **{"model": "openai/gpt-4o", **more})
