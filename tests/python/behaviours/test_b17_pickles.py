"""Errors and responses cross processes whole."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call

PROOFS = [
    "test_exception_copies.py",
    "test_errors.py::TestCopies",
    "test_types_metadata.py::test_pickle_crosses_processes",
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_answers_and_chunks(simulator: eq.Simulator, dialect: str) -> None:
    answer = eq.completion(**call(simulator, dialect, "a-model"))
    chunks = list(eq.completion(**call(simulator, dialect, "a-model"), stream=True))
    for value in (answer, *chunks):
        for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
            assert type(twin) is type(value)
            assert twin.model_dump() == value.model_dump()


def _ask(asked: dict[str, Any]) -> Any:
    return eq.completion(**asked)


def test_out_of_another_process(simulator: eq.Simulator) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(eq.RateLimitError) as caught:
            pool.submit(_ask, call(simulator, "openai", "sim/429?retry_after=3")).result()
        answer = pool.submit(_ask, call(simulator, "openai", "a-model")).result()
    assert caught.value.status_code == 429
    assert caught.value.headers["retry-after"] == "3"
    assert answer.choices[0].message.content
