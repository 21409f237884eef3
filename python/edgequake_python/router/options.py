"""Constructor arguments of LiteLLM's Router that this one does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

#: What decides where a call goes, or whether: without it a program would do something else than it says.
#: Each with what does the same here.
_REFUSED = {
    "plugins": "a Guard (Router.add_guard), or set_custom_routing_strategy",
    "routing_groups": "a Router for each strategy",
    "guardrail_list": "a CustomLogger's async_pre_call_hook, or a CustomGuardrail",
    "fallback_access_check": "a Guard (Router.add_guard)",
    "fallback_budget_check": "max_budget of a deployment, or edgequake_python.budgets",
    "enable_health_check_routing": "rests after failures (cooldown_time), or a Guard of your own",
}
#: What a call does not notice.
_WITHOUT_EFFECT = frozenset(
    (
        "assistants_config",
        "search_tools",
        "alerting_config",
        "auto_router_capability_limit",
        "background_health_check_model_groups",
        "health_check_staleness_threshold",
        "health_check_ignore_transient_errors",
    )
)
#: What is always so: retries go to deployments that have not failed the call.
_ALWAYS = frozenset(("enable_weighted_failover",))
#: Values of ``optional_pre_call_checks`` that are always so, and those that nothing here does.
_CHECKED_ALWAYS = frozenset(("enforce_model_rate_limits", "router_budget_limiting"))
_NOT_CHECKED = frozenset(("forward_client_headers_by_model_group", "encrypted_content_affinity"))


#: Settings that are whole numbers, and those that are numbers; texts of them are taken too.
_WHOLE = frozenset(("num_retries", "max_fallbacks", "allowed_fails"))
_NUMBERS = frozenset(("cooldown_time", "max_cooldown_time", "retry_after", *_WHOLE))


def checked(name: str, value: Any) -> Any:
    """A setting as it is used: a number that is given as text, as from a variable, becomes one.

    Raises:
        ValueError: for what cannot be used, which would else hide the error of the first call that fails.
    """
    if isinstance(value, str) and (name in _NUMBERS or name == "timeout"):
        try:
            value = float(value)
        except ValueError:
            raise ValueError(f"{name}={_given.shown(value)} is not a number") from None
        return int(value) if name in _WHOLE else value
    if name in _NUMBERS and value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"{name}={_given.shown(value)} is not a number")
    if name in ("retry_policy", "allowed_fails_policy"):
        _check_policy(name, value)
    elif name == "model_group_retry_policy":
        for group, policy in dict(value or {}).items():
            _check_policy(f"{name}[{group!r}]", policy)
    return value


def _check_policy(name: str, policy: Any) -> None:
    if policy is not None and not hasattr(policy, "__dict__") and not isinstance(policy, dict):
        raise ValueError(f"{name}={_given.shown(policy)} is neither a policy nor a dict")


def take_note(others: Mapping[str, Any]) -> None:
    """Log what has no effect, when it is set.

    Raises:
        UnsupportedParamsError: for what would change where calls go; the message names the alternative.
        TypeError: for names that LiteLLM's Router does not have either.
    """
    for name, value in others.items():
        if name in _REFUSED:
            if value:
                from ..exceptions import UnsupportedParamsError

                raise UnsupportedParamsError(
                    message=f"Router({name}=...) does not exist here; instead: {_REFUSED[name]}",
                    model="",
                    llm_provider="",
                )
        elif name in _WITHOUT_EFFECT:
            if value:
                _warn(f"Router({name}=...)")
        elif name not in _ALWAYS:
            raise TypeError(f"Router() got an unexpected keyword argument {name!r}")


def take_note_of_checks(names: Iterable[str]) -> None:
    """Log the checks that have no effect.

    Raises:
        ValueError: for one that does not exist.
    """
    from .affinity import KINDS

    known = KINDS | _CHECKED_ALWAYS | _NOT_CHECKED
    for name in dict.fromkeys(names):
        if name in _NOT_CHECKED:
            _warn(f"the check {name!r}")
        elif name not in known:
            raise ValueError(f"{name!r} is no check; there are: {', '.join(sorted(known))}")


def _warn(what: str) -> None:
    from .._logging import verbose_router_logger

    verbose_router_logger.warning("%s has no effect here", what)
