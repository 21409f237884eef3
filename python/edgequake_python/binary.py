"""Answers that are bytes: speech, the content of a stored file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ._reported import Reported

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Generator, Iterator
    from typing import Any

    from typing_extensions import Self

    from ._eq_core import AsyncStream, Meta, SyncStream

T = TypeVar("T")


class HttpxBinaryResponseContent(Reported):
    """Bytes that are still on their way: whoever iterates gets them as they come.

    ``content`` and ``read()`` wait for all of them (without the GIL). Synchronous and asynchronous code may
    use one whether it came from a synchronous or an asynchronous call. What was iterated before is kept, so
    ``content`` is always the whole.
    """

    status_code = 200
    is_closed: bool = False
    #: The text of speech, whose characters are billed.
    _read_aloud: Any = None

    def __init__(self, response: SyncStream | AsyncStream, meta: Meta | None = None) -> None:
        # Without `meta` a response of an HTTP client that a program has at hand.
        self._core: Any = response if meta is not None else _Read(response)
        self._meta: Any = meta if meta is not None else self._core
        self._parts: list[bytes] = []
        self._ended = False
        self._hidden: dict[str, Any] | None = None

    # Reading.

    def _next(self) -> bytes | None:
        """The next piece; blocks."""
        if self._ended:
            return None
        core: Any = self._core
        if hasattr(core, "wait_here"):
            piece = core.ready()
            while piece is None and not core.ended:
                core.wait_here()
                piece = core.ready()
        else:
            piece = next(core, None)
        return self._keep(piece)

    async def _anext(self) -> bytes | None:
        if self._ended:
            return None
        core: Any = self._core
        if not hasattr(core, "wait_here"):
            import asyncio

            return await asyncio.get_running_loop().run_in_executor(None, self._next)
        piece = core.ready()
        while piece is None and not core.ended:
            pending = core.wait()
            try:
                await pending.future
            except BaseException:
                pending.abort()
                raise
            piece = core.ready()
        return self._keep(piece)

    def _keep(self, piece: bytes | None) -> bytes | None:
        if piece is None:
            self._ended = True
        else:
            self._parts.append(piece)
        return piece

    def read(self) -> bytes:
        """All bytes; blocks until they are here."""
        while self._next() is not None:
            pass
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    async def aread(self) -> bytes:
        """As `read`, without blocking the loop."""
        while await self._anext() is not None:
            pass
        return self.read()

    @property
    def content(self) -> bytes:
        """All bytes; blocks until they are here."""
        return self.read()

    @property
    def text(self) -> str:
        """The bytes as UTF-8 text."""
        return self.read().decode("utf-8", "replace")

    def json(self, **kwargs: Any) -> Any:
        """The bytes as JSON."""
        import json

        return json.loads(self.read(), **kwargs)

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The bytes as they come, or in pieces of ``chunk_size``."""
        yield from _cut(chunk_size, self._pieces())

    iter_raw = iter_bytes

    def _pieces(self) -> Iterator[bytes]:
        position = 0
        while True:
            while position < len(self._parts):
                yield self._parts[position]
                position += 1
            if self._next() is None:
                return

    def aiter_bytes(self, chunk_size: int | None = None) -> _Pieces[bytes]:
        """As `iter_bytes`, without blocking the loop; may be awaited first, as in the openai package."""
        return _Pieces(self._apieces(chunk_size))

    async def _apieces(self, chunk_size: int | None) -> AsyncIterator[bytes]:
        position, rest = 0, b""
        while True:
            while position < len(self._parts):
                piece = self._parts[position]
                position += 1
                if chunk_size is None:
                    yield piece
                    continue
                rest += piece
                while len(rest) >= chunk_size:
                    yield rest[:chunk_size]
                    rest = rest[chunk_size:]
            if await self._anext() is None:
                break
        if rest:
            yield rest

    aiter_raw = aiter_bytes

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """As `iter_bytes`, as UTF-8 text."""
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for piece in self.iter_bytes(chunk_size):
            yield decoder.decode(piece)
        yield decoder.decode(b"", True)

    def aiter_text(self, chunk_size: int | None = None) -> _Pieces[str]:
        """As `aiter_bytes`, as UTF-8 text."""

        async def texts() -> AsyncIterator[str]:
            import codecs

            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            async for piece in self._apieces(chunk_size):
                yield decoder.decode(piece)
            yield decoder.decode(b"", True)

        return _Pieces(texts())

    def aiter_lines(self) -> _Pieces[str]:
        """As `iter_lines`, without blocking the loop."""

        async def lines() -> AsyncIterator[str]:
            for line in (await self.aread()).decode("utf-8", "replace").splitlines():
                yield line

        return _Pieces(lines())

    def iter_lines(self) -> Iterator[str]:
        """The lines of the text, without their ends."""
        yield from self.text.splitlines()

    def stream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """Write the bytes to a file as they come."""
        with open(file, "wb") as target:
            for piece in self.iter_bytes(chunk_size):
                target.write(piece)

    write_to_file = stream_to_file

    async def astream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """As `stream_to_file`, without blocking the loop on the network."""
        with open(file, "wb") as target:
            async for piece in self._apieces(chunk_size):
                target.write(piece)

    awrite_to_file = astream_to_file

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_bytes()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._apieces(None)

    # What is known beside the bytes.

    @property
    def response(self) -> Self:
        """What httpx's response would be asked for: status, headers, content."""
        return self

    @property
    def headers(self) -> dict[str, str]:
        """The provider's response headers, names in lower case."""
        headers: dict[str, str] = self._meta.headers()
        return headers

    @property
    def request_id(self) -> str | None:
        """The provider's id of the request."""
        request_id: str | None = self._meta.request_id
        return request_id

    @property
    def num_bytes_downloaded(self) -> int:
        """How many bytes are here."""
        return sum(map(len, self._parts))

    @property
    def _hidden_params(self) -> dict[str, Any]:
        if self._hidden is None:
            hidden = self._meta.hidden_params()
            if self._read_aloud is not None and hidden.get("response_cost") is None:
                from .response_cost import of_speech

                hidden["response_cost"] = of_speech(self._read_aloud, hidden)
            self._hidden = hidden
        return self._hidden

    def close(self) -> None:
        """Close the connection. What was not read is gone."""
        self.is_closed = True
        self._ended = True
        self._core.close()

    async def aclose(self) -> None:
        """As `close`."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()


class _Read:
    """An HTTP client's response, read already, as the core's stream and its metadata would be asked."""

    request_id: str | None = None

    def __init__(self, response: Any) -> None:
        self._pieces: list[bytes] = [response.content] if response.content else []
        self._headers: dict[str, str] = dict(response.headers)

    def __next__(self) -> bytes:
        if not self._pieces:
            raise StopIteration
        return self._pieces.pop()

    def headers(self) -> dict[str, str]:
        return self._headers

    def hidden_params(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        self._pieces.clear()


class _Pieces(Generic[T]):
    """An asynchronous iterator that may be awaited before it is read: ``async for piece in await ...``."""

    def __init__(self, pieces: AsyncIterator[T]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[T]:
        return self._pieces

    async def __anext__(self) -> T:
        return await self._pieces.__anext__()

    async def _itself(self) -> AsyncIterator[T]:
        return self._pieces

    def __await__(self) -> Generator[Any, None, AsyncIterator[T]]:
        return self._itself().__await__()


def _cut(chunk_size: int | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if chunk_size is None:
        yield from pieces
        return
    rest = b""
    for piece in pieces:
        rest += piece
        while len(rest) >= chunk_size:
            yield rest[:chunk_size]
            rest = rest[chunk_size:]
    if rest:
        yield rest
