"""A loopback HTTP server that sends what a test tells it to, when it tells it to, and notices a hang-up.

Beside it, `read`: one streamed call read to its end, by synchronous or asynchronous code.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import queue
import socket
import ssl
import threading
import zlib
from typing import Any, Callable

import edgequake_python

#: How long a test waits for what must happen. Only a failing test takes as long.
GUARD = 10.0
MESSAGES = [{"role": "user", "content": "Count 1 to 5"}]
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One `chat.completion.chunk` as OpenAI sends it."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    frame = {"id": "chatcmpl-raw", "object": "chat.completion.chunk", "created": 1, "model": "raw"}
    return {**frame, "choices": [choice], **more}


def event(data: dict[str, Any] | str) -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}\n\n".encode()


class Exchange:
    """One request and its answer; used by the server's thread for that connection."""

    def __init__(self, server: RawServer, connection: socket.socket, head: str, body: bytes) -> None:
        self.server = server
        self.connection = connection
        self.head = head
        self.body = body
        self._compress: Any = None

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value

    def start(self, gzip: bool = False, status: str = "200 OK", kind: str = "text/event-stream") -> None:
        """Sends the head of a chunked answer."""
        lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", "transfer-encoding: chunked"]
        if gzip:
            self._compress = zlib.compressobj(wbits=31)
            lines.append("content-encoding: gzip")
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, data: bytes) -> None:
        """Sends a piece of the body; compressed, it is flushed so that it can be read at once."""
        if self._compress is not None:
            data = self._compress.compress(data) + self._compress.flush(zlib.Z_SYNC_FLUSH)
        self.connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def events(self, *texts: str) -> None:
        """Sends a chunk for every text, each in a write of its own."""
        for text in texts:
            self.send(event(chunk(text)))

    def finish(self) -> None:
        """Sends the finish, `[DONE]` and the end of the body in one write."""
        data = event(chunk(finish="stop")) + event("[DONE]")
        if self._compress is not None:
            data = self._compress.compress(data) + self._compress.flush()
        self.connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data))

    def stream(self, *texts: str, gzip: bool = False) -> None:
        """A whole streamed answer."""
        self.start(gzip)
        self.events(*texts)
        self.finish()

    def plain(self, text: str = "hello", status: str = "200 OK", **headers: str) -> None:
        """A whole plain answer."""
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        frame = {"id": "chatcmpl-raw", "object": "chat.completion", "created": 1, "model": "raw"}
        body = json.dumps({**frame, "choices": [choice], "usage": USAGE}).encode()
        named = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        self.connection.sendall("\r\n".join(lines).encode() + body)

    def answer(self, *texts: str) -> None:
        """Plain or streamed, as was asked."""
        if self.json.get("stream"):
            self.stream(*texts)
        else:
            self.plain("".join(texts))

    def until_hangup(self) -> None:
        """Waits until the client closes the connection, and tells the test."""
        self.connection.settimeout(6 * GUARD)
        try:
            while self.connection.recv(4096):
                pass
        except (ConnectionError, ssl.SSLError):
            pass
        except OSError:  # the guard ran out: nobody is told, and the test fails by it
            return
        self.server.hangups.put(self)


Handler = Callable[[Exchange], None]


class RawServer:
    """Answers every request by calling ``handler`` on a thread of its connection."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self.tls = tls
        self.connections = 0
        self.requests: list[Exchange] = []
        #: Filled as requests come in, and as clients hang up before the handler is through.
        self.arrivals: queue.Queue[Exchange] = queue.Queue()
        self.hangups: queue.Queue[Exchange] = queue.Queue()
        #: Filled when the server itself has closed a connection.
        self.closed: queue.Queue[int] = queue.Queue()
        self.protocols: list[str | None] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/v1"

    def call(self, **more: Any) -> dict[str, Any]:
        """Arguments of a call to this server."""
        where = {"model": "openai/raw", "api_base": self.base_url, "api_key": "sk-raw-server"}
        return {**where, "messages": MESSAGES, "num_retries": 0, **more}

    def wait_hangup(self, timeout: float = GUARD) -> Exchange:
        """The next exchange whose client hung up; fails the test when there is none."""
        try:
            return self.hangups.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"the client did not hang up within {timeout} s") from None

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                secured = self.tls.wrap_socket(connection, server_side=True)
                self.protocols.append(secured.selected_alpn_protocol())
                connection = secured
            self._open.append(connection)
            while True:
                exchange = self._receive(connection)
                if exchange is None:
                    return
                self.requests.append(exchange)
                self.arrivals.put(exchange)
                try:
                    self.handler(exchange)
                except ConnectionError:  # it was still sending
                    self.hangups.put(exchange)
                    return
        except OSError:
            pass
        finally:
            connection.close()
            self.closed.put(self.connections)

    def _receive(self, connection: socket.socket) -> Exchange | None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        text = head.decode("latin-1")
        lengths = [
            line.split(":")[1] for line in text.split("\r\n") if line.lower().startswith("content-length:")
        ]
        missing = int(lengths[0]) - len(body) if lengths else 0
        pieces = [body]
        while missing > 0:
            more = connection.recv(min(missing, 1 << 20))
            if not more:
                return None
            pieces.append(more)
            missing -= len(more)
        return Exchange(self, connection, text, b"".join(pieces))

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *exception: object) -> None:
        for closing in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                closing.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits there
            closing.close()


def hold(*texts: str) -> Handler:
    """Streams ``texts``, then stays silent until the client hangs up."""

    def handler(exchange: Exchange) -> None:
        if texts:
            exchange.start()
            exchange.events(*texts)
        exchange.until_hangup()

    return handler


@dataclasses.dataclass
class Reading:
    """What came of a streamed call."""

    chunks: list[Any]
    #: None, or what was raised.
    error: Any
    stream: Any

    @property
    def text(self) -> str:
        deltas = (
            choice.delta.content for chunk in self.chunks for choice in chunk.choices if choice.index == 0
        )
        return "".join(delta or "" for delta in deltas)

    @property
    def finishes(self) -> list[str]:
        reasons = (choice.finish_reason for chunk in self.chunks for choice in chunk.choices)
        return [reason for reason in reasons if reason is not None]


def read(mode: str, **call: Any) -> Reading:
    """Reads a streamed call to its end or its error; ``mode`` is ``sync`` or ``async``."""
    reading = Reading([], None, None)
    try:
        if mode == "sync":
            reading.stream = edgequake_python.completion(stream=True, **call)
            for chunk in reading.stream:
                reading.chunks.append(chunk)
        else:
            asyncio.run(_read(reading, call))
    except Exception as error:
        reading.error = error
    return reading


async def _read(reading: Reading, call: dict[str, Any]) -> None:
    reading.stream = await edgequake_python.acompletion(stream=True, **call)
    async for chunk in reading.stream:
        reading.chunks.append(chunk)
