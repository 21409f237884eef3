"""How many tokens answers usually have: what a call is charged that does not say how long its own may be."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .member import Member

#: How much the newest answer counts in the mean.
_NEWEST = 0.1


class Answers:
    """The mean of a group's answers, by operation, as this process has seen them.

    Without it, calls at once would be charged their input alone, and pass a limit of tokens together. It is
    corrected, as every charge is, when the provider has counted.

    Args:
        members: the group's deployments.
        before: what was known until now.
    """

    def __init__(self, members: Iterable[Member], before: Answers | None = None) -> None:
        self._means: dict[str, float] = {} if before is None else before._means
        limits = [member.candidate.limits for member in members if member.candidate.limits]
        #: The lowest limits of all tokens, and of the answers'.
        self._all = min((limit[1] for limit in limits if limit[1] is not None), default=None)
        self._outward = min((limit[3] for limit in limits if limit[3] is not None), default=None)

    def expected(self, operation: str, inward: float) -> float:
        """Tokens to charge for an answer; never so many that the call would not fit into an empty window."""
        mean = self._means.get(operation)
        if mean is None:
            return 0.0
        if self._all is not None:
            mean = min(mean, self._all - inward)
        if self._outward is not None:
            mean = min(mean, self._outward)
        return float(max(0, int(mean)))

    def learn(self, operation: str, tokens: float) -> None:
        """What an answer had whose length nobody had limited."""
        mean = self._means.get(operation, tokens)
        self._means[operation] = mean + (tokens - mean) * _NEWEST
