"""What a copy of a Router is."""

from __future__ import annotations

from .flights import Flights
from .priorities import Queues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self


class Copies:
    """The part of a `Router` that copies it.

    A deep copy has settings and deployments of its own. What is counted (limits, rests, budgets) is common
    to both, for the deployments are the same ones: a copy must not make a provider's limit twice as high.
    """

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin: Any = self.__copy__()
        memo[id(self)] = twin
        for name, value in list(vars(twin).items()):
            if type(value) in (dict, list) and not name.startswith("_"):
                setattr(twin, name, _own(value))
        for name in ("total_calls", "success_calls", "fail_calls"):
            setattr(twin, name, getattr(self, name).copy())
        twin._guards = list(twin._guards)
        twin._flights, twin._queues = Flights(), Queues()
        twin._start_deployments([_own(member.entry) for member in twin._members.values()])
        copied: Self = twin
        return copied

    def __reduce__(self) -> Any:
        raise TypeError(
            "a Router holds keys and cannot be pickled; make one in each process, with redis_url=... or "
            "state=RedisState(...) when they are to keep their limits together"
        )


def _own(value: Any) -> Any:
    """A copy of dicts and lists all the way down; what else is in them stays as it is."""
    if isinstance(value, dict):
        return {name: _own(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_own(below) for below in value]
    return value
