"""A real HTTP server on loopback: a test's handler says what to answer, and what it was asked is kept."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import socket
import socketserver
import threading
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Union

MESSAGES = [{"role": "user", "content": "Hello"}]


@dataclasses.dataclass(frozen=True)
class Request:
    """What arrived. Header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    server: Loopback
    #: Path and query as they came.
    target: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True)
class Reply:
    """What to answer; a body that is neither bytes nor text nor a dict is sent piece by piece."""

    body: Union[bytes, str, dict[str, Any], Iterable[bytes]] = b""
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


#: The connection is closed instead of an answer.
DROP = Reply(status=0)

Handler = Callable[[Request], Union[Reply, dict[str, Any]]]


def chat(content: str = "Hello!", **more: Any) -> dict[str, Any]:
    """A plain chat answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    frame = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m"}
    return {**frame, "choices": [choice], "usage": usage, **more}


def event(**choice: Any) -> bytes:
    """One event of a streamed chat answer."""
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**frame, "choices": [{"index": 0, **choice}]}).encode() + b"\n\n"


def events(*texts: str) -> Iterator[bytes]:
    """A whole streamed chat answer, an event for each text."""
    for text in texts:
        yield event(delta={"content": text}, finish_reason=None)
    yield event(delta={}, finish_reason="stop")
    yield b"data: [DONE]\n\n"


def embeddings(request: Request) -> dict[str, Any]:
    """An embedding answer that holds [position, 0.5] for every input."""
    given = request.json["input"]
    count = len(given) if isinstance(given, list) and not isinstance(given[0], int) else 1
    data = [{"object": "embedding", "index": i, "embedding": [float(i), 0.5]} for i in range(count)]
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": request.json["model"], "usage": usage}


def usual(request: Request) -> Reply | dict[str, Any]:
    """A good answer to whatever was asked."""
    if request.path.endswith("/embeddings"):
        return embeddings(request)
    if request.json.get("stream"):
        return Reply(events("Hel", "lo!"))
    return chat()


def error(status: int, message: str = "no", headers: dict[str, str] | None = None, **more: Any) -> Reply:
    """An error in OpenAI's dialect."""
    body = {"error": {"message": message, "type": None, "param": None, "code": None, **more}}
    return Reply(body, status, headers or {})


class Loopback:
    """Answers each request by calling ``handler``, which may be exchanged, on its connection's thread."""

    def __init__(self, handler: Handler = usual) -> None:
        self.handler = handler
        self.requests: list[Request] = []
        self.connections = 0
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.002,), name="loopback")
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def bodies(self) -> list[Any]:
        """The JSON of every request so far."""
        return [request.json for request in self.requests]

    def call(self, **more: Any) -> dict[str, Any]:
        """Arguments of a call to this server, for a model that no table knows."""
        where = {"model": "openai/unknown", "api_base": self.base_url, "api_key": "sk-loopback"}
        return {**where, "messages": MESSAGES, **more}

    def pause(self, seconds: float) -> None:
        """For handlers: waits, but not beyond the end of the test."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """Closes everything and waits for every thread."""
        self._stopping.set()
        self._server.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()  # joins the connections' threads
        self._thread.join()

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    # Called by the server.

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
        reply = self.handler(request)
        return Reply(reply) if isinstance(reply, dict) else reply


def to(server: Loopback, **more: Any) -> dict[str, Any]:
    """Where a call goes: to this server, once."""
    return {"api_base": server.base_url, "api_key": "k", "num_retries": 0, **more}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, owner: Loopback) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Connection)

    def server_bind(self) -> None:
        # Not the base's: it asks for the host's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no defect of the server's."""


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.owner.opened(self.connection)

    def finish(self) -> None:
        self.server.owner.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        asked = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        owner = self.server.owner
        reply = owner.answer(Request(self.command, url.path, query, headers, asked, owner, self.path))
        if reply is DROP:
            self.close_connection = True
            return
        body = reply.body
        if isinstance(body, dict):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        self.send_response(reply.status)
        streamed = not isinstance(body, bytes) and b'"stream":true' in asked
        kind = "text/event-stream" if streamed else "application/json"
        named = {"content-type": kind, **{name.lower(): value for name, value in reply.headers.items()}}
        if isinstance(body, bytes):
            named["content-length"] = str(len(body))
        else:
            named["transfer-encoding"] = "chunked"
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        if isinstance(body, bytes):
            self.wfile.write(body)
            return
        for piece in body:
            if piece is CUT:
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    do_POST = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


#: A piece that ends the connection in the middle of the body.
CUT = b"(cut)"
