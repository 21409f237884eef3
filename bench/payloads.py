"""The fixed answers of the bench: what a provider sends, byte for byte the same in every run.

usage: python bench/payloads.py FOLDER   writes chat.json, stream.sse and emb.json there
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

CHUNKS = 1000
INPUTS = 256
DIMENSIONS = 1536

IDENTITY: dict[str, Any] = {
    "id": "chatcmpl-abc123",
    "created": 1_730_000_000,
    "model": "gpt-4o-mini-2024-07-18",
    "service_tier": "default",
    "system_fingerprint": "fp_0705bf87c0",
}


def chat() -> bytes:
    """A chat answer of about 1.5 kB, with the usage details that providers send today."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": "Hello! " + "The quick brown fox jumps over the lazy dog. " * 20,
        "refusal": None,
        "annotations": [],
    }
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 210,
        "total_tokens": 222,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return json.dumps({**IDENTITY, "object": "chat.completion", "choices": [choice], "usage": usage}).encode()


def stream() -> bytes:
    """A stream of CHUNKS content chunks between a role chunk, a finish chunk, a usage chunk and [DONE]."""

    def event(
        delta: dict[str, Any] | None, finish: str | None = None, usage: dict[str, int] | None = None
    ) -> str:
        choices = []
        if delta is not None:
            choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        chunk = {**IDENTITY, "object": "chat.completion.chunk", "choices": choices, "usage": usage}
        return f"data: {json.dumps(chunk)}\n\n"

    events = [event({"role": "assistant", "content": "", "refusal": None})]
    events += [event({"content": f" tok{number}"}) for number in range(CHUNKS)]
    events.append(event({}, finish="stop"))
    usage = {"prompt_tokens": 12, "completion_tokens": CHUNKS, "total_tokens": CHUNKS + 12}
    events.append(event(None, usage=usage))
    events.append("data: [DONE]\n\n")
    return "".join(events).encode()


def embeddings() -> bytes:
    """INPUTS embeddings of DIMENSIONS floats each, written in full as providers write them."""
    numbers = random.Random(1)
    rows = [
        {
            "object": "embedding",
            "index": index,
            "embedding": [numbers.uniform(-1, 1) for _ in range(DIMENSIONS)],
        }
        for index in range(INPUTS)
    ]
    usage = {"prompt_tokens": 1000, "total_tokens": 1000}
    return json.dumps(
        {"object": "list", "data": rows, "model": "text-embedding-3-small", "usage": usage}
    ).encode()


def write(folder: Path) -> None:
    """Write the three payloads into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in (("chat.json", chat()), ("stream.sse", stream()), ("emb.json", embeddings())):
        (folder / name).write_bytes(body)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
