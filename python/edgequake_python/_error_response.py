"""What a provider answered, as the exceptions keep it: headers, request and response.

Plain classes that pickle, so that an exception can cross a process boundary with everything it knows. Only
what the *provider* sent is kept. Request headers never come here, because they carry the caller's key; the
request's URL is kept without its query and user info for the same reason.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False  # importing typing would cost more than the rest of this module together
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

#: Bytes of an error body that are kept.
BODY_LIMIT = 64 * 1024

# One name per provider family: OpenAI and most others, Anthropic, AWS (two spellings), Azure (two), Google.
_REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "apim-request-id",
    "x-ms-request-id",
    "x-goog-request-id",
)


class Headers(dict[str, str]):
    """Response headers: a dict with lower-case names whose look-ups ignore case.

    A header that was sent more than once has its values joined by ``", "``.
    """

    def __init__(self, headers: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None) -> None:
        super().__init__()
        source: Any = headers or ()
        pairs = source.items() if hasattr(source, "items") else source
        for name, value in pairs:
            key, text = _as_text(name).lower(), _as_text(value)
            dict.__setitem__(self, key, f"{dict.__getitem__(self, key)}, {text}" if key in self else text)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(_as_text(name).lower())

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(_as_text(name).lower(), value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(_as_text(name).lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(_as_text(name).lower())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dict) and not isinstance(other, Headers):
            other = {_as_text(name).lower(): value for name, value in other.items()}
        return dict.__eq__(self, other)

    __hash__ = None  # mutable, like every dict

    def __ne__(self, other: object) -> bool:
        return not self == other

    def get(self, name: str, default: Any = None) -> Any:
        """The value of `name`, whatever its case, or `default`."""
        return super().get(_as_text(name).lower(), default)


class ErrorRequest:
    """The request an error belongs to: its method and its URL, without query and user info."""

    def __init__(self, method: str = "POST", url: str = "") -> None:
        self.method = method
        self.url: str = _public_url(url)

    def __repr__(self) -> str:
        return f"<ErrorRequest({self.method!r}, {self.url!r})>"


class ErrorResponse:
    """The response an error belongs to, with the part of `httpx.Response` that error handlers read.

    `content` holds at most the first 64 KiB of the body. When there was no response (a refused connection, an
    error found before sending), the status is the exception's own and the rest is empty.
    """

    def __init__(
        self,
        status_code: int,
        headers: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None,
        content: bytes = b"",
        request: ErrorRequest | None = None,
    ) -> None:
        self.status_code = status_code
        self.headers: Headers = headers if isinstance(headers, Headers) else Headers(headers)
        self.content: bytes = bytes(content[:BODY_LIMIT])
        self.request: ErrorRequest = request if request is not None else ErrorRequest()

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body parsed as JSON; ValueError when it is not JSON, or was too long to be kept whole."""
        import json

        return json.loads(self.content)

    def __repr__(self) -> str:
        return f"<ErrorResponse [{self.status_code}]>"


def headers_of(response: Any) -> Headers:
    """The headers of any response-like object; empty when it has none that can be read."""
    found = getattr(response, "headers", None)
    if isinstance(found, Headers):
        return found
    try:
        return Headers(found)
    except Exception:  # a test double, or something that is no mapping: an error about an error helps nobody
        return Headers()


def request_id_of(headers: Headers) -> str | None:
    """The id the provider gave this request, to quote to its support."""
    for name in _REQUEST_ID_HEADERS:
        value = headers.get(name)
        if value:
            return str(value)
    return None


def retry_after_of(headers: Headers) -> float | None:
    """Seconds to wait as asked by ``retry-after-ms`` or ``Retry-After`` (seconds or an HTTP date)."""
    milliseconds = _seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _seconds(text)
    if seconds is not None or not text:
        return seconds
    moment = _http_date(text)
    if moment is None:
        return None
    # Against the server's own clock when it tells it: the caller's may be off by more than the wait.
    now = _http_date(headers.get("date"))
    return max(0.0, moment - (time.time() if now is None else now))


def _seconds(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None  # also refuses nan


def _http_date(text: str | None) -> float | None:
    if not text:
        return None
    from email.utils import mktime_tz, parsedate_tz  # slow to import, and dates are rare

    parsed = parsedate_tz(text)
    if parsed is None:
        return None
    try:
        return float(mktime_tz((*parsed[:9], parsed[9] or 0)))  # without a zone it is GMT, not local time
    except (ValueError, OverflowError):
        return None


def _as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _public_url(url: object) -> str:
    address = str(url).split("#", 1)[0].split("?", 1)[0]
    scheme, mark, rest = address.partition("://")
    if not mark:
        return address
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
