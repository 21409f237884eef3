"""Google Cloud's tokens that a program gives itself: by a function, a coroutine function, or as a text."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Iterator
from typing import Optional

import pytest

import edgequake_python as eq
from google_cloud import MODEL, Cloud, call
from loopback import MESSAGES


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.stop()


def test_a_callable_that_returns_a_text_is_asked_for_every_call(cloud: Cloud) -> None:
    tokens = iter(["first-token", "second-token"])
    threads: list[Optional[int]] = []

    def give() -> str:
        threads.append(threading.get_ident())
        return next(tokens)

    for expected in ("first-token", "second-token"):
        call(cloud, vertex_credentials=give, vertex_project="p")
        assert cloud.calls[-1].headers["authorization"] == f"Bearer {expected}"
    assert threading.get_ident() not in threads


def test_a_callable_that_says_how_long_is_asked_once(cloud: Cloud) -> None:
    asked = []

    def give() -> tuple[str, float]:
        asked.append(1)
        return "lasting-token", time.time() + 3600

    for _ in range(3):
        call(cloud, vertex_credentials=give, vertex_project="p")
    assert len(asked) == 1


def test_a_coroutine_function_gives_tokens_without_stopping_the_loop(cloud: Cloud) -> None:
    ticks = 0

    async def give() -> str:
        await asyncio.sleep(0.2)
        return "awaited-token"

    async def main() -> None:
        nonlocal ticks
        task = asyncio.ensure_future(
            eq.acompletion(
                model=MODEL,
                messages=MESSAGES,
                api_base=cloud.base_url,
                vertex_credentials=give,
                vertex_project="p",
            )
        )
        while not task.done():
            ticks += 1
            await asyncio.sleep(0.01)
        await task

    asyncio.run(main())
    assert ticks > 5
    assert cloud.calls[-1].headers["authorization"] == "Bearer awaited-token"


def test_what_a_callable_raises_is_an_error_without_its_words(cloud: Cloud) -> None:
    def give() -> str:
        raise ValueError("refused secret-canary")

    with pytest.raises(eq.AuthenticationError, match="ValueError") as caught:
        call(cloud, vertex_credentials=give, vertex_project="p")
    assert "canary" not in str(caught.value)
    for nothing in (None, "", 3):
        with pytest.raises(eq.AuthenticationError, match="without a token"):
            call(cloud, vertex_credentials=lambda nothing=nothing: nothing, vertex_project="p")
    assert not cloud.calls


def test_a_callable_sees_for_whom_the_call_is(cloud: Cloud) -> None:
    tenant = contextvars.ContextVar("tenant", default="nobody")

    async def give() -> str:
        return f"token-of-{tenant.get()}"

    async def one(name: str) -> None:
        tenant.set(name)
        await eq.acompletion(
            model=MODEL,
            messages=MESSAGES,
            api_base=cloud.base_url,
            vertex_credentials=give,
            vertex_project="p",
        )

    async def both() -> None:
        await asyncio.gather(one("ann"), one("bob"))

    asyncio.run(both())
    seen = {request.headers["authorization"] for request in cloud.calls}
    assert seen == {"Bearer token-of-ann", "Bearer token-of-bob"}


def test_a_project_that_nobody_names_is_an_error_that_says_where(cloud: Cloud) -> None:
    with pytest.raises(eq.BadRequestError, match="VERTEXAI_PROJECT"):
        call(cloud, vertex_credentials=lambda: "token")


def test_a_token_and_settings_of_the_module(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eq, "vertex_project", "from-module", raising=False)
    monkeypatch.setattr(eq, "vertex_location", "europe-west1", raising=False)
    call(cloud, vertex_credentials="ya29.given-token")
    request = cloud.calls[-1]
    assert "/projects/from-module/locations/europe-west1/" in request.path
    assert request.headers["authorization"] == "Bearer ya29.given-token"
