"""Programs that tests run in an interpreter of their own, where every warning is an error."""

from __future__ import annotations

import subprocess
import sys

from raw_server import MESSAGES

#: What each program starts with; its first argument is the base URL of the server it calls.
PRELUDE = f"""
import asyncio, logging, os, sys, threading, time
# asyncio's developer mode tells of every slow step, and on a busy machine each may be one.
logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing "))
import edgequake_python as eq
call = dict(model="openai/raw", api_base=sys.argv[1], api_key="sk-child", num_retries=0)
call["messages"] = {MESSAGES!r}
text = lambda answer: answer.choices[0].message.content
def streamed():
    return "".join(chunk.choices[0].delta.content or "" for chunk in eq.completion(stream=True, **call))
async def astreamed():
    stream = await eq.acompletion(stream=True, **call)
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
"""

_STRICT = ["-X", "dev", "-W", "error", "-W", "ignore:edgequake_python runs on a debug build"]


def command(program: str, base_url: str, *options: str) -> list[str]:
    return [sys.executable, *_STRICT, *options, "-c", PRELUDE + program, base_url]


def run(program: str, base_url: str, *options: str, timeout: float = 60) -> str:
    """What ``program`` prints; it must end well and say nothing on stderr."""
    done = subprocess.run(
        command(program, base_url, *options), capture_output=True, text=True, timeout=timeout, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), f"exit code {done.returncode}\n{done.stderr}"
    return done.stdout
