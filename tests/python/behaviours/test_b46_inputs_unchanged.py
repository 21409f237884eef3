"""What the caller gave is never changed, whatever it is made of."""

from __future__ import annotations

import copy
import threading
import types
from typing import Any

import pytest

import edgequake_python as eq
from dialects import DIALECTS, call

PROOFS = [
    "test_inputs.py::TestUnchanged",
    "test_router.py::test_the_callers_own_objects_are_left_alone",
    "test_bad_input.py",
    "test_odd_values.py",
]


SCHEMA = {"type": "object", "properties": {}}
GIVEN: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}],
    "tool_choice": "auto",
}


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return types.MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


@pytest.mark.parametrize("dialect", DIALECTS)
def test_frozen_inputs(simulator: eq.Simulator, complete: Any, dialect: str) -> None:
    given = {name: _frozen(value) for name, value in GIVEN.items()}
    assert complete(**call(simulator, dialect, "a-model", **given)).choices


@pytest.mark.parametrize("dialect", DIALECTS)
def test_unchanged_by_a_failure_and_a_repetition(
    simulator: eq.Simulator, complete: Any, dialect: str
) -> None:
    given = copy.deepcopy(GIVEN)
    asked = call(simulator, dialect, f"sim/500;times=1;of={complete.__name__}", **given)
    assert complete(**{**asked, "num_retries": 1}).choices
    assert given == GIVEN


def test_locks_among_the_metadata(simulator: eq.Simulator, content: Any) -> None:
    metadata = {"lock": threading.RLock(), "here": threading.local()}
    try:
        assert content(**call(simulator, "openai", "a-model", metadata=metadata))
    except eq.BadRequestError as error:
        assert "metadata" in str(error)
