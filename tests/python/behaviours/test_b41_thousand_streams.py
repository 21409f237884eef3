"""A thousand streams at once, and each answers whole."""

from __future__ import annotations

import asyncio

import edgequake_python as eq
from dialects import call

PROOFS = [
    "test_connection_reuse.py",
    "test_completion.py::TestAnswers::test_five_megabytes",
]


def test_a_thousand_streams_at_once(simulator: eq.Simulator) -> None:
    async def one() -> str:
        asked = call(simulator, "openai", "tokens?n=20&ms=20", timeout=60)
        stream = await eq.acompletion(**asked, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def all_of_them() -> set[str]:
        return set(await asyncio.gather(*(one() for _ in range(1000))))

    texts = asyncio.run(all_of_them())
    assert len(texts) == 1
    assert texts.pop()
