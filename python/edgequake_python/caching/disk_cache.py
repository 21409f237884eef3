"""A cache in a folder, shared by the processes of one machine and there after a restart."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from pathlib import Path

from .base_cache import BaseCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS answers "
    "(key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL, used REAL NOT NULL DEFAULT 0)"
)
#: Bytes that values may take when nobody says how many.
SIZE_LIMIT = 1 << 30
#: Seconds between two notes that a value is in use: reading seldom writes.
_NOTED = 60.0
#: Writes between two looks at the size; less when they are large.
_LOOK = 64
#: What is left of the limit's bytes when values had to go.
_KEPT = 0.9

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

    def execute_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._database.executemany(statement, rows)

    @property
    def in_transaction(self) -> bool:
        return self._database.in_transaction

    def __del__(self, _process: Callable[[], int] = os.getpid) -> None:
        database = getattr(self, "_database", None)
        if database is None:  # the file could not be opened
            return
        if self.process == _process():
            database.close()
        else:
            _inherited.append(database)


class DiskCache(BaseCache):
    """Values by key in an SQLite file; bytes stay bytes, anything else is kept as JSON.

    Args:
        disk_cache_dir: the folder; made when it is not there.
        default_ttl: seconds a value lives when nothing else is said; None: for ever.
        wait: seconds to wait for another process that writes.
        size_limit: bytes that the values may take, 1 GiB by default; above it those go that nobody has
            used for longest, to the minute. None: as many as the disk holds.

    Raises:
        OSError: when the folder cannot be made.
    """

    def __init__(
        self,
        disk_cache_dir: str | None = None,
        default_ttl: float | None = None,
        wait: float = 5.0,
        size_limit: int | None = SIZE_LIMIT,
    ) -> None:
        folder = Path(disk_cache_dir or ".litellm_cache")
        folder.mkdir(parents=True, exist_ok=True)
        self.path: Path = folder / "answers.sqlite3"
        self.default_ttl = default_ttl
        self._wait = wait
        self._local = threading.local()
        self.size_limit = size_limit
        self._writes = 0
        self._unseen = 0  # bytes written since the last look at the size
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
        _renewed(connection)
        return connection

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep a value for ``ttl`` seconds."""
        ttl = kwargs.get("ttl")
        ttl = self.default_ttl if ttl is None else float(ttl)
        ends = None if ttl is None else time.time() + ttl
        packed, database = _packed(value), self._db()
        database.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (key, packed, ends, time.time())
        )
        self._writes += 1
        self._unseen += len(packed)
        if self._writes % 1000 == 0:
            database.execute("DELETE FROM answers WHERE ends <= ?", (time.time(),))
        limit = self.size_limit
        # The first write looks too: programs may be many, and short.
        if limit is not None and (self._writes % _LOOK == 1 or self._unseen > limit // 16):
            self._unseen = 0
            _make_room(database, limit)

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value, or None."""
        database, now = self._db(), time.time()  # the connection is held until the row is read
        found = database.execute("SELECT value, ends, used FROM answers WHERE key = ?", (key,)).fetchone()
        if found is None or (found[1] is not None and found[1] <= now):
            return None
        if now - found[2] > _NOTED and self.size_limit is not None:
            # A disk that cannot be written to is no reason not to read.
            with contextlib.suppress(sqlite3.Error):
                database.execute("UPDATE answers SET used = ? WHERE key = ?", (now, key))
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

    async def test_connection(self) -> dict[str, str]:
        """Whether the file can be read, in words."""
        try:
            await self.async_get_cache("test_connection")
        except Exception as error:
            return {"status": "failed", "message": f"the cache's file cannot be read: {error}"}
        return {"status": "success", "message": "the cache's file can be read"}

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


def _renewed(database: _Connection) -> None:
    """Give a file of before its column of when values were used."""
    if any(column[1] == "used" for column in database.execute("PRAGMA table_info(answers)")):
        return
    try:
        database.execute("ALTER TABLE answers ADD COLUMN used REAL NOT NULL DEFAULT 0")
    except sqlite3.OperationalError as error:
        if "duplicate column" not in str(error):  # another process has been faster
            raise


def _make_room(database: _Connection, limit: int) -> None:
    """Let values go, those first that were used longest ago, when they take more than ``limit`` bytes."""
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    surplus = (pages - free) * size - limit
    if surplus <= 0:
        return
    surplus += limit - int(limit * _KEPT)
    going: list[str] = []
    for key, length in database.execute("SELECT key, length(value) FROM answers ORDER BY used, rowid"):
        if surplus <= 0:
            break
        going.append(key)
        surplus -= length + len(key)
    many = ((key,) for key in going)
    if database.in_transaction:
        database.execute_many("DELETE FROM answers WHERE key = ?", many)
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute_many("DELETE FROM answers WHERE key = ?", many)
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


async def _elsewhere(work: Any) -> Any:
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, work)


def _packed(value: Any) -> bytes | str:
    import json

    return value if isinstance(value, bytes) else json.dumps(value)


def _unpacked(value: bytes | str) -> Any:
    import json

    return value if isinstance(value, bytes) else json.loads(value)
