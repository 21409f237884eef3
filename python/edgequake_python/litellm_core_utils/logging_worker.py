"""LiteLLM's import path for the worker that callbacks run on."""

from __future__ import annotations

from ..observers import delivery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LoggingWorker:
    """LiteLLM's worker, as far as programs wait for it: callbacks are delivered by `observers.delivery`."""

    async def flush(self) -> None:
        """Wait until everything that callbacks were to be told has been told."""
        import asyncio

        await asyncio.get_running_loop().run_in_executor(None, delivery.flush, None)

    async def stop(self) -> None:
        """As `flush`: the worker stays, and ends with the process."""
        await self.flush()

    def start(self) -> None:
        """Nothing: the worker starts with the first event."""

    async def clear_queue(self) -> None:
        """As `flush`."""
        await self.flush()

    def ensure_initialized_and_enqueue(self, async_coroutine: Any) -> None:
        """Run a coroutine in the background."""
        delivery.DELIVERY.tell(lambda: async_coroutine)


GLOBAL_LOGGING_WORKER = LoggingWorker()
