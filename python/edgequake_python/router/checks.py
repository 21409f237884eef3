"""What a request needs of a deployment: room for its prompt, a region, parameters that the model takes."""

from __future__ import annotations

import sys

from ..exceptions import BadRequestError, ContextWindowExceededError
from .catalog import filled
from .request import estimated_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable

    from .._course import Course
    from .member import Member
    from .pool import Pool
    from .request import Request
    from .router import Router
    from .views import View

#: Parameters worth asking the model's table about.
_ASKED = ("response_format", "tools", "functions", "reasoning_effort", "thinking", "logprobs")


def admitted(router: Router, request: Request, pool: Pool) -> Course:
    """Numbers of the members that the guards let take the request; None: all."""
    fits: set[int] | None = None
    for guard in router._active_guards(request):
        members = [member for member in pool.members if fits is None or member.number in fits]
        fits = {member.number for member in (yield from guard.admitted(router, request, members))}
    return fits


def check_of(router: Router, request: Request) -> Callable[[Member], bool]:
    """Whether a member can serve the request; looks at those only that it is asked about."""
    fits = Check(router, request).fits if router.enable_pre_call_checks else _anybody
    beyond, avoided = request.beyond, request.avoided
    if beyond is None and not avoided:
        return fits

    def check(member: Member) -> bool:
        if member.number in avoided or (beyond is not None and place_of(member) <= beyond):
            return False
        return fits(member)

    return check


def place_of(member: Member) -> float:
    """When it is a member's turn by its ``order``; those without one come after all others."""
    return float("inf") if member.order is None else float(member.order)


def _anybody(member: Member) -> bool:
    return True


def refuse(router: Router, request: Request, pool: Pool, view: View) -> None:
    """Say which need of the request none of the members can meet, when there is one.

    Raises:
        ContextWindowExceededError: when the prompt is too long for all of them.
        BadRequestError: when none is in the region, or takes the parameters.
    """
    if not router.enable_pre_call_checks:
        return
    members = [member for member in pool.members if member.number in view.members]
    check = Check(router, request)
    if members and not any(check.is_inside(member) for member in members):
        raise BadRequestError(
            message=f"no deployment of model={request.group} is in the region {check.region!r}",
            model=request.group,
            llm_provider="",
        )
    members = [member for member in members if check.is_inside(member)]
    if members and not any(check.has_room(member) for member in members):
        raise ContextWindowExceededError(
            message=f"the prompt has about {check.tokens:.0f} tokens, too many for every deployment of "
            f"model={request.group}",
            model=request.group,
            llm_provider="",
        )
    if members and not any(check.has_room(member) and check.takes(member) for member in members):
        raise BadRequestError(
            message=f"no deployment of model={request.group} takes all parameters of the call",
            model=request.group,
            llm_provider="",
        )


class Check:
    """What one request needs; the prompt's tokens are counted once, when a member has a limit to them."""

    def __init__(self, router: Router, request: Request) -> None:
        self._router = router
        self._group = request.group
        self._arguments = request.arguments
        self._asked = [name for name in _ASKED if request.arguments.get(name) is not None]
        self._counted: float | None = None
        self.region: Any = request.options.get("allowed_model_region")

    def fits(self, member: Member) -> bool:
        """Whether the member meets every need."""
        return self.is_inside(member) and self.has_room(member) and self.takes(member)

    def is_inside(self, member: Member) -> bool:
        """Whether it is in the region that was asked for."""
        return not self.region or in_region(member, self.region)

    def _model(self, member: Member) -> str:
        """What the member's provider would be asked for: a wildcard's deployment has no model of its own."""
        if not member.pattern:
            return member.model
        found = self._router._find(self._group, False)
        return filled(member.model, None if found is None else found.filling, self._group)

    @property
    def tokens(self) -> float:
        """Of the prompt."""
        if self._counted is None:
            self._counted = _tokens(self._arguments)
        return self._counted

    def has_room(self, member: Member) -> bool:
        """Whether the prompt fits; into a model that no table knows any prompt does."""
        most = model_information(member, self._model(member)).get("max_input_tokens")
        return most is None or self.tokens <= float(most)

    def takes(self, member: Member) -> bool:
        """Whether it takes the parameters that models differ in."""
        if not self._asked or member.params.get("drop_params"):
            return True
        names = parameters_of(member, self._model(member))
        return names is None or all(name in names for name in self._asked)


def provider_of(member: Member) -> str:
    """Whose model a deployment's is; a bare name such as ``gpt-4o`` tells it too."""
    if member.provider is None:
        try:
            require_provider(member)
        except BadRequestError:  # one that is made for any name (``*``)
            member.provider = member.model.partition("/")[0]
    return str(member.provider)


def require_provider(member: Member) -> None:
    """Find out whose model a deployment's is.

    Raises:
        BadRequestError: when the name does not tell.
    """
    given = member.params.get("custom_llm_provider")
    if not given:
        package = sys.modules[__name__.partition(".")[0]]
        given = package.get_llm_provider(member.model, api_base=member.params.get("api_base"))[1]
    member.provider = str(given)


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


def base_model_of(member: Member) -> str | None:
    """The model that a deployment of another name serves, where that is said."""
    base: str | None = member.info.get("base_model") or member.entry["litellm_params"].get("base_model")
    return base


def model_information(member: Member, model: str) -> Mapping[str, Any]:
    """Limits and abilities of a deployment asked for ``model``: ``model_info`` first, then the package's
    table.
    """
    info = member.info
    if info.get("max_input_tokens") is not None:
        return info
    package = sys.modules[__name__.partition(".")[0]]
    ask = getattr(package, "get_model_info", None)
    if ask is None:
        return info
    try:
        known: Mapping[str, Any] = ask(str(base_model_of(member) or model))
    except Exception:  # the table does not know the model, and says so in more than one way
        return info
    return {**known, **{name: value for name, value in info.items() if value is not None}}


def _tokens(arguments: Mapping[str, Any]) -> float:
    package = sys.modules[__name__.partition(".")[0]]
    count = getattr(package, "token_counter", None)
    messages = arguments.get("messages")
    if count is not None and messages:
        beside = estimated_tokens({**arguments, "messages": None}) - 1.0
        try:
            return float(count(model="", messages=messages)) + beside
        except Exception:  # an estimate is better than a call that fails before it is sent
            pass
    return estimated_tokens(arguments)


def parameters_of(member: Member, model: str) -> Sequence[str] | None:
    """The parameters that a deployment takes for ``model``; None when nobody knows."""
    package = sys.modules[__name__.partition(".")[0]]
    try:
        names: Sequence[str] | None = package.get_supported_openai_params(
            model=model, custom_llm_provider=member.params.get("custom_llm_provider")
        )
    except Exception:  # a provider that no table knows refuses by itself what it does not take
        return None
    return names
