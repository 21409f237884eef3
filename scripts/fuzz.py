"""Feeds broken answers and odd arguments to every dialect and counts what comes of them.

An answer is the simulator's, plain or streamed, damaged by a seeded mutator and served over loopback in
pieces of any size: it goes through the framing, the decoder and the classes of its dialect. Whatever
comes must be an answer or an error of the package; anything else (a panic, a foreign exception, a call
that hangs) is a finding: it is printed with the seed that repeats it, and the exit status is 1.
``--seconds`` says for how long, ``--seed`` where to begin.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import edgequake_python as eq

MESSAGES = [{"role": "user", "content": "Count 1 to 5"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}]
AWS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "fuzz",
    "aws_region_name": "us-east-1",
}
DIALECTS: dict[str, dict[str, Any]] = {
    "openai": {"api_key": "fuzz"},
    "azure": {"api_key": "fuzz", "api_version": "2024-10-21"},
    "anthropic": {"api_key": "fuzz"},
    "gemini": {"api_key": "fuzz"},
    "vertex_ai": {"api_key": "fuzz", "vertex_project": "p", "vertex_location": "us-central1"},
    "bedrock": AWS,
    "mistral": {"api_key": "fuzz"},
    "cohere": {"api_key": "fuzz"},
    "ollama": {},
}
#: Pieces of JSON and of framings that decoders trip over.
SPICE = [
    *(
        b"null",
        b"[]",
        b"{}",
        b'""',
        b"-1",
        b"1e999",
        b"18446744073709551616",
        b"\\ud800",
        b"\xff\xfe",
        b"\x00",
    ),
    *(b"\r", b"\n\n", b"data:", b"data: [DONE]\n\n", b"event: error\n", b'"index":9999999999', b'"error":{}'),
    *(b"{" * 300, b"[" * 300, b'"choices":null', b'"usage":{"total_tokens":-5}', b"\xf0\x9f\x98"),
]
ODD: list[Any] = [
    *(None, True, -1, 2**70, float("nan"), float("inf"), "\ud800", "\u2028", b"x", "x" * 10000),
    *({}, [], [[]], {"": None}, {1: 2}, (), {"type": "text"}, {"type": "image_url"}, [None], object(), int),
]


def mutated(body: bytes, dice: random.Random) -> bytes:
    """``body`` with one to six injuries."""
    data = bytearray(body)
    for _ in range(dice.randint(1, 6)):
        at, way = dice.randrange(len(data) + 1), dice.randrange(7)
        end = min(len(data), at + dice.randint(1, 40))
        if way == 0:
            data[at:at] = dice.choice(SPICE)
        elif way == 1:
            del data[at:end]
        elif way == 2:
            data[at:at] = data[at:end]
        elif way == 3 and at < len(data):
            data[at] = dice.randrange(256)
        elif way == 4:
            del data[at:]
        elif way == 5:
            data[at:end] = dice.choice(SPICE)
        else:
            # A value in place of another: between a colon and what ends it.
            colon = data.find(b":", at)
            stop = min((place for sign in b",}]" if (place := data.find(sign, colon)) > 0), default=-1)
            if 0 < colon < stop:
                data[colon + 1 : stop] = dice.choice(SPICE)
    return bytes(data)


class Damaging(ThreadingHTTPServer):
    """Answers as the simulator does, and damages what it answers."""

    daemon_threads = True
    dice = random.Random()
    last = b""

    def __init__(self, simulator: eq.Simulator) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = simulator.root_url
        self.known: dict[bytes, tuple[str, bytes]] = {}

    def original(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[str, bytes]:
        """What the simulator answers; asked once for each request."""
        key = path.encode() + body
        if key not in self.known:
            asked = urllib.request.Request(self.origin + path, body, headers)
            try:
                with urllib.request.urlopen(asked, timeout=20) as answer:
                    self.known[key] = (answer.headers["content-type"], answer.read())
            except urllib.error.HTTPError as refusal:
                with refusal:
                    self.known[key] = (refusal.headers["content-type"], refusal.read())
        return self.known[key]


class Handler(BaseHTTPRequestHandler):
    """One request to the damaging server."""

    protocol_version = "HTTP/1.1"
    server: Damaging

    def do_POST(self) -> None:
        """Sends the damaged answer in pieces."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
        kind, answer = self.server.original(self.path, body, headers)
        dice = self.server.dice
        data = self.server.last = mutated(answer, dice)
        try:
            self.send_response(200 if dice.random() < 0.9 else dice.choice([400, 429, 500]))
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            size = dice.choice([1, 7, 64, 1 << 20])
            for at in range(0, len(data), size):
                self.wfile.write(data[at : at + size])
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def odd(value: Any, dice: random.Random) -> Any:
    """A copy of arguments with one of their parts exchanged for something odd."""
    if dice.random() < 0.25 or not isinstance(value, (dict, list)) or not value:
        return dice.choice(ODD)
    if isinstance(value, dict):
        name = dice.choice(list(value))
        return {**value, name: odd(value[name], dice)}
    at = dice.randrange(len(value))
    return [*value[:at], odd(value[at], dice), *value[at + 1 :]]


