"""What a provider says of its limits in the headers of an answer, in one form whoever says it.

Known forms: ``x-ratelimit-limit-requests`` and its like (OpenAI, Azure, Groq and most others, also with
``-minute`` or ``-day`` behind it), ``anthropic-ratelimit-requests-limit`` and its like,
``x-tokenlimit-limit`` (Together), and ``x-ratelimit-limit`` or ``ratelimit-limit`` without a word of what is
counted, which is requests.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class RateLimit:
    """One limit.

    Attributes:
        limit: how much is allowed in one window, or None when that is not said.
        remaining: how much of it is left, or None.
        reset: seconds from the answer until it is whole again, or None.
    """

    __slots__ = ("limit", "remaining", "reset")

    def __init__(
        self, limit: int | None = None, remaining: int | None = None, reset: float | None = None
    ) -> None:
        self.limit: int | None = limit
        self.remaining: int | None = remaining
        self.reset: float | None = reset

    def __bool__(self) -> bool:
        """Whether anything was said of it."""
        return self.limit is not None or self.remaining is not None or self.reset is not None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RateLimit):
            return NotImplemented
        return (self.limit, self.remaining, self.reset) == (other.limit, other.remaining, other.reset)

    __hash__: None = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RateLimit(limit={self.limit!r}, remaining={self.remaining!r}, reset={self.reset!r})"


class RateLimits:
    """All limits an answer speaks of; what it does not speak of is an empty `RateLimit`.

    Attributes:
        requests, tokens: the limits nearly every provider has.
        input_tokens, output_tokens: where they are counted apart.
        retry_after: seconds the provider asks to wait, or None.
    """

    __slots__ = ("input_tokens", "output_tokens", "requests", "retry_after", "tokens")

    def __init__(
        self,
        requests: RateLimit,
        tokens: RateLimit,
        input_tokens: RateLimit,
        output_tokens: RateLimit,
        retry_after: float | None,
    ) -> None:
        self.requests: RateLimit = requests
        self.tokens: RateLimit = tokens
        self.input_tokens: RateLimit = input_tokens
        self.output_tokens: RateLimit = output_tokens
        self.retry_after: float | None = retry_after

    def __bool__(self) -> bool:
        """Whether anything was said."""
        said = self.requests or self.tokens or self.input_tokens or self.output_tokens
        return bool(said) or self.retry_after is not None

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={getattr(self, name)!r}" for name in sorted(self.__slots__))
        return f"RateLimits({held})"


#: Where each is looked for, best first: the part of a header's name that says what is counted. The shorter
#: window comes first, because it is the one that runs out.
_COUNTED = {
    "requests": ("requests", "requests-minute", "req-minute", "requests-hour", "requests-day"),
    "tokens": ("tokens", "tokens-minute", "tokens-hour", "tokens-day"),
    "input_tokens": ("input-tokens", "tokens-prompt", "input-tokens-minute"),
    "output_tokens": ("output-tokens", "tokens-generated", "output-tokens-minute"),
}
_PLAIN = {"requests": ("x-ratelimit-", "ratelimit-"), "tokens": ("x-tokenlimit-",)}


def rate_limits_of(headers: Mapping[Any, Any] | None) -> RateLimits:
    """The limits that response headers speak of. Never fails: what cannot be read was not said."""
    known = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    date = known.get("date")
    limits = {name: _limit(known, name, date) for name in _COUNTED}
    from ._error_response import Headers, retry_after_of

    return RateLimits(retry_after=retry_after_of(Headers(known)), **limits)


def _limit(known: dict[str, str], name: str, date: str | None) -> RateLimit:
    for counted in _COUNTED[name]:
        found = _read(
            known,
            (f"x-ratelimit-limit-{counted}", f"anthropic-ratelimit-{counted}-limit"),
            (f"x-ratelimit-remaining-{counted}", f"anthropic-ratelimit-{counted}-remaining"),
            (f"x-ratelimit-reset-{counted}", f"anthropic-ratelimit-{counted}-reset"),
            date,
        )
        if found:
            return found
    for stem in _PLAIN.get(name, ()):
        found = _read(known, (f"{stem}limit",), (f"{stem}remaining",), (f"{stem}reset",), date)
        if found:
            return found
    return RateLimit()


def _read(
    known: dict[str, str],
    limit: tuple[str, ...],
    remaining: tuple[str, ...],
    reset: tuple[str, ...],
    date: str | None,
) -> RateLimit:
    def first(names: tuple[str, ...]) -> str | None:
        return next((known[name] for name in names if name in known), None)

    return RateLimit(_count(first(limit)), _count(first(remaining)), seconds(first(reset), date))


def _count(text: str | None) -> int | None:
    # "100, 100;window=60": the number in force comes first.
    head = (text or "").split(",")[0].split(";")[0].strip()
    try:
        value = float(head)
    except ValueError:
        return None
    return int(value) if abs(value) < 2**63 else None  # neither nan nor infinity


def seconds(text: str | None, date: str | None = None) -> float | None:
    """Seconds until a reset: ``20ms``, ``6m0s``, ``1h2m3.5s``, plain seconds, a moment (RFC 3339,
    or seconds or milliseconds since 1970). Moments count from ``date``, the answer's own, or else from now.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return _duration(text) if text[0].isdigit() and "T" not in text else _until(_moment(text), date)
    if not 0 <= value < float("inf"):
        return None
    if value > 1e11:
        return _until(value / 1000, date)
    return _until(value, date) if value > 1e9 else value


_UNITS = {"ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _duration(text: str) -> float | None:
    import re

    if not re.fullmatch(r"(\d+(\.\d*)?(ms|us|µs|ns|[smhd]))+", text):
        return None
    parts = re.findall(r"(\d+(?:\.\d*)?)(ms|us|µs|ns|[smhd])", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _moment(text: str) -> float | None:
    import re
    from datetime import datetime, timezone

    # Before Python 3.11 a fraction has three digits or six.
    text = re.sub(r"[.,](\d{1,6})\d*", lambda found: "." + found[1].ljust(6, "0"), text)
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text[-1] in "zZ" else text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _until(moment: float | None, date: str | None) -> float | None:
    if moment is None:
        return None
    import time

    from ._error_response import _http_date

    now = _http_date(date)
    return max(0.0, moment - (time.time() if now is None else now))
