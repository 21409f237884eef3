"""Tasks that are cancelled while they ask Redis: what they were given meanwhile is given back at once."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from edgequake_python.state import Candidate, Grant, Hold, Outcome, RedisState, Reservation
from redis_server import RedisServer, needs_redis, opened

pytestmark = needs_redis
CANDIDATES = [Candidate("a", (None,), 2)]


async def cancelled(state: RedisState, wait: float) -> None:
    """Asks for a slot and for an amount, and is cancelled after so many seconds."""
    asking = [
        asyncio.ensure_future(state.choose_async("group", CANDIDATES, (1.0,))),
        asyncio.ensure_future(state.reserve_async("budget", [Hold("all", 6.0, 10.0)])),
    ]
    await asyncio.sleep(wait)
    for task in asking:
        task.cancel()
    for task in asking:
        with contextlib.suppress(asyncio.CancelledError):
            found = await task
            # It was too late to cancel it.
            if isinstance(found, Grant):
                await state.settle_async(found, Outcome())
            elif isinstance(found, Reservation):
                await state.adjust_async(found, [0.0])


@pytest.mark.parametrize("others", [0, 20])
def test_nothing_is_held_for_whom_nobody_waits(redis: RedisServer, others: int) -> None:
    """Before it is sent, while it is under way, and when the answer is there; alone and among others."""
    with opened(redis.url, prefix=f"cancelled{others}") as state:

        async def use() -> None:
            for wait in (0.0, 0.0001, 0.0003, 0.001, 0.003) * 8:
                busy = [
                    asyncio.ensure_future(state.choose_async("other", [Candidate("b")], (1.0,)))
                    for _ in range(others)
                ]
                await cancelled(state, wait)
                await asyncio.gather(*busy)
            await asyncio.sleep(0.05)

        asyncio.run(use())
        deadline = time.monotonic() + 10  # a lease would live for thirty
        while time.monotonic() < deadline and not _is_free(state):
            time.sleep(0.02)
        assert _is_free(state)


def _is_free(state: RedisState) -> bool:
    grants = [state.choose("group", CANDIDATES, (1.0,)) for _ in range(2)]
    for grant in grants:
        if isinstance(grant, Grant):
            state.settle(grant, Outcome())
    return all(isinstance(grant, Grant) for grant in grants) and state.spent("budget", "all") == 0.0
