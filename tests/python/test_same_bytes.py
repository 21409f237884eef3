"""The same input gives the same bytes, in any process: what a provider caches is found again."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

import edgequake_python

MODELS = [
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "vertex_ai/gemini-2.5-flash",
    "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "mistral/mistral-large-latest",
    "cohere/command-a-03-2025",
    "ollama_chat/llama3.2",
]

PROGRAM = """
import sys
import edgequake_python
cached = {"cache_control": {"type": "ephemeral"}}
def part(text):
    return {"type": "text", "text": text, **cached}
fields = {name: {"type": "string"} for name in "hgfedcba"}
schema = {"type": "object", "properties": fields, "required": ["a"]}
call = {"id": "callcall1", "type": "function", "function": {"name": "f", "arguments": '{"b": 1, "a": 2}'}}
messages = [
    {"role": "system", "content": [part("Be brief.")]},
    {"role": "user", "content": [part("What is it?")]},
    {"role": "assistant", "content": None, "tool_calls": [call]},
    {"role": "tool", "tool_call_id": "callcall1", "content": [part("four")]},
    {"role": "user", "content": [part("And now?")]},
]
function = {"name": "f", "description": "Tells it", "parameters": schema}
shown = edgequake_python.completion(
    model=sys.argv[1], messages=messages, tools=[{"type": "function", "function": function, **cached}],
    max_tokens=9, temperature=0.5, stop=["x"], api_key="AIza-of-a-test", aws_region_name="us-east-1",
    drop_params=True, dry_run=True,
)
sys.stdout.buffer.write(bytes(shown.body))
"""


def written(model: str, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, model], capture_output=True, check=True, env=environment, timeout=60
    )
    return ran.stdout


@pytest.mark.parametrize("model", MODELS)
def test_the_same_bytes_in_every_process(model: str) -> None:
    body = written(model, "1")
    assert len(body) > 200
    assert written(model, "4711") == body
    # Marks of the cache stand where they were put, or nowhere where the provider has none.
    marks = body.count(b'"cache_control"') + body.count(b'"cachePoint"')
    if model.startswith("anthropic/") or model.startswith("bedrock/"):
        assert marks == 5, body


def test_settings_of_safety_count_for_every_call_to_google(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    monkeypatch.setattr(edgequake_python, "vertex_ai_safety_settings", wanted)

    def sent(model: str, **more: Any) -> Any:
        shown: Any = edgequake_python.completion(
            model=model,
            messages=[{"role": "user", "content": "x"}],
            api_key="AIza-of-a-test",
            dry_run=True,
            **more,
        )
        return shown.json

    for model in ("gemini/gemini-2.5-flash", "vertex_ai/gemini-2.5-flash"):
        assert sent(model)["safetySettings"] == wanted
        assert sent(model, safety_settings=[])["safetySettings"] == []
    assert "safetySettings" not in sent("openai/gpt-4o")
