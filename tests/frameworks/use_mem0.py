"""mem0: its LLM over litellm, plain and with tools."""

# requires: mem0ai

from __future__ import annotations

import litellm
from mem0.configs.llms.base import BaseLlmConfig
from mem0.llms.litellm import LiteLLM

import edgequake_python

assert litellm is edgequake_python
TOOL = {
    "type": "function",
    "function": {
        "name": "add_memory",
        "description": "Remember",
        "parameters": {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]},
    },
}

with edgequake_python.Simulator() as simulator:
    litellm.api_base = simulator.base_url
    litellm.api_key = "k"
    llm = LiteLLM(BaseLlmConfig(model="gpt-4o"))
    assert llm.generate_response([{"role": "user", "content": "Say something"}])
    called = llm.generate_response([{"role": "user", "content": "Remember"}], tools=[TOOL])
    assert called["tool_calls"][0]["name"] == "add_memory", called

print("ok")
