"""The run of a batch: so many requests at once, each answer kept before it counts."""

from __future__ import annotations

import asyncio
import time

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .batch_files import Answers, Request, Requests


class Run:
    """What is to be done of a batch, and how far it is."""

    def __init__(
        self,
        requests: Requests,
        answers: Answers,
        concurrency: int,
        max_cost: float | None,
        options: dict[str, Any],
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._concurrency = concurrency
        self._max_cost = max_cost
        self._options = options
        self.total: int = len(requests.ids)
        self.already: int = sum(custom_id in answers.done for custom_id in requests.ids)
        self.answered: int = 0
        self.failed: int = 0
        self.cost: float = 0.0
        self.unpriced: int = 0
        self.told: Callable[[Run], None] | None = None
        self._begun = time.monotonic()

    @property
    def left(self) -> int:
        """Requests that have been neither answered nor refused."""
        return self.total - self.already - self.answered - self.failed

    @property
    def stopped(self) -> bool:
        """Whether the limit of cost is reached while something is left."""
        return self._max_cost is not None and self.cost >= self._max_cost and self.left > 0

    def rate(self) -> float:
        """Requests per second of this run."""
        return (self.answered + self.failed) / max(time.monotonic() - self._begun, 1e-9)

    async def all(self) -> None:
        """Do what is left. Cancelled, it leaves every answer that has arrived in the file."""
        self._begun = time.monotonic()
        left = self._to_do()

        async def worker() -> None:
            for request in left:
                await self._one(request)
                if self.told is not None:
                    self.told(self)

        await asyncio.gather(*(worker() for _ in range(min(self._concurrency, max(self.left, 1)))))

    def _to_do(self) -> Iterator[Request]:
        for request in self._requests:
            if self.stopped:
                return
            if request.custom_id not in self._answers.done:
                yield request

    async def _one(self, request: Request) -> None:
        import edgequake_python as eq

        ask = eq.acompletion if request.operation == "chat" else eq.aembedding
        try:
            answer = await ask(**{**self._options, **request.body})
        except Exception as error:
            # Whatever a line's parameters do, the other lines are not to suffer.
            status = getattr(error, "status_code", None)
            told = {"type": type(error).__name__, "status_code": status, "message": str(error)}
            self._answers.failure(request, told)
            self.failed += 1
            return
        self._answers.answer(request.custom_id, answer.model_dump(mode="json"))
        self.answered += 1
        cost = output.cost_of(answer)
        self.cost += cost or 0.0
        self.unpriced += cost is None

    def report(self) -> dict[str, Any]:
        """Counts, seconds, requests per second, USD."""
        return {
            "total": self.total,
            "already": self.already,
            "answered": self.answered,
            "failed": self.failed,
            "left": self.left,
            "stopped": self.stopped,
            "cost": self.cost,
            "unpriced": self.unpriced,
            "seconds": round(time.monotonic() - self._begun, 3),
            "rate": round(self.rate(), 2),
        }
