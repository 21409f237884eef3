"""Many questions at once, no more than a few in flight, and each failure by itself."""

from __future__ import annotations

import asyncio
import os
from typing import Union

import edgequake_python as eq

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")


async def ask_all(questions: list[str], at_once: int = 8) -> list[Union[str, Exception]]:
    """Answers in the order of the questions; one that failed is its exception."""
    free = asyncio.Semaphore(at_once)

    async def ask(question: str) -> str:
        async with free:
            response = await eq.acompletion(
                MODEL, [{"role": "user", "content": question}], num_retries=3, timeout=60
            )
            return response.choices[0].message.content or ""

    return await asyncio.gather(*map(ask, questions), return_exceptions=True)  # type: ignore[return-value]


if __name__ == "__main__":
    asked = [f"What is {n} times {n}?" for n in range(50)]
    answers = asyncio.run(ask_all(asked))
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    print(f"{len(answers) - len(failed)} answered, {len(failed)} failed")
    assert not failed
    assert all(str(n) in str(answer) for n, answer in enumerate(answers))
