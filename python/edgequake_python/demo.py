"""The main job, end to end: ``python -m edgequake_python.demo``.

With a provider's key in the environment (``OPENAI_API_KEY``, ``GROQ_API_KEY``, ...) it talks to that
provider, without one to the built-in simulator. It prints what each step cost in time.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import contextmanager

import edgequake_python as eq

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a title, let the step print its answer, print its time."""
    print(f"\n{title}")
    begun = time.perf_counter()
    yield
    print(f"  {(time.perf_counter() - begun) * 1000:.1f} ms")


def plain(model: str) -> None:
    """A plain completion."""
    answer = eq.completion(model, [{"role": "user", "content": "Say hello in one sentence."}])
    print(f"  {answer.choices[0].message.content}")
    print(f"  {answer.usage.total_tokens} tokens, request {answer.request_id}")


def sync_stream(model: str) -> None:
    """A stream, printed as it arrives."""
    print("  ", end="")
    for chunk in eq.completion(model, [{"role": "user", "content": "Count 1 to 5"}], stream=True):
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


async def async_stream(model: str) -> None:
    """The same on an event loop, which is free meanwhile."""
    print("  ", end="")
    async for chunk in await eq.acompletion(
        model, [{"role": "user", "content": "Count 1 to 5"}], stream=True
    ):
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


def tools(model: str) -> None:
    """A tool call, the tool's answer, and what the model makes of it."""
    messages: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
    answer = eq.completion(model, messages, tools=[WEATHER])
    message = answer.choices[0].message
    messages.append(message)
    for call in message.tool_calls or []:
        assert isinstance(call, eq.ChatCompletionMessageToolCall)  # the only kind of tool that was offered
        arguments = json.loads(call.function.arguments)
        print(f"  {call.function.name}({arguments})")
        result = json.dumps({"city": arguments.get("city"), "celsius": 21})
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    answer = eq.completion(model, messages, tools=[WEATHER])
    print(f"  {answer.choices[0].message.content}")


def embeddings(model: str) -> None:
    """Two texts as vectors."""
    answer = eq.embedding(model, ["The cat sat on the mat.", "Ein Satz."])
    print(f"  {len(answer.data)} vectors of {len(answer.data[0]['embedding'])} numbers")


#: The key's variable, a chat model and an embedding model of each provider; the first with a key is asked.
PROVIDERS = (
    ("OPENAI_API_KEY", "openai/gpt-4o-mini", "openai/text-embedding-3-small"),
    ("GROQ_API_KEY", "groq/llama-3.3-70b-versatile", None),
    ("TOGETHER_API_KEY", "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", None),
    ("OPENROUTER_API_KEY", "openrouter/openai/gpt-4o-mini", None),
    ("XAI_API_KEY", "xai/grok-3-mini", None),
    ("DEEPSEEK_API_KEY", "deepseek/deepseek-chat", None),
)
SIMULATED = ("no provider's key: the built-in simulator", "sim/demo", "sim/demo-embedding")


def main() -> int:
    """Run every step; 0 when all worked."""
    why, chat, embed = next((row for row in PROVIDERS if os.environ.get(row[0])), SIMULATED)
    print(f"edgequake_python {eq.__version__}, {chat} ({why})")
    try:
        with step("A plain completion"):
            plain(chat)
        with step("A stream"):
            sync_stream(chat)
        with step("A stream on an event loop"):
            asyncio.run(async_stream(chat))
        with step("A tool call and its follow-up"):
            tools(chat)
        with step("An embedding"):
            # Who has no embeddings of its own leaves them to the simulator.
            embeddings(embed or SIMULATED[2])
    except eq.APIConnectionError as error:
        print(f"  {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
