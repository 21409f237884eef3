"""Answers from your own documents: embed them once, find the nearest, ask with them at hand."""

from __future__ import annotations

import math
import os

from edgequake_python import completion, embedding

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")
EMBEDDING_MODEL = os.environ.get("EXAMPLE_EMBEDDING_MODEL", "sim/demo-embedding")

DOCUMENTS = [
    "Refunds are paid within 14 days of the return of the goods.",
    "The office is closed on public holidays.",
    "Parcels to islands take two days longer.",
]


def embed(texts: list[str]) -> list[list[float]]:
    """Vectors of length 1, in the order of the texts."""
    vectors = [row["embedding"] for row in embedding(EMBEDDING_MODEL, texts).data]
    return [[x / math.hypot(*vector) for x in vector] for vector in vectors]


def nearest(question: str, documents: list[str], vectors: list[list[float]], count: int = 1) -> list[str]:
    """The documents whose vectors point most nearly where the question's does."""
    (asked,) = embed([question])
    scores = [sum(a * b for a, b in zip(asked, vector)) for vector in vectors]
    ranked = sorted(range(len(documents)), key=lambda n: -scores[n])
    return [documents[n] for n in ranked[:count]]


def ask(question: str, documents: list[str], vectors: list[list[float]]) -> str:
    """Answer from the nearest documents alone."""
    context = "\n".join(nearest(question, documents, vectors))
    prompt = f"Answer from this text alone.\n\n{context}\n\nQuestion: {question}"
    return completion(MODEL, [{"role": "user", "content": prompt}]).choices[0].message.content or ""


if __name__ == "__main__":
    index = embed(DOCUMENTS)
    # The very text of a document is nearest to itself, with any model.
    assert nearest(DOCUMENTS[2], DOCUMENTS, index) == [DOCUMENTS[2]]
    reply = ask("Within how many days are refunds paid after the return of the goods?", DOCUMENTS, index)
    print(reply)
    assert reply
