"""A place where no connection can be made, and none is refused."""

from __future__ import annotations

import socket

import pytest


class FullBacklog:
    """A port whose connections are never accepted, and that takes no more of them."""

    def __init__(self, path: str = "/v1") -> None:
        self.path = path

    def __enter__(self) -> str:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.waiting: list[socket.socket] = []
        for _ in range(64):
            client = socket.socket()
            self.waiting.append(client)
            client.settimeout(0.05)
            try:
                client.connect(self.listener.getsockname())
            except socket.timeout:  # `TimeoutError` from Python 3.10 on
                return f"http://127.0.0.1:{self.listener.getsockname()[1]}{self.path}"
        self.__exit__()
        pytest.skip("this system's backlog never fills up")

    def __exit__(self, *exception: object) -> None:
        for opened in (*self.waiting, self.listener):
            opened.close()
