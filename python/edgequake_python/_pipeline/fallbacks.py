"""Another model when one fails: ``fallbacks``, ``context_window_fallback_dict`` and ``model_fallbacks``."""

from __future__ import annotations

from .._course import Step
from ..exceptions import BadRequestError, BudgetExceededError, ContextWindowExceededError
from .call import Call
from .relay import Primed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .call import Proceed

#: What belongs to one provider and must never reach another's host.
_ADDRESS = (
    "api_key",
    "api_base",
    "base_url",
    "api_version",
    "custom_llm_provider",
    "organization",
    "client",
    "deployment_id",
    "extra_headers",
    "headers",
    "extra_query",
    "litellm_credential_name",
)


def stage(call: Call, proceed: Proceed) -> Course:
    """Try the model that was asked for and then the others, in order; the last one's error is raised.

    A stream is handed over once it has said something, so a failure before that finds the next model too.
    """
    disabled = call.get("disable_fallbacks")
    others = _others(call)
    larger = call.get("context_window_fallback_dict") or {}
    plain = call.but("fallbacks", "context_window_fallback_dict", "disable_fallbacks", "max_fallbacks")
    if disabled or not (others or larger):
        return (yield from proceed(plain))
    try:
        return (yield from _begun(plain, proceed))
    except ContextWindowExceededError as error:
        bigger = larger.get(plain.model)
        failure: Exception = error
        if bigger is not None:
            others = [bigger, *others]
    except BudgetExceededError:
        raise
    except Exception as error:
        failure = error
    for other in others:
        try:
            return (yield from _begun(_instead(plain, other), proceed))
        except BudgetExceededError:
            raise
        except Exception as error:
            failure = error
    raise failure


def _others(call: Call) -> list[Any]:
    given = call.get("fallbacks")
    if given is None:
        given = call.settings.get("model_fallbacks") or []
    if not isinstance(given, (list, tuple)) or not all(isinstance(item, (str, dict)) for item in given):
        raise BadRequestError(
            message="fallbacks is not a list of models or of dicts with arguments",
            model=call.model,
            llm_provider="",
        )
    others = [item for item in given if item != call.model]
    most = call.get("max_fallbacks")
    if most is None:
        most = call.settings.get("max_fallbacks")
    return others if most is None else others[: int(most)]


def _begun(call: Call, proceed: Proceed) -> Course:
    """The call's answer; of a stream, one that has begun to say something."""
    answer = yield from proceed(call)
    if call.streamed and call.operation == "chat":
        primed = Primed(answer)
        yield Step(primed.prime, primed.prime_async)
        return primed.wrapper()
    return answer


def _instead(call: Call, other: str | dict[str, Any]) -> Call:
    changes = {"model": other} if isinstance(other, str) else dict(other)
    changed = str(changes.get("model") or call.model)
    if _provider(changed, changes.get("custom_llm_provider")) == _provider(
        call.model, call.get("custom_llm_provider")
    ):
        return call.but(**changes)
    return call.but(*_ADDRESS, **changes)


def _provider(model: str, named: str | None) -> str | None:
    from .. import _eq_core

    if named:
        return named
    try:
        return _eq_core.split_model(model, None)[0]
    except BadRequestError:
        return None
