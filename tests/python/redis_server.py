"""A real redis-server for tests: started on a free port, killed, paused and started again as a test asks."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgequake_python.state import RedisState

BINARY = shutil.which("redis-server") or shutil.which("valkey-server")

WITHOUT = "redis-server is not installed (make services)"
needs_redis = pytest.mark.skipif(BINARY is None, reason=WITHOUT)


def _free_port() -> int:
    """A port that nobody has, and whose neighbour 10,000 above, a cluster's, exists too."""
    while True:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        if port <= 55_000:
            return port


class RedisServer:
    """One server that keeps nothing on disk."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = _free_port()
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        if BINARY is None:
            pytest.skip(WITHOUT)
        command = [
            BINARY,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(
            [*command, "--dir", str(self._folder), *self._arguments], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.2) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.01)
        self.stop()
        raise AssertionError("redis-server did not start")

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def pause(self) -> None:
        """As a network split looks: connections stay open and nothing answers."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.resume()
            self.kill()


@contextlib.contextmanager
def opened(url: str, **options: Any) -> Iterator[RedisState]:
    """Shared state that is closed in the end."""
    state = RedisState(url, **options)
    try:
        yield state
    finally:
        state.close()
