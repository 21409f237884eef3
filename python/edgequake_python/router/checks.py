"""What a request needs of a deployment: room for its prompt, a region, parameters that the model takes."""

from __future__ import annotations

import sys

from ..exceptions import BadRequestError, ContextWindowExceededError
from .request import estimated_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .course import Course
    from .member import Member
    from .pool import Pool, View
    from .request import Request
    from .router import Router

#: Parameters worth asking the model's table about.
_ASKED = ("response_format", "tools", "functions", "reasoning_effort", "thinking", "logprobs")


def fitting(router: Router, request: Request, pool: Pool, view: View) -> Course:
    """Numbers of the members that can serve the request; None: all can.

    Raises:
        ContextWindowExceededError: when the prompt is too long for all of them.
        BadRequestError: when none is in the region, or takes the parameters.
    """
    fits: set[int] | None = None
    if router.enable_pre_call_checks:
        fits = {member.number for member in _checked(router, request, pool, view)}
    for guard in router._active_guards(request):
        members = [member for member in pool.members if fits is None or member.number in fits]
        fits = {member.number for member in (yield from guard.admitted(router, request, members))}
    return fits


def _checked(router: Router, request: Request, pool: Pool, view: View) -> list[Member]:
    members = [member for member in pool.members if member.number in view.members]
    if not members:
        return members
    region = request.options.get("allowed_model_region")
    if region:
        inside = [member for member in members if in_region(member, region)]
        if not inside:
            raise BadRequestError(
                message=f"no deployment of model={request.group} is in the region {region!r}",
                model=request.group,
                llm_provider="",
            )
        members = inside
    tokens: float | None = None
    roomy = []
    for member in members:
        most = model_information(member).get("max_input_tokens")
        if most is not None and tokens is None:
            tokens = _tokens(request.arguments)
        if most is None or tokens is None or tokens <= float(most):
            roomy.append(member)
    if not roomy:
        raise ContextWindowExceededError(
            message=f"the prompt has about {tokens:.0f} tokens, too many for every deployment of "
            f"model={request.group}",
            model=request.group,
            llm_provider="",
        )
    able = [member for member in roomy if _takes(member, request.arguments)]
    if not able:
        raise BadRequestError(
            message=f"no deployment of model={request.group} takes all parameters of the call",
            model=request.group,
            llm_provider="",
        )
    return able


def in_region(member: Member, region: str) -> bool:
    """Whether a deployment may serve that region: the same one, or one of its parts (``eu`` has
    ``eu-west-1``).
    """
    if member.region is None:
        return False
    here, asked = member.region.lower(), str(region).lower()
    return (
        here == asked
        or here.startswith((f"{asked}-", f"{asked}_"))
        or (asked == "eu" and here.startswith(("europe", "eu")))
        or (asked == "us" and here.startswith("us"))
    )


def model_information(member: Member) -> Mapping[str, Any]:
    """Limits and abilities: ``model_info`` first, then the package's table."""
    info = member.info
    if info.get("max_input_tokens") is not None:
        return info
    package = sys.modules[__name__.partition(".")[0]]
    ask = getattr(package, "get_model_info", None)
    if ask is None:
        return info
    try:
        known: Mapping[str, Any] = ask(str(info.get("base_model") or member.model))
    except Exception:  # the table does not know the model, and says so in more than one way
        return info
    return {**known, **{name: value for name, value in info.items() if value is not None}}


def _tokens(arguments: Mapping[str, Any]) -> float:
    package = sys.modules[__name__.partition(".")[0]]
    count = getattr(package, "token_counter", None)
    messages = arguments.get("messages")
    if count is not None and messages:
        try:
            return float(count(model="", messages=messages))
        except Exception:  # an estimate is better than a call that fails before it is sent
            pass
    return estimated_tokens(arguments)


def _takes(member: Member, arguments: Mapping[str, Any]) -> bool:
    asked = [name for name in _ASKED if arguments.get(name) is not None]
    if not asked or member.params.get("drop_params"):
        return True
    package = sys.modules[__name__.partition(".")[0]]
    supported = getattr(package, "get_supported_openai_params", None)
    if supported is None:
        return True
    try:
        names = supported(model=member.model, custom_llm_provider=member.params.get("custom_llm_provider"))
    except Exception:  # a provider that no table knows refuses by itself what it does not take
        return True
    return names is None or all(name in names for name in asked)
