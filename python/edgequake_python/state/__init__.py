"""What calls, threads and processes must agree on: limits, rests, calls in flight, budgets, values.

One interface (`State`) with two implementations: `LocalState` for one process and `RedisState` for many,
which falls back to the first when Redis is away. Importing this imports neither redis nor asyncio.
"""

from __future__ import annotations

from .interface import Candidate, FailureRule, Grant, Hold, Outcome, Refusal, Reservation, Shortage, State
from .local import LocalState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .redis import RedisState

__all__ = [
    "Candidate",
    "FailureRule",
    "Grant",
    "Hold",
    "LocalState",
    "Outcome",
    "RedisState",
    "Refusal",
    "Reservation",
    "Shortage",
    "State",
]


def __getattr__(name: str) -> Any:
    if name == "RedisState":
        from .redis import RedisState

        return RedisState
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