def attempt(base: str, dialect: str, way: str, dice: random.Random) -> str:
    """Makes one call; the word for what came."""
    own: dict[str, Any] = {"messages": MESSAGES, "tools": TOOLS, "temperature": 0.5, "max_tokens": 40}
    if dice.random() < 0.5:
        own["tool_choice"] = "required"
    if way == "arguments":
        changed: Any = odd(own, dice)
        if not isinstance(changed, dict) or not all(isinstance(name, str) for name in changed):
            return "answered"
        own = changed
        own.setdefault("messages", MESSAGES)
    asked: dict[str, Any] = {
        "model": f"{dialect}/m",
        "api_base": base,
        "num_retries": 0,
        "timeout": 20,
        "drop_params": True,
    }
    asked.update(DIALECTS[dialect])
    try:
        if way == "stream":
            chunks = list(eq.completion(**asked, **own, stream=True))
            whole = eq.stream_chunk_builder(chunks)
            if whole is not None:
                whole.model_dump_json()
        else:
            eq.completion(**asked, **own).model_dump_json()
    except eq.Timeout:
        return "HUNG"
    except eq.EdgeQuakeError as error:
        return "FINDING: a panic" if "panic" in str(error).lower() else type(error).__name__
    except Exception as error:
        return f"FINDING: {type(error).__name__}: {str(error)[:200]}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"FINDING: {type(error).__name__}: {str(error)[:200]}"
    return "answered"


def main() -> int:
    """Runs until the time is over and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=sys.maxsize)
    options = parser.parse_args()
    told: dict[tuple[str, str], Counter[str]] = {}
    findings = 0
    with eq.Simulator() as simulator:
        server = Damaging(simulator)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_address[1]}"
        end = time.monotonic() + options.seconds
        seed = options.seed
        while time.monotonic() < end and seed - options.seed < options.rounds:
            dice = server.dice = random.Random(seed)
            dialect, way = (
                dice.choice(list(DIALECTS)),
                dice.choice(["plain", "stream", "stream", "arguments"]),
            )
            base = f"{root}/v1" if dialect in ("openai", "mistral") else root
            word = attempt(base, dialect, way, dice)
            told.setdefault((dialect, way), Counter())[word.split(":")[0]] += 1
            if word.startswith(("FINDING", "HUNG")):
                findings += 1
                print(f"seed {seed} {dialect} {way}: {word}\n  {server.last[:400]!r}")
            seed += 1
        server.shutdown()
    print("| dialect | damaged | calls | what came |\n|---|---|---:|---|")
    for (dialect, way), counts in sorted(told.items()):
        words = ", ".join(f"{count:,} {word}" for word, count in counts.most_common())
        print(f"| {dialect} | {way} | {sum(counts.values()):,} | {words} |")
    print(f"{seed - options.seed} calls from seed {options.seed}, {findings} findings")
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
