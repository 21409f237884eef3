"""The arguments of one attempt, and what is noted on its answer."""

from __future__ import annotations

import sys

from .._course import Step
from .._timeouts import Timeouts
from ..exceptions import Timeout
from .batch_files import with_model
from .catalog import filled
from .checks import provider_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .member import Member
    from .request import Request
    from .router import Router
    from .selection import Picked

#: Parameters of a deployment that say where it is, and who calls it.
_WHERE = frozenset(
    (
        "api_key",
        "api_base",
        "base_url",
        "api_version",
        "organization",
        "project",
        "custom_llm_provider",
        "headers",
        "extra_headers",
        "default_headers",
        "ssl_verify",
        "proxy",
        "litellm_credential_name",
    )
)
_CLOUDS = ("aws_", "azure_", "vertex_", "watsonx_", "client_", "tenant_")
#: What a call that timed out counts as in means of latencies, in seconds.
_TIMED_OUT = 1000.0


def arguments_of(router: Router, request: Request, picked: Picked) -> dict[str, Any]:
    """Arguments of the package's function: the deployment's, then the call's, then the Router's notes."""
    member = picked.member
    model = filled(member.model, picked.filling, request.group)
    params = member.params
    if request.operation.by_provider:
        # What chats are asked with means nothing to a file.
        params = {name: params[name] for name in params if name in _WHERE or name.startswith(_CLOUDS)}
    arguments = {**params, **request.arguments}
    if request.operation.by_provider:
        provider = provider_of(member)
        arguments.setdefault("custom_llm_provider", provider)
        if arguments.get("purpose") == "batch" and "file" in arguments:
            own = model[len(provider) + 1 :] if model.startswith(f"{provider}/") else model
            arguments["file"] = with_model(arguments["file"], request.group, own)
    else:
        arguments["model"] = model
    # The Router is the one layer that repeats calls.
    arguments["num_retries"] = 0
    timeout = _timeout(router, request, picked)
    if timeout is not None:
        arguments["timeout"] = timeout
    if router.budgets is not None:
        arguments.setdefault("budgets", router.budgets)
    kept = request.operation.metadata
    if not kept:
        return arguments
    given = request.arguments.get(kept)
    arguments[kept] = {
        **member.metadata,
        **(given if isinstance(given, dict) else {}),
        "model_group": request.group,
        "deployment": model,
        "model_info": member.info,
        "api_base": member.params.get("api_base"),
        "attempted_retries": request.retries,
        "attempted_fallbacks": request.fallbacks,
    }
    if member.tags:
        arguments[kept]["tags"] = _tags(member, arguments[kept].get("tags"))
    if request.past:
        arguments[kept].update(request.past)
    if router.caching_groups:
        arguments[kept]["caching_groups"] = router.caching_groups
    arguments["litellm_trace_id"] = request.trace_id()
    arguments["model_info"] = member.info
    return arguments


def _tags(member: Member, given: Any) -> list[str]:
    """The call's, and the deployment's: what is counted by tags counts both."""
    asked = [given] if isinstance(given, str) else given or ()
    return list(dict.fromkeys((*asked, *(member.entry["litellm_params"].get("tags") or ()))))


def _timeout(router: Router, request: Request, picked: Picked) -> Any:
    """The call's, else the deployment's, else the Router's; cut to what is left of the deadline."""
    options, member = request.options, picked.member
    candidates: tuple[Any, ...] = (options.get("timeout"), member.timeout, router.timeout)
    if request.streamed:
        candidates = (
            options.get("stream_timeout"),
            options.get("timeout"),
            member.stream_timeout,
            member.timeout,
            router.stream_timeout,
            router.timeout,
        )
    chosen = next((value for value in candidates if value is not None), None)
    left = request.left()
    if left is None:
        return chosen
    if isinstance(chosen, str):
        chosen = float(chosen)
    if isinstance(chosen, (int, float)):
        silence = min(float(chosen), left)
        return Timeouts(None, silence, silence, left if request.streamed else silence)
    if isinstance(chosen, Timeouts):
        total = left if chosen.total is None else min(chosen.total, left)
        return Timeouts(chosen.connect, chosen.first_token, chosen.idle, total)
    return Timeouts(total=left)


