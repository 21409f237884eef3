"""`CustomBatchLogger`: a `CustomLogger` that gathers what it is told and sends it in batches."""

from __future__ import annotations

from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any


class CustomBatchLogger(CustomLogger):
    """Subclasses append to ``log_queue`` and send it in `async_send_batch`.

    Args:
        flush_lock: held while a batch is sent; None: batches may overlap.
        batch_size: how many entries make a batch.
        flush_interval: seconds between two batches at most, once `periodic_flush` runs.
        **kwargs: `CustomLogger`'s.
    """

    def __init__(
        self,
        flush_lock: asyncio.Lock | None = None,
        batch_size: int | None = 512,
        flush_interval: int | None = 5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.log_queue: list[Any] = []
        self.batch_size: int = batch_size or 512
        self.flush_interval: int = flush_interval or 5
        self.flush_lock = flush_lock

    async def periodic_flush(self) -> None:
        """Send what has gathered, again and again; for a task of the program's."""
        import asyncio

        while True:
            await asyncio.sleep(self.flush_interval)
            await self.flush_queue()

    async def flush_queue(self) -> None:
        """Send what has gathered. Entries that come while a batch is sent stay for the next."""
        if self.flush_lock is None:
            await self._flush()
        else:
            async with self.flush_lock:
                await self._flush()

    async def _flush(self) -> None:
        count = len(self.log_queue)
        if count:
            await self.async_send_batch()
            del self.log_queue[:count]

    async def async_send_batch(self, *args: Any, **kwargs: Any) -> None:
        """Send ``log_queue``."""
