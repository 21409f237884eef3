"""Every native wire against the simulator: how a call gets there, and what each dialect can say."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import edgequake_python

QUESTION = "What is the weather in Paris?"
USER = [{"role": "user", "content": QUESTION}]
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
#: A real picture of one pixel.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@functools.cache
def _key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def account(root: str) -> str:
    """A service account whose tokens come from the simulator."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "p",
            "private_key_id": "1",
            "private_key": _key(),
            "client_email": "simulated@p.iam.gserviceaccount.com",
            "token_uri": root + "/token",
        }
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
            call.update(
                aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", aws_region_name="us-east-1"
            )
        elif self.prefix == "vertex_ai/":
            call.update(vertex_project="p", vertex_location="us-central1", vertex_credentials=account(root))
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
