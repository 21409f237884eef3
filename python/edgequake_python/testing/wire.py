"""Requests and responses as a handler sees them, and how its answer goes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from .. import _eq_core

if TYPE_CHECKING:
    from .._eq_core import Asked, Reply, Tape

Handler = Callable[["Request"], Any]


class Broken(Exception):
    """Raised by a handler: the connection breaks, before an answer or in its middle."""


class Request:
    """What the server would get.

    Attributes:
        method: ``POST``, ...
        url: where to, query included.
        headers: names in lower case, keys among them. Its ``repr`` shows none.
        body: the bytes.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.method: str = asked.method
        self.url: str = asked.url(False)
        self.headers: dict[str, str] = asked.headers(False)
        self.body: bytes = asked.body

    @property
    def json(self) -> Any:
        """The body parsed as JSON; ValueError when it is none."""
        return json.loads(self.body)

    @property
    def path(self) -> str:
        """The URL's path."""
        from urllib.parse import urlsplit

        return urlsplit(self.url).path

    def __repr__(self) -> str:
        return f"<Request {self.method} {self._asked.url(True)} ({len(self.body)} bytes)>"


Body = Union[bytes, str, dict[str, Any], list[Any], Iterable[Any], AsyncIterator[Any]]


class Response:
    """What a handler answers.

    Args:
        body: bytes, text, a dict or a list without bytes (sent as JSON), or an iterable (also an
            asynchronous one) of pieces, each bytes or text, delivered one by one as they are read. A piece
            that is an exception, or one that the iterable raises, breaks the connection there.
        status: the HTTP status.
        headers: response headers. Without ``content-type``, JSON has its own, pieces are
            ``text/event-stream``.
    """

    def __init__(
        self,
        body: Body = b"",
        status: int = 200,
        headers: Optional[Mapping[str, str]] = None,
    ) -> None:
        self.body = body
        self.status = status
        self.headers: dict[str, str] = dict(headers or {})

    def __repr__(self) -> str:
        return f"<Response [{self.status}]>"


class Pass:
    """Answered by a handler: the request goes on to the network."""

    def __init__(self, tape: Optional[Tape] = None) -> None:
        self.tape = tape


def sse(*events: Any, done: bool = True) -> Iterable[bytes]:
    """Server-sent events, one for each of ``events`` (as JSON), with OpenAI's ``[DONE]`` at the end."""
    for event in events:
        yield b"data: " + json.dumps(event).encode() + b"\n\n"
    if done:
        yield b"data: [DONE]\n\n"


def answer(handler: Handler, request: Request, reply: Reply) -> None:
    """Call ``handler`` and hand its answer in; an answer that comes asynchronously has a loop of its own."""
    result = handler(request)
    if isinstance(result, Awaitable) or _is_asynchronous(result):
        import asyncio

        asyncio.run(_answer_async(result, reply))
        return
    response = _response(result, reply)
    if response is None:
        return
    if _is_asynchronous(response.body):
        import asyncio

        asyncio.run(_send_async(response.body, reply))
        return
    pieces: Any = response.body
    try:
        for piece in pieces:
            if not reply.piece(_bytes(piece)):
                return
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


async def _answer_async(result: Any, reply: Reply) -> None:
    if isinstance(result, Awaitable):
        result = await result
    response = _response(result, reply)
    if response is None:
        return
    if _is_asynchronous(response.body):
        await _send_async(response.body, reply)
        return
    body: Any = response.body
    for piece in body:
        if not reply.piece(_bytes(piece)):
            return


async def _send_async(pieces: Any, reply: Reply) -> None:
    try:
        async for piece in pieces:
            if not reply.piece(_bytes(piece)):
                return
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


def _is_asynchronous(value: Any) -> bool:
    return hasattr(value, "__anext__")


def _response(result: Any, reply: Reply) -> Optional[Response]:
    """Begin the answer; its body is then an iterable of pieces. None when there is nothing more to do."""
    if isinstance(result, Pass):
        reply.pass_on(result.tape)
        return None
    if isinstance(result, BaseException):
        raise result
    response = result if isinstance(result, Response) else Response(result)
    body: Any = response.body
    kind = "text/event-stream"
    if isinstance(body, dict) or (isinstance(body, list) and not _are_pieces(body)):
        body, kind = [json.dumps(body).encode()], "application/json"
    elif isinstance(body, (bytes, str)):
        kind = "application/json" if _bytes(body).lstrip()[:1] in (b"{", b"[") else "application/octet-stream"
        body = [body] if body else []
    elif body is None or not (hasattr(body, "__iter__") or _is_asynchronous(body)):
        raise TypeError(
            f"a handler answered with {type(result).__name__}; it answers with a Response, or its body"
        )
    headers = [(str(name), str(value)) for name, value in response.headers.items()]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", kind))
    reply.begin(response.status, headers)
    return Response(body, response.status)


def _are_pieces(body: list[Any]) -> bool:
    return any(isinstance(piece, (bytes, BaseException)) for piece in body)


def _bytes(piece: Any) -> bytes:
    if isinstance(piece, BaseException):
        raise piece
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def new_tape() -> Tape:
    """Where an answer of the network is kept."""
    return _eq_core.Tape()
