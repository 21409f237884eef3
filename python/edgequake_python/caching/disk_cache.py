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
    from collections.abc import Callable, Sequence
    from typing import Any

_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL)"

# A parent's connections as its child finds them: SQLite forbids the child even to close them.
_inherited: list[sqlite3.Connection] = []


class _Database(sqlite3.Connection):
    def __del__(self) -> None:
        """Instead of Python's own, which warns of a parent's connection when its child ends."""


class _Connection:
    """An SQLite connection closed when its thread or its cache is gone, by the process that opened it.

    SQLite's own object is in a cycle with its prepared statements: it would wait for the garbage collector.
    """

    def __init__(self, path: Path, wait: float) -> None:
        self.process = os.getpid()
        # Used by one thread; the thread that closes it may be another.
        self._database = sqlite3.connect(
            str(path), timeout=wait, isolation_level=None, check_same_thread=False, factory=_Database
        )

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._database.execute(statement, values)

    def __del__(self, _process: Callable[[], int] = os.getpid) -> None:
        database = getattr(self, "_database", None)
        if database is None:  # the file could not be opened
            return
        if self.process == _process():
            database.close()
        else:
            _inherited.append(database)


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

    def _db(self) -> _Connection:
        """This thread's connection; a child process makes its own."""
        known: _Connection | None = getattr(self._local, "connection", None)
        if known is None or known.process != os.getpid():
            known = self._local.connection = self._opened()
        return known

    def _opened(self) -> _Connection:
        connection = _Connection(self.path, self._wait)
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
        database = self._db()  # held until the row is read
        found = database.execute("SELECT value, ends FROM answers WHERE key = ?", (key,)).fetchone()
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
        """Close the connections of every thread; one at work closes when its statement is done."""
        self._local = threading.local()

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
