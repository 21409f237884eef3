"""Programs that fork workers of their own: gunicorn with its application loaded before, and Celery's pool."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from raw_server import Exchange, RawServer
from redis_server import RedisServer, needs_redis

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")


def answers(exchange: Exchange) -> None:
    exchange.answer("one", "two")


#: Both programs call before they fork, so that a runtime and connections are there to inherit.
CALLS = """
import asyncio, os
import edgequake_python as eq

call = dict(model="openai/raw", api_base=os.environ["RAW_SERVER"], api_key="sk-worker", num_retries=0,
            messages=[{"role": "user", "content": "hi"}])

def text(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

async def streamed():
    return text([chunk async for chunk in await eq.acompletion(stream=True, **call)])

def all_ways():
    return " ".join([
        eq.completion(**call).choices[0].message.content,
        text(eq.completion(stream=True, **call)),
        asyncio.run(streamed()),
    ])

assert all_ways() == "onetwo onetwo onetwo"
"""

APPLICATION = (
    CALLS
    + """
def application(environ, start_response):
    body = f"{os.getpid()} {all_ways()}".encode()
    start_response("200 OK", [("content-type", "text/plain"), ("content-length", str(len(body)))])
    return [body]
"""
)

TASKS = (
    CALLS
    + """
from celery import Celery

app = Celery("tasks", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
app.conf.update(worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)

@app.task
def ask():
    return [os.getpid(), all_ways()]
"""
)


@contextlib.contextmanager
def started(command: list[str], where: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program with workers; on leaving it is asked to end, and has to."""
    log = where / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=where,
            env={**os.environ, "HOME": str(where), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0, log.read_text()
        except BaseException:
            print(log.read_text())
            raise
        finally:
            process.kill()
            process.wait()


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def test_gunicorn_with_the_application_loaded_before_its_workers(tmp_path: Path) -> None:
    pytest.importorskip("gunicorn")
    (tmp_path / "program.py").write_text(textwrap.dedent(APPLICATION))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "4"]
    command += ["--bind", f"127.0.0.1:{port}", "program:application"]
    with RawServer(answers) as server, started(command, tmp_path, RAW_SERVER=server.base_url):
        deadline = time.monotonic() + 30
        workers: set[str] = set()
        while len(workers) < 4:
            assert time.monotonic() < deadline, workers
            try:
                worker, said = fetched(f"http://127.0.0.1:{port}/").split(" ", 1)
            except OSError:
                time.sleep(0.1)
                continue
            assert said == "onetwo onetwo onetwo"
            workers.add(worker)


@needs_redis
def test_celery_prefork(tmp_path: Path, redis_server: RedisServer) -> None:
    celery = pytest.importorskip("celery")
    (tmp_path / "tasks.py").write_text(textwrap.dedent(TASKS))
    command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", "prefork"]
    command += ["--concurrency", "4", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with RawServer(answers) as server:
        environment = {"RAW_SERVER": server.base_url, "BROKER": redis_server.url}
        with started(command, tmp_path, **environment):
            app = celery.Celery("tasks", broker=redis_server.url, backend=redis_server.url)
            asked = [app.send_task("tasks.ask") for _ in range(40)]
            told = [result.get(timeout=60) for result in asked]
            app.close()
    assert {said for _, said in told} == {"onetwo onetwo onetwo"}
    assert len({worker for worker, _ in told}) > 1
