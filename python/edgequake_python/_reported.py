"""What every answer and every stream says of its request."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .rate_limits import RateLimits


class Reported:
    """Of something with ``headers`` and ``_hidden_params``."""

    __slots__ = ()

    @property
    def dropped_params(self: Any) -> list[str]:
        """Parameters that were not sent because the provider does not take them (``drop_params``)."""
        dropped: list[str] = self._hidden_params.get("dropped_params") or []
        return dropped

    @property
    def rate_limits(self: Any) -> RateLimits:
        """What the provider says of its limits: requests and tokens, each limit, remaining and reset."""
        from .rate_limits import rate_limits_of

        return rate_limits_of(self.headers)
