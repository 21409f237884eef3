"""A conversation that streams: ask, see the answer arrive, ask on."""

from __future__ import annotations

import os
import sys

from edgequake_python import completion

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")


def answer(messages: list[dict[str, str]]) -> str:
    """Print the answer as it arrives, and return it."""
    said = ""
    for chunk in completion(MODEL, messages, stream=True):
        piece = chunk.choices[0].delta.content or ""
        print(piece, end="", flush=True)
        said += piece
    print()
    return said


def main(questions: list[str]) -> list[dict[str, str]]:
    """Ask one question after the other in one conversation."""
    messages = [{"role": "system", "content": "Answer in one sentence."}]
    for question in questions:
        print(f"> {question}")
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer(messages)})
    return messages


if __name__ == "__main__":
    conversation = main(sys.argv[1:] or ["What is a monad?", "And in plain words?"])
    assert all(message["content"] for message in conversation)
