"""Answers kept in a folder: shared by processes, full, broken, of an earlier version."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.caching import Cache, DiskCache
from loopback import Loopback

WORKER = """
import sys
import edgequake_python as eq

eq.cache = eq.Cache(type="disk", disk_cache_dir=sys.argv[1])
print("ready", flush=True)
hits = 0
for turn in range(int(sys.argv[2])):
    text = f"answer {turn % 20} " * 20_000
    asked = [{"role": "user", "content": f"question {turn % 20}"}]
    again = {"no-cache": turn % 3 == 0}
    answer = eq.completion("openai/gpt-4o-mini", asked, mock_response=text, cache=again)
    assert answer.choices[0].message.content == text, "torn"
    hits += answer._hidden_params.get("cache_hit") is True
assert hits > int(sys.argv[2]) // 3, hits
"""
CONNECTIONS = """
import asyncio, os, sys, threading
from edgequake_python.caching import DiskCache

disk = DiskCache(sys.argv[1])
disk.set_cache("who", b"parent")
for _ in range(4):
    thread = threading.Thread(target=disk.get_cache, args=("who",))
    thread.start()
    thread.join()
child = os.fork()
if not child:
    assert disk.get_cache("who") == b"parent"
    disk.set_cache("who", b"child")
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert disk.get_cache("who") == b"child"


async def main():
    await asyncio.gather(*(disk.async_get_cache("who") for _ in range(8)))
    await disk.disconnect()
    # Nothing waits for the garbage collector: the last to close a file of this kind removes its journal.
    assert os.listdir(sys.argv[1]) == ["answers.sqlite3"], os.listdir(sys.argv[1])


asyncio.run(main())
assert disk.get_cache("who") == b"child"
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_connection_to_a_file_is_left_open(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", CONNECTIONS, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_processes_that_share_a_folder_outlive_one_that_is_killed(tmp_path: Path) -> None:
    def start(turns: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, str(tmp_path), str(turns)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    doomed, others = start(1_000_000), [start(150) for _ in range(3)]
    try:
        assert doomed.stdout is not None and doomed.stdout.readline() == "ready\n"
        disk = DiskCache(str(tmp_path))
        while not any(disk._db().execute("SELECT count(*) FROM answers").fetchone()):
            pass
        doomed.send_signal(signal.SIGKILL)
        for other in others:
            _, errors = other.communicate(timeout=120)
            assert (other.returncode, errors) == (0, "")
    finally:
        for process in (doomed, *others):
            process.kill()
            process.communicate()
    # No lock is left, and nothing is torn.
    assert disk._db().execute("PRAGMA integrity_check").fetchone() == ("ok",)
    disk.set_cache("after", b"1")
    assert disk.get_cache("after") == b"1"


def _open_together(folder: str, barrier: Any, told: Any) -> None:
    barrier.wait()
    try:
        disk = DiskCache(folder)
        disk.set_cache(str(os.getpid()), b"x")
        told.put(disk.get_cache(str(os.getpid())))
    except Exception as error:
        told.put(repr(error))


def test_a_new_folder_opened_by_all_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    for turn in range(15):
        barrier, told = spawn.Barrier(8), spawn.Queue()
        arguments = (str(tmp_path / str(turn)), barrier, told)
        processes = [spawn.Process(target=_open_together, args=arguments) for _ in range(8)]
        for process in processes:
            process.start()
        assert [told.get(timeout=60) for _ in processes] == [b"x"] * 8
        for process in processes:
            process.join()


def test_a_broken_file_is_no_reason_to_fail(
    server: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "answers.sqlite3").write_bytes(b"no database" * 500)
    with caplog.at_level(logging.WARNING):
        edgequake_python.cache = Cache(type="disk", disk_cache_dir=str(tmp_path))
        for _ in range(2):
            assert edgequake_python.completion(**server.call()).choices[0].message.content == "Hello!"
    assert len([record for record in caplog.records if "cache of answers" in record.message]) == 1


def test_the_least_recently_used_leave_a_disk_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgequake_python.caching.disk_cache._NOTED", 0.0)
    disk = DiskCache(str(tmp_path), size_limit=1_000_000)
    for number in range(600):
        disk.set_cache(f"{number}", bytes(10_000))
        assert disk.get_cache("0") is not None, f"{number}: what is used all the time has gone"
    kept = [number for number in range(600) if disk.get_cache(str(number)) is not None]
    assert kept[0] == 0
    # Of the others the last ones, without a gap.
    assert kept[1:] == list(range(kept[1], 600))
    assert 50 <= len(kept) <= 110
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 8_000_000


def test_short_programs_make_room_too(tmp_path: Path) -> None:
    for number in range(60):
        disk = DiskCache(str(tmp_path), size_limit=100_000)
        disk.set_cache(f"{number}", bytes(5_000))
        del disk
    kept = [number for number in range(60) if DiskCache(str(tmp_path)).get_cache(str(number)) is not None]
    assert 59 in kept
    assert 5 <= len(kept) <= 25


def test_a_counter_makes_room_within_its_transaction(tmp_path: Path) -> None:
    disk = DiskCache(str(tmp_path), size_limit=20_000)
    for number in range(200):
        disk.increment_cache(f"{number}" * 100, 1)
    assert disk.increment_cache("199" * 100, 1) == 2


def test_a_limit_is_said_to_the_cache_or_there_is_none(tmp_path: Path) -> None:
    assert Cache(type="disk", disk_cache_dir=str(tmp_path)).cache.size_limit == 1 << 30
    assert Cache(type="disk", disk_cache_dir=str(tmp_path), size_limit=5).cache.size_limit == 5
    free = Cache(type="disk", disk_cache_dir=str(tmp_path), size_limit=None).cache
    for number in range(300):
        free.set_cache(str(number), bytes(1000))
    assert free.get_cache("0") == bytes(1000)


def test_a_file_of_before_is_read_on(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "answers.sqlite3") as old:
        old.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL)")
        old.execute("INSERT INTO answers VALUES ('old', x'31', NULL)")
    old.close()
    disk = DiskCache(str(tmp_path))
    disk.set_cache("new", b"2")
    assert (disk.get_cache("old"), disk.get_cache("new")) == (b"1", b"2")
