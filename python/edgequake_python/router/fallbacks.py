"""Where a call goes when its group has failed."""

from __future__ import annotations

import json

from ..exceptions import BudgetExceededError, ContentPolicyViolationError, ContextWindowExceededError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from .request import Request
    from .router import Router

    #: A group, or arguments with another ``model`` among them.
    Target = Any

#: Arguments that have a group fail, so that its fallbacks are asked.
_FORCED = (
    "mock_testing_context_fallbacks",
    "mock_testing_content_policy_fallbacks",
    "mock_testing_fallbacks",
)
#: The one that has a first attempt fail only.
RATE_LIMIT = "mock_testing_rate_limit_error"


def is_final(error: BaseException) -> bool:
    """Whether no other group could do better."""
    return isinstance(error, BudgetExceededError) and error.entity_type not in ("provider", "deployment")


def targets(router: Router, request: Request, error: BaseException) -> Sequence[Target]:
    """What to try instead, in order."""
    options = request.options
    if options.get("disable_fallbacks") or request.operation.by_provider:
        return ()  # what one account keeps no other has
    given = options.get("fallbacks")
    if isinstance(given, str):
        return [given]
    if isinstance(given, (list, tuple)) and given and not _is_table(given):
        return list(given)
    tables: list[Sequence[Any]] = []
    if isinstance(error, ContextWindowExceededError):
        tables.append(_table(router, request, "context_window_fallbacks"))
    elif isinstance(error, ContentPolicyViolationError):
        tables.append(_table(router, request, "content_policy_fallbacks"))
    tables.append(_table(router, request, "fallbacks"))
    for table in tables:
        found = look_up(table, request.group) or look_up(table, router._group_of(request.group))
        if found:
            return found
    return ()


def _table(router: Router, request: Request, name: str) -> Sequence[Any]:
    return request.options.get(name) or getattr(router, name) or ()


def _is_table(given: Sequence[Any]) -> bool:
    """``[{"group": ["other", ...]}]``, as opposed to targets themselves."""
    return all(
        isinstance(item, dict) and len(item) == 1 and _is_row(*next(iter(item.items()))) for item in given
    )


def _is_row(name: str, others: Any) -> bool:
    """``{"model": "other"}`` is a target, ``{"group": "other"}`` a row."""
    return isinstance(others, (list, tuple)) or (isinstance(others, str) and name != "model")


def look_up(table: Iterable[Mapping[str, Any]], group: str) -> Sequence[Target]:
    """The targets of a group: by its name, by its name without the provider, or for every group (``*``)."""
    general: Sequence[Target] = ()
    bare: Sequence[Target] = ()
    short = group.partition("/")[2]
    for item in table:
        for name, others in item.items():
            listed = list(others) if isinstance(others, (list, tuple)) else [others]
            if name == group:
                return listed
            if name == "*":
                general = general or listed
            elif short and name == short:
                bare = bare or listed
    return bare or general


def was_filtered(router: Router, request: Request, answer: Any) -> bool:
    """Whether a provider's filter ended an answer that another group is to give.

    That is one of ``content_policy_fallbacks``, or when there are none, of ``default_fallbacks``. Without
    such a fallback the answer is the caller's, as it is.
    """
    table = _table(router, request, "content_policy_fallbacks")
    if not table and router.default_fallbacks:
        table = ({"*": router.default_fallbacks},)
    if not table or request.options.get("disable_fallbacks"):
        return False
    choices = getattr(answer, "choices", None)
    if not choices or getattr(choices[0], "finish_reason", None) != "content_filter":
        return False
    return bool(look_up(table, request.group) or look_up(table, router._group_of(request.group)))


def forced(request: Request) -> str | None:
    """Which failure of the whole group a ``mock_testing_...`` argument asks for."""
    return next((name for name in _FORCED if is_forced(request, name)), None)


def is_forced(request: Request, name: str) -> bool:
    """Whether the argument is set; texts are understood (``"false"``), since forms send them."""
    value = request.options.get(name)
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)


def tell(answer: Any, errors: Sequence[BaseException]) -> None:
    """Put what failed before a fallback's answer into a header of the answer."""
    hidden = getattr(answer, "_hidden_params", None)
    if not isinstance(hidden, dict):
        return
    headers = hidden.setdefault("additional_headers", {})
    told: list[Any] = json.loads(headers.get("x-litellm-fallback-errors") or "[]")
    for error in errors:
        status = getattr(error, "status_code", None)
        code = None if status is None else str(status)
        param = getattr(error, "param", None)
        told.append({"message": str(error), "type": type(error).__name__, "param": param, "code": code})
    headers["x-litellm-fallback-errors"] = json.dumps(told)


def unforced(request: Request) -> Request:
    """The call without the failures that it asked for: they are for the first group only."""
    twin = request.instead(request.group, {})
    if any(name.startswith("mock_testing_") for name in twin.options):
        twin.options = {
            name: value for name, value in twin.options.items() if not name.startswith("mock_testing_")
        }
    if "mock_timeout" in twin.arguments:
        twin.arguments = {name: value for name, value in twin.arguments.items() if name != "mock_timeout"}
    return twin
