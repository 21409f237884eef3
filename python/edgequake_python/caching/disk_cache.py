"""A cache in a folder, shared by the processes of one machine and there after a restart."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL)"


class DiskCache:
    """Values by key in an SQLite file; bytes stay bytes, anything else is kept as JSON.

    Args:
        disk_cache_dir: the folder; made when it is not there.
        default_ttl: seconds a value lives when nothing else is said; None: for ever.
        wait: seconds to wait for another process that writes.

    Raises:
        OSError: when the folder cannot be made.
    """

    def __init__(
        self, disk_cache_dir: str | None = None, default_ttl: float | None = None, wait: float = 5.0
    ) -> None:
        folder = Path(disk_cache_dir or ".litellm_cache")
        folder.mkdir(parents=True, exist_ok=True)
        self.path: Path = folder / "answers.sqlite3"
        self.default_ttl = default_ttl
        self._wait = wait
        self._local = threading.local()
        self._writes = 0
        # A file that cannot be used is trouble when it is used: a call goes on without it.
        with contextlib.suppress(sqlite3.Error):
            self._db()

    def _db(self) -> sqlite3.Connection:
        """This thread's connection; a child process makes its own."""
        known: tuple[int, sqlite3.Connection] | None = getattr(self._local, "connection", None)
        if known is None or known[0] != os.getpid():
            known = self._local.connection = (os.getpid(), self._opened())
        return known[1]

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(str(self.path), timeout=self._wait, isolation_level=None)
        try:
            end = time.monotonic() + self._wait
            while True:
                try:
                    connection.execute("PRAGMA journal_mode=WAL")
                    break
                except sqlite3.OperationalError:
                    # Processes that open a new file at once: for this one statement SQLite does not wait.
                    if time.monotonic() >= end:
                        raise
                    time.sleep(0.005)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value for ``ttl`` seconds."""
        ttl = kwargs.get("ttl")
        ttl = self.default_ttl if ttl is None else float(ttl)
        ends = None if ttl is None else time.time() + ttl
        self._db().execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (key, _packed(value), ends))
        self._writes += 1
        if self._writes % 1000 == 0:
            self._db().execute("DELETE FROM answers WHERE ends <= ?", (time.time(),))

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value, or None."""
        found = self._db().execute("SELECT value, ends FROM answers WHERE key = ?", (key,)).fetchone()
        if found is None or (found[1] is not None and found[1] <= time.time()):
            return None
        return _unpacked(found[0])

    def batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """The values, None where there is none."""
        return [self.get_cache(key) for key in keys]

    def increment_cache(self, key: str, value: float = 1, **kwargs: Any) -> float:
        """Add to a number that starts at 0."""
        database = self._db()
        database.execute("BEGIN IMMEDIATE")
        try:
            total: float = (self.get_cache(key) or 0) + value
            self.set_cache(key, total, **kwargs)
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
        return total

    def delete_cache(self, key: str) -> None:
        """Forget a value."""
        self._db().execute("DELETE FROM answers WHERE key = ?", (key,))

    def flush_cache(self) -> None:
        """Forget everything."""
        self._db().execute("DELETE FROM answers")

    async def disconnect(self) -> None:
        """Close this thread's connection."""
        known = getattr(self._local, "connection", None)
        if known is not None:
            self._local.connection = None
            known[1].close()

    # The same for coroutines, on another thread: a disk can make one wait.

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        await _elsewhere(lambda: self.set_cache(key, value, **kwargs))

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return await _elsewhere(lambda: self.get_cache(key))

    async def async_batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """As `batch_get_cache`."""
        values: list[Any] = await _elsewhere(lambda: self.batch_get_cache(keys))
        return values

    async def async_set_cache_pipeline(self, cache_list: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values."""
        for key, value in cache_list:
            await self.async_set_cache(key, value, **kwargs)

    async def async_increment(self, key: str, value: float = 1, **kwargs: Any) -> float:
        """As `increment_cache`."""
        total: float = await _elsewhere(lambda: self.increment_cache(key, value, **kwargs))
        return total

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        await _elsewhere(lambda: self.delete_cache(key))

    async def ping(self) -> bool:
        """Whether the file answers."""
        await _elsewhere(lambda: self.get_cache(""))
        return True


async def _elsewhere(work: Any) -> Any:
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, work)


def _packed(value: Any) -> bytes | str:
    import json

    return value if isinstance(value, bytes) else json.dumps(value)


def _unpacked(value: bytes | str) -> Any:
    import json

    return value if isinstance(value, bytes) else json.loads(value)
