"""Requests that are shown instead of sent: what ``dry_run=True`` returns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._eq_core import Asked

    Shown = tuple[list[Asked], str, str, list[str], list[tuple[str, str]], list[str]]


class Changes:
    """What became of a call's parameters on the way to the provider's request.

    Attributes:
        dropped: names of those that are not sent because ``drop_params`` or its like allowed that.
        renamed: from a parameter's name to the one it is sent under, where the provider takes OpenAI's
            parameters but for the name. A dialect of another make shows in the body.
        emulated: what the provider does not have itself, and how it is done.
    """

    __slots__ = ("dropped", "emulated", "renamed")

    def __init__(self, dropped: list[str], renamed: dict[str, str], emulated: list[str]) -> None:
        self.dropped: list[str] = dropped
        self.renamed: dict[str, str] = renamed
        self.emulated: list[str] = emulated

    def __bool__(self) -> bool:
        return bool(self.dropped or self.renamed or self.emulated)

    def __repr__(self) -> str:
        return f"Changes(dropped={self.dropped!r}, renamed={self.renamed!r}, emulated={self.emulated!r})"


class PreparedRequest:
    """One request, as the server would get it.

    Attributes:
        method: ``POST``, ...
        url: where to, query included; what is secret in it is ``***``.
        headers: names in lower case; keys and tokens are ``***``.
        body: the bytes, unchanged.
        provider, model: what the call's model was taken for.
        changes: what became of the parameters.
        more: the further requests of a call whose inputs are more than the provider takes at once.

    A hook of requests (``request_hooks``) gets one too, whose provider and model are empty.
    """

    __slots__ = ("body", "changes", "headers", "method", "model", "more", "provider", "url")

    def __init__(
        self, asked: Asked, provider: str = "", model: str = "", changes: Changes | None = None
    ) -> None:
        self.method: str = asked.method
        self.url: str = asked.url(True)
        self.headers: dict[str, str] = asked.headers(True)
        self.body: bytes = asked.body
        self.provider: str = provider
        self.model: str = model
        self.changes: Changes = changes if changes is not None else Changes([], {}, [])
        self.more: list[PreparedRequest] = []

    @property
    def json(self) -> Any:
        """The body parsed as JSON; ValueError when it is none."""
        import json

        return json.loads(self.body)

    @property
    def dropped_params(self) -> list[str]:
        """As on a response."""
        return self.changes.dropped

    def __repr__(self) -> str:
        return f"<PreparedRequest {self.method} {self.url} ({len(self.body)} bytes)>"


def prepared(shown: Shown) -> PreparedRequest:
    """What the core shows, as one object."""
    asked, provider, model, dropped, renamed, emulated = shown
    changes = Changes(dropped, dict(renamed), emulated)
    requests = [PreparedRequest(each, provider, model, changes) for each in asked]
    first = requests[0]
    first.more = requests[1:]
    return first
