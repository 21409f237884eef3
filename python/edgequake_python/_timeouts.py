"""Time limits of a call, one by one."""

from __future__ import annotations


class Timeouts:
    """Seconds, each None for no limit of its own (``connect``: 10 s).

    ``connect``: to an open connection, name look-up and TLS included. ``first_token``: from sending to the
    first byte of the answer's body. ``idle``: between two pieces of the body. These three start anew with
    every attempt. ``total``: for the whole call, its retries and the waiting between them included; of a
    stream, to its last chunk.

    A plain number as ``timeout`` means: no silence longer than that, and no plain (unstreamed) attempt longer
    than that. A stream that keeps talking is not cut off by a number; ``total`` does that. What runs out
    raises ``Timeout``, which names the limit.
    """

    __slots__ = ("connect", "first_token", "idle", "total")

    def __init__(
        self,
        connect: float | None = None,
        first_token: float | None = 600.0,
        idle: float | None = 600.0,
        total: float | None = None,
    ) -> None:
        self.connect: float | None = connect
        self.first_token: float | None = first_token
        self.idle: float | None = idle
        self.total: float | None = total

    def __repr__(self) -> str:
        limits = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"Timeouts({limits})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeouts):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__slots__))
