"""Every native wire against the simulator: how a call gets there, and what each dialect can say."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import edgequake_python
from bedrock_wire import KEYS
from service_account import service_account

QUESTION = "What is the weather in Paris?"
USER = [{"role": "user", "content": QUESTION}]
_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {"name": "get_weather", "description": "The weather in a city.", "parameters": _CITY},
}
TIME: dict[str, Any] = {"type": "function", "function": {"name": "get_time", "parameters": _CITY}}
#: A real picture of one pixel.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@dataclasses.dataclass(frozen=True)
class Wire:
    """One wire: the prefix of its models, an ordinary model, and the path of its base."""

    prefix: str
    model: str
    path: str = ""

    def call(self, simulator: edgequake_python.Simulator, behaviour: str = "", **more: Any) -> dict[str, Any]:
        """The keywords of a call, perhaps with a behaviour of the simulator's such as ``429?times=1``."""
        root = simulator.root_url
        call: dict[str, Any] = {"api_base": root + self.path}
        if self.prefix.startswith("bedrock/"):
            call.update(KEYS)
        elif self.prefix == "vertex_ai/":
            call.update(
                vertex_project="p",
                vertex_location="us-central1",
                vertex_credentials=json.dumps(service_account(root)),
            )
        elif not self.prefix.startswith("ollama"):
            call["api_key"] = "any"
        name = self.model
        if behaviour:
            # The model's own name stays: some clouds tell by it whose dialect it speaks.
            fault, _, query = behaviour.partition("?")
            name += f"?sim={fault}&{query}".rstrip("&")
        return {**call, "model": self.prefix + name, "messages": USER, **more}


WIRES = {
    "anthropic": Wire("anthropic/", "claude-simulated"),
    "gemini": Wire("gemini/", "gemini-simulated"),
    "vertex": Wire("vertex_ai/", "gemini-simulated"),
    "vertex-claude": Wire("vertex_ai/", "claude-simulated"),
    "bedrock": Wire("bedrock/", "anthropic.simulated-v1:0"),
    "cohere": Wire("cohere/", "command-simulated"),
    "mistral": Wire("mistral/", "mistral-simulated", "/mistral/v1"),
    "ollama": Wire("ollama/", "simulated"),
    "ollama-chat": Wire("ollama_chat/", "simulated"),
    "openai": Wire("openai/", "gpt-simulated", "/v1"),
}
