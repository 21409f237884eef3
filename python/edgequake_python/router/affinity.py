"""Calls that belong together go to one deployment: for its prompt cache, a session, or a stored response."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from .._course import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .._course import Course
    from ..state import State
    from .member import Member
    from .pool import Pool
    from .request import Request
    from .router import Router
    from .selection import Picked

#: Providers cache prompts from about a thousand tokens on.
_LETTERS = 4096
#: How long a provider keeps a cached prompt that is not asked for, in seconds.
_PROMPT_LIFETIME = 300.0

#: The values of ``optional_pre_call_checks`` that this is about, and the strategy.
KINDS = frozenset(
    (
        "prompt_caching",
        "prompt-cache-affinity",
        "session_affinity",
        "deployment_affinity",
        "responses_api_deployment_check",
    )
)


def kinds_of(names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that this is about."""
    return tuple(name for name in dict.fromkeys(names) if name in KINDS)


def _kinds(router: Router, request: Request) -> tuple[str, ...]:
    return router._affinity_of_group.get(request.group, router._affinity_elsewhere)


def _key(kind: str, request: Request) -> str | None:
    arguments = request.arguments
    metadata = arguments.get("metadata") or arguments.get("litellm_metadata") or {}
    if not hasattr(metadata, "get"):
        return None
    if kind == "session_affinity":
        value = arguments.get("litellm_session_id") or metadata.get("session_id")
    else:
        value = metadata.get("user_api_key_hash") or metadata.get("user_api_key")
    return None if not value else hashlib.sha256(str(value).encode()).hexdigest()


def _beginnings(arguments: Mapping[str, Any], least: int) -> list[str]:
    """What a provider may have read before, the longest first: a conversation's beginning (the tools, the
    leading instructions, the first message after them), and what other conversations begin with too (the
    tools and the instructions).
    """
    messages = arguments.get("messages")
    if not isinstance(messages, (list, tuple)) or not messages:
        return []
    leading = next(
        (place for place, message in enumerate(messages) if not _instructs(message)), len(messages)
    )
    found = []
    for start in (messages[: leading + 1], messages[:leading]):
        try:
            text = json.dumps([arguments.get("tools"), list(start)], sort_keys=True, default=_plain)
        except (TypeError, ValueError):
            continue
        if len(text) >= least:
            found.append(hashlib.sha256(text.encode()).hexdigest())
    return list(dict.fromkeys(found))


def _instructs(message: Any) -> bool:
    role = message.get("role") if isinstance(message, dict) else getattr(message, "role", None)
    return role in ("system", "developer")


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError
    return dump(exclude_none=True)


def _names(router: Router, request: Request) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for kind in _kinds(router, request):
        lifetime = router.deployment_affinity_ttl_seconds
        keys: list[str] = []
        if kind in ("prompt_caching", "prompt-cache-affinity"):
            lifetime = _PROMPT_LIFETIME
            least = int(router.routing_strategy_args.get("min_characters") or _LETTERS)
            keys = _beginnings(request.arguments, least)
        elif kind != "responses_api_deployment_check":
            key = _key(kind, request)
            keys = [] if key is None else [key]
        found.extend((f"affinity:{kind}:{request.group}:{key}", lifetime) for key in keys)
    return found


def remembered(router: Router, request: Request, pool: Pool) -> Course:
    """The deployment that took the calls this one belongs to, or None."""
    if "responses_api_deployment_check" in _kinds(router, request):
        member = pool.by_id.get(deployment_of_response(request.arguments.get("previous_response_id")) or "")
        if member is not None:
            return member
    for name, _ in _names(router, request):
        value = yield _reading(router.state, name)
        member = pool.by_id.get(value.decode()) if value else None
        if member is not None and member.number not in request.failed and _is_healthy(router, pool, member):
            return member
    return None


def _is_healthy(router: Router, pool: Pool, member: Member) -> bool:
    return member.id not in pool.resting(router.state.clock())


def remember(router: Router, request: Request, picked: Picked) -> Course:
    """Calls that belong with this one go where it went."""
    for name, lifetime in _names(router, request):
        yield _writing(router.state, name, picked.member.id.encode(), lifetime)


def _reading(state: State, name: str) -> Step:
    return Step(lambda: state.get(name), lambda: state.get_async(name))


def _writing(state: State, name: str, value: bytes, lifetime: float) -> Step:
    return Step(lambda: state.set(name, value, lifetime), lambda: state.set_async(name, value, lifetime))


def deployment_of_response(response_id: Any) -> str | None:
    """The deployment that is written into a response's id."""
    if not isinstance(response_id, str) or not response_id.startswith("resp_"):
        return None
    try:
        text = base64.b64decode(response_id[len("resp_") :], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    for part in text.split(";"):
        name, separator, value = part.rpartition("model_id:")
        if separator and value and name in ("", "litellm:"):
            return value
    return None
