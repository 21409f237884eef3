"""The server of the bench: fixed bytes on loopback, from nginx where there is one, else from asyncio.

The client under test must be what is slow, so the server does nothing but send. Paths: everything below
/chat/, /stream/ and /emb/ answers with the payload of that name, whatever the method and the body.

usage: python bench/server.py FOLDER PORT   serves the payloads in FOLDER with the asyncio server
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PAYLOADS = {
    "chat": ("chat.json", "application/json"),
    "stream": ("stream.sse", "text/event-stream"),
    "emb": ("emb.json", "application/json"),
}

NGINX_CONFIG = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nodelay on; types {{}}
  keepalive_timeout 300s; keepalive_requests 1000000000;
  client_body_buffer_size 1m; client_max_body_size 50m;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096; root {folder};
    {locations}
  }}
}}
"""

# nginx serves a file to a GET only; a POST to one is its error 405, which may name a page to answer with.
NGINX_LOCATION = """
    location /{name}/ {{ rewrite ^ /{file} break; default_type {content_type}; error_page 405 =200 /{file}; }}
    location = /{file} {{ default_type {content_type}; }}
"""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the server accepts connections; raise if it ended instead."""
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the bench server did not start: {process.args!r}")


@contextlib.contextmanager
def serve(payloads: Path, kind: str = "auto") -> Iterator[tuple[str, str]]:
    """Serve a folder of payloads; yields the base URL and the name of the server that was used."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if kind == "auto":
        kind = "nginx" if nginx else "asyncio"
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx started by root serves files as another user
        for file, _ in PAYLOADS.values():
            shutil.copy(payloads / file, folder / file)
        if kind == "nginx":
            if not nginx:
                raise RuntimeError("nginx is not installed")
            locations = "".join(
                NGINX_LOCATION.format(name=name, file=file, content_type=content_type)
                for name, (file, content_type) in PAYLOADS.items()
            )
            config = folder / "nginx.conf"
            config.write_text(NGINX_CONFIG.format(folder=folder, port=port, locations=locations))
            command = [nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
            described = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
            described = described.strip().rpartition(" ")[2]
        else:
            command = [sys.executable, __file__, str(folder), str(port)]
            described = "the bench's own asyncio server"
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}", described
        finally:
            process.terminate()
            process.wait(timeout=10)


class Answerer(asyncio.Protocol):
    """Just enough HTTP/1.1 to read a request, sized or chunked, and answer with fixed bytes."""

    def __init__(self, responses: dict[bytes, bytes]) -> None:
        self.responses = responses
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        self.buffer += data
        while True:
            head, separator, rest = self.buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            lines = head.split(b"\r\n")
            headers = {
                key.lower(): value.strip() for key, _, value in (line.partition(b":") for line in lines[1:])
            }
            if headers.get(b"transfer-encoding") == b"chunked":
                _, separator, rest = rest.partition(b"0\r\n\r\n")
                if not separator:
                    return
            else:
                length = int(headers.get(b"content-length", 0))
                if len(rest) < length:
                    return
                rest = rest[length:]
            self.buffer = rest
            name = lines[0].split(b" ")[1].split(b"/")[1]
            self.transport.write(self.responses[name])


async def run_asyncio(folder: Path, port: int) -> None:
    """Serve the payloads in a folder until the process is ended."""
    responses = {}
    for name, (file, content_type) in PAYLOADS.items():
        body = (folder / file).read_bytes()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        responses[name.encode()] = head.encode() + body
    server = await asyncio.get_running_loop().create_server(
        lambda: Answerer(responses), "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run_asyncio(Path(sys.argv[1]), int(sys.argv[2])))
