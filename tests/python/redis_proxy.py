"""A network between a program and Redis that a test can split: bytes disappear, connections stay open."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """Forwards to a port of this machine.

    Attributes:
        there, back: whether bytes to Redis, and its answers, arrive. What does not is lost for good.
    """

    def __init__(self, port: int) -> None:
        self.there = self.back = True
        self._target = port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def split(self) -> None:
        """Nothing arrives any more."""
        self.there = self.back = False

    def heal(self) -> None:
        """New connections work; those that lost something stay broken, as after a real split."""
        self.there = self.back = True
        broken, self._open = self._open, []
        for one in broken:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open += [near, far]
                threading.Thread(target=self._pump, args=(near, far, "there"), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, "back"), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError), source, target:
            while data := source.recv(65536):
                if getattr(self, way):
                    target.sendall(data)

    def close(self) -> None:
        self.heal()
        self._listener.close()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
