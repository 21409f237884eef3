"""A loop of tools: the model asks for functions, the program runs them, until there is an answer."""

from __future__ import annotations

import json
import os
from typing import Any, Callable

from edgequake_python import completion

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")
ROUNDS = 5


def get_weather(city: str, **_: Any) -> dict[str, Any]:
    """What a weather service would say."""
    return {"city": city, "celsius": 21, "sky": "clear"}


TOOLS: dict[str, Callable[..., Any]] = {"get_weather": get_weather}
DESCRIPTIONS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city now",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


def run(call: Any) -> str:
    """Run what the model asked for; a failure is told to the model, which can try something else."""
    try:
        function = TOOLS[call.function.name]
        return json.dumps(function(**json.loads(call.function.arguments)))
    except (KeyError, TypeError, ValueError) as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


def main(question: str) -> list[Any]:
    """Return the whole conversation; its last message is the answer."""
    messages: list[Any] = [{"role": "user", "content": question}]
    for _ in range(ROUNDS):
        message = completion(MODEL, messages, tools=DESCRIPTIONS).choices[0].message
        messages.append(message)
        if not message.tool_calls:
            return messages
        for call in message.tool_calls:
            print(f"{call.function.name}({call.function.arguments})")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": run(call)})
    raise RuntimeError(f"no answer after {ROUNDS} rounds of tools")


if __name__ == "__main__":
    conversation = main("What is the weather in Paris?")
    print(conversation[-1].content)
    assert conversation[1].tool_calls
    assert conversation[2]["role"] == "tool"
    assert conversation[-1].content
