"""One library, one workload, one process: prints a JSON line of what it cost.

usage: python bench/client.py LIB WORKLOAD BASE [N] [CONC]

LIB       edgequake_python | litellm | openai | pyreqwest | aiohttp | socket | orjson
WORKLOAD  first | sync | threads | async | stream | astream | embed | aembed
BASE      what bench/server.py serves, e.g. http://127.0.0.1:9100
N         calls to measure, after a warm-up of a tenth; 0 (the default) measures for about a second
CONC      calls in flight in threads, async, astream and aembed (64; one for astream and aembed)

Every library does the same work: send the same request, read the answer into its own objects, and reach the
text of the answer, of every chunk, or the last number of every embedding. CPU is that of all threads of the
process. What an import costs is measured from outside the process, by bench/run.py.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from payloads import CHUNKS, DIMENSIONS, INPUTS, embeddings

MESSAGES = [
    {"role": "system", "content": "You are terse."},
    {"role": "user", "content": "Say hello. " * 20},
]
TEXTS = [f"text {number}" for number in range(INPUTS)]
CHAT_BODY = {"model": "gpt-4o-mini", "messages": MESSAGES}
EMBED_BODY = {"model": "text-embedding-3-small", "input": TEXTS, "encoding_format": "float"}

# A workload's body, under a name of WORKLOADS; each returns a number that says the answer was really read.
Calls = dict[str, Callable[[], Any]]

# What a call must return for its answer to count as read.
WORKLOADS = {
    "sync": 907,
    "threads": 907,
    "async": 907,
    "stream": CHUNKS,
    "astream": CHUNKS,
    "embed": INPUTS * DIMENSIONS,
    "aembed": INPUTS * DIMENSIONS,
}
ASYNC = {"async", "astream", "aembed"}


def dimensions(rows: list[Any]) -> int:
    """Touch every embedding: its length, and its last number as a float."""
    total = 0
    for row in rows:
        vector = row["embedding"] if isinstance(row, dict) else row.embedding
        assert isinstance(vector[-1], float)
        total += len(vector)
    return total


def has_text(chunk: Any) -> bool:
    """Whether a streamed chunk carries text."""
    return bool(chunk.choices and chunk.choices[0].delta.content)


def litellm_like(name: str, base: str) -> Calls:
    """`litellm` and `edgequake_python`: the same calls, that is the point."""
    library = importlib.import_module(name)
    chat: dict[str, Any] = {"model": "openai/gpt-4o-mini", "messages": MESSAGES, "api_key": "sk-test"}
    embed: dict[str, Any] = {
        "model": "openai/text-embedding-3-small",
        "input": TEXTS,
        "encoding_format": "float",
        "api_key": "sk-test",
        "api_base": f"{base}/emb/v1",
    }

    def sync_chat() -> int:
        return len(library.completion(**chat, api_base=f"{base}/chat/v1").choices[0].message.content)

    async def async_chat() -> int:
        answer = await library.acompletion(**chat, api_base=f"{base}/chat/v1")
        return len(answer.choices[0].message.content)

    def stream() -> int:
        return sum(map(has_text, library.completion(**chat, api_base=f"{base}/stream/v1", stream=True)))

    async def astream() -> int:
        chunks = await library.acompletion(**chat, api_base=f"{base}/stream/v1", stream=True)
        return sum([has_text(chunk) async for chunk in chunks])

    def sync_embed() -> int:
        return dimensions(library.embedding(**embed).data)

    async def async_embed() -> int:
        return dimensions((await library.aembedding(**embed)).data)

    return {
        "sync": sync_chat,
        "threads": sync_chat,
        "async": async_chat,
        "stream": stream,
        "astream": astream,
        "embed": sync_embed,
        "aembed": async_embed,
    }


def openai_sdk(base: str) -> Calls:
    """The official OpenAI client, with clients made once, as its documentation asks for."""
    openai = importlib.import_module("openai")
    clients: dict[tuple[str, str], Any] = {}

    def client(kind: str, path: str) -> Any:
        if (kind, path) not in clients:
            clients[kind, path] = getattr(openai, kind)(base_url=f"{base}/{path}/v1", api_key="sk-test")
        return clients[kind, path]

    def sync_chat() -> int:
        return len(client("OpenAI", "chat").chat.completions.create(**CHAT_BODY).choices[0].message.content)

    async def async_chat() -> int:
        answer = await client("AsyncOpenAI", "chat").chat.completions.create(**CHAT_BODY)
        return len(answer.choices[0].message.content)

    def stream() -> int:
        return sum(
            map(has_text, client("OpenAI", "stream").chat.completions.create(**CHAT_BODY, stream=True))
        )

    async def astream() -> int:
        chunks = await client("AsyncOpenAI", "stream").chat.completions.create(**CHAT_BODY, stream=True)
        return sum([has_text(chunk) async for chunk in chunks])

    def sync_embed() -> int:
        return dimensions(client("OpenAI", "emb").embeddings.create(**EMBED_BODY).data)

    async def async_embed() -> int:
        return dimensions((await client("AsyncOpenAI", "emb").embeddings.create(**EMBED_BODY)).data)

    return {
        "sync": sync_chat,
        "threads": sync_chat,
        "async": async_chat,
        "stream": stream,
        "astream": astream,
        "embed": sync_embed,
        "aembed": async_embed,
    }


def pyreqwest(base: str) -> Calls:
    """A bare HTTP client on the same Rust library as ours: JSON to dicts, no objects, no provider."""
    module = importlib.import_module("pyreqwest.client")
    clients: dict[str, Any] = {}

    def client(builder: str) -> Any:
        if builder not in clients:
            clients[builder] = getattr(module, builder)().build()
        return clients[builder]

    def post(path: str, body: dict[str, Any]) -> Any:
        return client("SyncClientBuilder").post(base + path).body_json(body).build().send().json()

    async def apost(path: str, body: dict[str, Any]) -> Any:
        return await (await client("ClientBuilder").post(base + path).body_json(body).build().send()).json()

    def sync_chat() -> int:
        return len(post("/chat/v1/chat/completions", CHAT_BODY)["choices"][0]["message"]["content"])

    async def async_chat() -> int:
        answer = await apost("/chat/v1/chat/completions", CHAT_BODY)
        return len(answer["choices"][0]["message"]["content"])

    def sync_embed() -> int:
        return dimensions(post("/emb/v1/embeddings", EMBED_BODY)["data"])

    async def async_embed() -> int:
        return dimensions((await apost("/emb/v1/embeddings", EMBED_BODY))["data"])

    return {
        "sync": sync_chat,
        "threads": sync_chat,
        "async": async_chat,
        "embed": sync_embed,
        "aembed": async_embed,
    }


def aiohttp(base: str) -> Calls:
    """The usual asyncio HTTP client: JSON to dicts, and for streams a bare split of the events."""
    module = importlib.import_module("aiohttp")
    sessions: list[Any] = []

    def session() -> Any:
        if not sessions:
            sessions.append(module.ClientSession(connector=module.TCPConnector(limit=0)))
        return sessions[0]

    async def async_chat() -> int:
        async with session().post(f"{base}/chat/v1/chat/completions", json=CHAT_BODY) as response:
            return len((await response.json())["choices"][0]["message"]["content"])

    async def astream() -> int:
        count = 0
        url = f"{base}/stream/v1/chat/completions"
        async with session().post(url, json={**CHAT_BODY, "stream": True}) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    choices = json.loads(line[6:])["choices"]
                    count += bool(choices and choices[0]["delta"].get("content"))
        return count

    async def async_embed() -> int:
        async with session().post(f"{base}/emb/v1/embeddings", json=EMBED_BODY) as response:
            return dimensions((await response.json())["data"])

    async def close() -> None:
        for opened in sessions:
            await opened.close()

    return {"async": async_chat, "astream": astream, "aembed": async_embed, "close": close}


def raw_socket(base: str) -> Calls:
    """The floor: one kept-alive socket, a request made by hand, json.loads."""
    import socket

    address = urlsplit(base)
    connection = socket.create_connection((address.hostname or "", address.port or 80))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(path: str, body: dict[str, Any]) -> bytes:
        payload = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head_bytes, _, start = received.partition(b"\r\n\r\n")
        length = int(head_bytes.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        answer = bytearray(start)
        while len(answer) < length:
            answer += connection.recv(1 << 20)
        return bytes(answer)

    def sync_chat() -> int:
        answer = json.loads(post("/chat/v1/chat/completions", CHAT_BODY))
        return len(answer["choices"][0]["message"]["content"])

    def stream() -> int:
        count = 0
        body = post("/stream/v1/chat/completions", {**CHAT_BODY, "stream": True})
        for event in body.split(b"\n\n"):
            if event.startswith(b"data: {"):
                choices = json.loads(event[6:])["choices"]
                count += bool(choices and choices[0]["delta"].get("content"))
        return count

    def sync_embed() -> int:
        return dimensions(json.loads(post("/emb/v1/embeddings", EMBED_BODY))["data"])

    return {"sync": sync_chat, "stream": stream, "embed": sync_embed}


def orjson(base: str) -> Calls:
    """The fastest JSON parser for Python on the embedding payload, without any network."""
    del base
    loads = importlib.import_module("orjson").loads
    body = embeddings()
    return {"embed": lambda: dimensions(loads(body)["data"])}


ADAPTERS: dict[str, Callable[[str], Calls]] = {
    "edgequake_python": lambda base: litellm_like("edgequake_python", base),
    "litellm": lambda base: litellm_like("litellm", base),
    "openai": openai_sdk,
    "pyreqwest": pyreqwest,
    "aiohttp": aiohttp,
    "socket": raw_socket,
    "orjson": orjson,
}


def cpu_seconds() -> float:
    """User and system time of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_rss_mb() -> float:
    """The most memory this process held. Not ru_maxrss: that can be the parent it was forked from."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024


class Measurement:
    """Runs one call many times; the loop is the same for every library."""

    def __init__(self, workload: str, calls: Calls, concurrency: int) -> None:
        self.call = calls[workload]
        self.close: Optional[Callable[[], Awaitable[None]]] = calls.get("close")
        self.expected = WORKLOADS[workload]
        self.workload = workload
        self.concurrency = concurrency
        self.latencies: list[float] = []

    def check(self, result: int) -> None:
        """A library that does not read the answer is not measured."""
        if result != self.expected:
            raise SystemExit(f"{self.workload}: the call returned {result}, expected {self.expected}")

    def one(self) -> None:
        start = time.perf_counter()
        self.check(self.call())
        self.latencies.append(time.perf_counter() - start)

    def run_sync(self, count: int) -> None:
        for _ in range(count):
            self.one()

    def run_threads(self, count: int) -> None:
        with ThreadPoolExecutor(self.concurrency) as executor:
            for _ in executor.map(lambda _: self.one(), range(count)):
                pass

    async def run_async(self, count: int) -> None:
        left = iter(range(count))

        async def worker() -> None:
            for _ in left:
                start = time.perf_counter()
                self.check(await self.call())
                self.latencies.append(time.perf_counter() - start)

        await asyncio.gather(*[worker() for _ in range(min(self.concurrency, count))])

    def auto_count(self, warm_up: int, seconds: float) -> int:
        """Calls that take about a second, in whole rounds of the concurrency."""
        count = max(int(1.0 / (seconds / warm_up)), 3)
        return -(-count // self.concurrency) * self.concurrency

    def measure(self, count: int) -> dict[str, Any]:
        """Warm up, measure, and say what a call cost."""
        warm_up = max(count // 10, 2, self.concurrency)
        if self.workload in ASYNC:
            count, wall, cpu = asyncio.run(self.measure_async(count, warm_up))
        else:
            run = self.run_threads if self.workload == "threads" else self.run_sync
            run(1)
            start = time.perf_counter()
            run(warm_up)
            count = count or self.auto_count(warm_up, time.perf_counter() - start)
            self.latencies.clear()
            start, cpu_start = time.perf_counter(), cpu_seconds()
            run(count)
            wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu_start
        ordered = sorted(self.latencies)
        return {
            "n": count,
            "wall_us": round(wall / count * 1e6, 1),
            "cpu_us": round(cpu / count * 1e6, 1),
            "p50_us": round(ordered[len(ordered) // 2] * 1e6, 1),
            "p99_us": round(ordered[int(len(ordered) * 0.99)] * 1e6, 1),
        }

    async def measure_async(self, count: int, warm_up: int) -> tuple[int, float, float]:
        """The same inside one event loop, which is where connections live."""
        await self.run_async(1)
        start = time.perf_counter()
        await self.run_async(warm_up)
        count = count or self.auto_count(warm_up, time.perf_counter() - start)
        self.latencies.clear()
        start, cpu_start = time.perf_counter(), cpu_seconds()
        await self.run_async(count)
        wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu_start
        if self.close:
            await self.close()
        return count, wall, cpu


def first_call(library: str, base: str) -> dict[str, Any]:
    """The import and one call, once: what a library put off until it was needed is in here."""
    start, cpu_start = time.perf_counter(), cpu_seconds()
    result = ADAPTERS[library](base)["sync"]()
    wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu_start
    if result != WORKLOADS["sync"]:
        raise SystemExit(f"first: the call returned {result}")
    return {"wall_us": round(wall * 1e6, 1), "cpu_us": round(cpu * 1e6, 1)}


def main() -> None:
    """Measure what the command line names."""
    library, workload, base = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    default_concurrency = 64 if workload in ("threads", "async") else 1
    concurrency = int(sys.argv[5]) if len(sys.argv) > 5 else default_concurrency
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no download while we measure
    if workload == "first":
        result = first_call(library, base)
    else:
        result = Measurement(workload, ADAPTERS[library](base), concurrency).measure(count)
    result = {"lib": library, "work": workload, **result, "peak_rss_mb": round(peak_rss_mb(), 1)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
