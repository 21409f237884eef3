"""Exceptions are pickled, copied and sent to other processes whole."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from edgequake_python import exceptions
from edgequake_python.exceptions import (
    ErrorResponse,
    RateLimitError,
)
from error_classes import CLASSES, build, same


class OwnError(RateLimitError):
    """A program's subclass, with a constructor that pickle could not call."""

    def __init__(self, *, tenant: str) -> None:
        super().__init__(f"tenant {tenant}", "openai", "mo", num_retries=1)
        self.tenant = tenant


def rich(name: str) -> Any:
    """An exception of this class with everything set that its constructor takes, and then some."""
    known: dict[str, Any] = {
        "response": ErrorResponse(429, {"Retry-After": "3", "x-request-id": "r"}, b'{"a":1}'),
        "litellm_debug_info": "info",
        "max_retries": 5,
        "num_retries": 2,
        "body": {"code": "c", "message": "m"},
        "partial": "some te",
        "partial_response": {"id": "x"},
        "usage": {"total_tokens": 3},
        "generated_content": "abc",
        "provider_specific_fields": {"innererror": {"a": 1}},
        "original_exception": ValueError("inner"),
        "model_ids": ("a",),
    }
    if name == "ModelNotMappedError":
        return exceptions.ModelNotMappedError("This model isn't mapped yet. model=x", 3)
    takes = inspect.signature(getattr(exceptions, name)).parameters
    error = build(name, **{key: value for key, value in known.items() if key in takes})
    error.attached_later = ["kept"]
    return error


ALL_ERRORS = [*CLASSES, "OwnError"]


def rich_or_own(name: str) -> Any:
    return OwnError(tenant="t") if name == "OwnError" else rich(name)


@pytest.mark.parametrize("name", ALL_ERRORS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(name: str, protocol: int) -> None:
    error = rich_or_own(name)
    same(error, pickle.loads(pickle.dumps(error, protocol)))


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_pickle_after_being_raised(name: str) -> None:
    with pytest.raises(Exception) as caught:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise rich_or_own(name) from inner
    same(caught.value, pickle.loads(pickle.dumps(caught.value)))


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_copy(name: str) -> None:
    error = rich_or_own(name)
    same(error, copy.copy(error))
    twin = copy.deepcopy(error)
    same(error, twin)
    if name != "OwnError" and name != "ModelNotMappedError":
        assert copy.copy(error).attached_later is error.attached_later
        assert twin.attached_later is not error.attached_later


@pytest.mark.parametrize("name", ALL_ERRORS)
def test_cloudpickle(name: str) -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    error = rich_or_own(name)
    same(error, pickle.loads(cloudpickle.dumps(error)))


def test_what_cannot_be_pickled_does_not_take_the_error_along() -> None:
    class Stubborn(Exception):
        def __init__(self, one: str, two: str) -> None:
            super().__init__(one)

    error = build("MidStreamFallbackError", original_exception=Stubborn("why", "x"))
    error.lock = threading.Lock()
    twin = pickle.loads(pickle.dumps(error))
    assert twin.message == error.message
    assert twin.lock is None
    assert "Stubborn: why" in str(twin.original_exception)
    assert error.lock is not None
    assert copy.copy(error).lock is error.lock
    deep = copy.deepcopy(error)
    assert deep.lock is error.lock
    assert deep.message == error.message


def raise_rich(name: str) -> None:
    raise rich_or_own(name)


def test_every_class_crosses_a_process_pool() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for name in ALL_ERRORS:
            expected = rich_or_own(name)
            future = pool.submit(raise_rich, name)
            same(expected, future.exception(timeout=60))
