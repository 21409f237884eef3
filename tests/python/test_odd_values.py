"""Whatever is given to a function for any of its arguments: an answer, or a typed error that names the place.

Never a crash, never another exception, and what was given is as it was. A failure says which values.
"""

from __future__ import annotations

import copy
from typing import Any, Callable

import pytest

import edgequake_python as eq
from odd_calls import CASES, FUNCTIONS
from odd_values import ODD, flattened

#: Values whose own code changes them.
CHANGING = ("growing", "list of growing", "shrinking")
#: By what other name an error may call an argument.
ALSO: dict[str, tuple[str, ...]] = {
    "text_format": ("text.format", "response_format"),
    "aws_region_name": ("region",),
    "instructions": ("messages", "system"),
    "chunks": ("chunk",),
}
#: What says of itself what is wrong, by LiteLLM's classes.
SAID: dict[str, tuple[type[Exception], ...]] = {
    "token_counter": (ValueError,),
    "token_counter of text": (ValueError,),
    "trim_messages": (ValueError,),
    "decode": (ValueError,),
    "register_model": (ValueError, OSError),
    "get_model_info": (eq.ModelNotMappedError,),
    "Router": (ValueError,),
    "Router.completion": (ValueError,),
    "completion_cost": (ValueError,),
}


def _base(simulator: eq.Simulator, function: str, good: dict[str, Any]) -> str:
    openai = function.startswith("Router") or good["model"].startswith(("openai/", "mistral/"))
    return simulator.base_url if openai else simulator.root_url


def _is_the_callers_own(error: BaseException) -> bool:
    """Thrown by a value's own code, and let through as it is."""
    return type(error) is RuntimeError and str(error) == "hostile"


def _copied(value: Any) -> Any:
    """What to compare with afterwards; None for what cannot be copied or compared."""
    if type(value) in (list, dict, tuple):
        try:
            return copy.deepcopy(value)
        except Exception:
            return None
    return None


def _same(value: Any, before: Any) -> bool:
    try:
        return before is None or bool(value == before)
    except (RuntimeError, RecursionError):
        return True


def _tried(run: Callable[..., Any], call: dict[str, Any], argument: str, sent: Callable[[], int]) -> str:
    """What is wrong with how a value was taken; nothing when all is well."""
    before = sent()
    function = call.pop("_function")
    try:
        run(**call)
    except eq.BadRequestError as error:
        names = (argument, *ALSO.get(argument, ()))
        # A provider that was asked says by itself what it does not like.
        if sent() == before and not any(name in str(error) for name in names):
            return f"the place is not named: {str(error)[:200]!r}"
    except eq.EdgeQuakeError:
        pass
    except SAID.get(function, ()):
        pass
    except Exception as error:
        if not _is_the_callers_own(error):
            return f"{type(error).__name__}: {str(error)[:200]!r}"
    return ""


@pytest.mark.parametrize(("function", "argument"), CASES)
def test_every_value(simulator: eq.Simulator, function: str, argument: str) -> None:
    run, calls, good, _ = FUNCTIONS[function]
    wrong = {}
    for name, make in ODD.items():
        call = {**good, "_function": function}
        if calls:
            call.update(api_base=_base(simulator, function, good), api_key="k")
            if not function.startswith("Router"):
                call["num_retries"] = 0
        deep = name.startswith("deep")
        call[argument] = value = make()
        before = None if deep or name in CHANGING else _copied(value)
        found = _tried(run, call, argument, lambda: simulator.stats["requests"])
        if deep:
            flattened(value[0]["content"] if name == "deep message" else value)
        elif not _same(value, before):
            found = "it was changed"
        if found:
            wrong[name] = found
    assert wrong == {}