class RoutedMeta:
    """A call's metadata, and the Router's notes with them; the dict is made when somebody looks."""

    __slots__ = ("_meta", "_notes")

    def __init__(self, meta: Any, notes: tuple[Any, ...]) -> None:
        self._meta = meta
        self._notes = notes

    def hidden_params(self) -> dict[str, Any]:
        """See `Meta.hidden_params`."""
        hidden: dict[str, Any] = self._meta.hidden_params()
        note(hidden, *self._notes)
        return hidden

    def __getattr__(self, name: str) -> Any:
        return getattr(self._meta, name)


def note(
    hidden: dict[str, Any],
    member: Member,
    group: str,
    retries: int,
    allowed: int,
    fallbacks: int,
    tried: list[str],
) -> None:
    """Put the Router's notes into ``_hidden_params``."""
    model_id = hidden["model_id"] = member.id
    hidden["attempted_deployments"] = tried
    if member.prices:
        hidden["custom_pricing"] = True
    if member.info.get("base_model"):
        hidden["base_model"] = member.info["base_model"]
    base = member.params.get("api_base")
    if base is not None:
        hidden["api_base"] = base
    headers = hidden.get("additional_headers")
    if headers is None:
        headers = hidden["additional_headers"] = {}
    headers["x-litellm-model-group"] = group
    headers["x-litellm-model-id"] = model_id
    headers["x-litellm-attempted-retries"] = retries
    if retries:
        headers["x-litellm-max-retries"] = allowed
    headers["x-litellm-attempted-fallbacks"] = fallbacks


def stamp(router: Router, request: Request, picked: Picked, answer: Any) -> None:
    """Note on the answer where it came from."""
    notes = (
        picked.member,
        request.group,
        request.retries,
        request.allowed,
        request.fallbacks,
        [member.id for member in request.tried],
    )
    private = getattr(answer, "__pydantic_private__", None)
    if private is not None and "_hidden_params" not in private and private.get("_meta") is not None:
        private["_meta"] = RoutedMeta(private["_meta"], notes)
        return
    if (
        private is None
        and getattr(answer, "_hidden", 0) is None
        and getattr(answer, "_meta", None) is not None
    ):
        answer._meta = RoutedMeta(answer._meta, notes)
        return
    hidden = getattr(answer, "_hidden_params", None)
    if isinstance(hidden, dict):
        note(hidden, *notes)
        if picked.member.prices and hidden.get("response_cost") is None and private is not None:
            from ..response_cost import of_response

            hidden["response_cost"] = of_response(answer, hidden)


def tokens_of(answer: Any) -> tuple[float, float, float]:
    """Total, input and output tokens that the provider counted; zeros when it did not."""
    usage = getattr(answer, "usage", None)
    if usage is None:
        return 0.0, 0.0, 0.0
    counts: dict[str, Any] = usage if isinstance(usage, dict) else usage.__dict__
    inward = counts.get("prompt_tokens") or counts.get("input_tokens") or 0
    outward = counts.get("completion_tokens") or counts.get("output_tokens") or 0
    total = counts.get("total_tokens") or inward + outward
    return float(total), float(inward), float(outward)


def latency_of(seconds: float, tokens: float, first: float | None) -> float:
    """What is compared between deployments."""
    if first is not None:
        return first
    return seconds / tokens if tokens > 0 else seconds


def note_failure(error: BaseException, watches: frozenset[str]) -> float | None:
    """A latency that keeps calls away from a deployment that timed out."""
    return _TIMED_OUT if "latency" in watches and isinstance(error, Timeout) else None


def note_fallback(request: Request, group: str, error: Exception | None, original: Exception) -> Course:
    """Tell the program's callbacks that a fallback helped, or did not."""
    package = sys.modules[__name__.partition(".")[0]]
    callbacks = [
        callback
        for callback in list(getattr(package, "callbacks", None) or ())
        if hasattr(callback, "log_success_fallback_event")
    ]
    if callbacks and request.asynchronous:
        name = "log_success_fallback_event" if error is None else "log_failure_fallback_event"
        arguments = {**request.arguments, "model": group}
        for callback in callbacks:
            yield Step(_nothing, _hook(getattr(callback, name, None), request.group, arguments, original))


def _nothing() -> None:
    """Blocking calls have no event loop for asynchronous hooks."""


def _hook(hook: Any, group: str, arguments: dict[str, Any], original: Exception) -> Any:
    async def call() -> None:
        if hook is not None:
            try:
                await hook(group, arguments, original)
            except Exception:
                from .._logging import verbose_router_logger

                verbose_router_logger.warning("a fallback callback failed", exc_info=True)

    return call
