"""Several calls at once."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any, Callable


class Batches:
    """The part of a `Router` that makes several chat calls at once."""

    if TYPE_CHECKING:
        acompletion: Callable[..., Coroutine[Any, Any, Any]]

    async def _caught(self, model: str, messages: list[Any], **kwargs: Any) -> Any:
        """The answer, or the error instead of it."""
        try:
            return await self.acompletion(model=model, messages=messages, **kwargs)
        except Exception as error:
            return error

    async def abatch_completion(self, models: Sequence[str], messages: list[Any], **kwargs: Any) -> list[Any]:
        """Ask every model the same, or every one the same list of conversations.

        Returns:
            An answer, or the error instead of it, for each model; for several conversations a list of such
            lists, one for each conversation.
        """
        import asyncio

        if messages and all(isinstance(item, dict) for item in messages):
            return list(await asyncio.gather(*[self._caught(model, messages, **kwargs) for model in models]))
        return list(
            await asyncio.gather(
                *[
                    asyncio.gather(*[self._caught(model, conversation, **kwargs) for model in models])
                    for conversation in messages
                ]
            )
        )

    async def abatch_completion_one_model_multiple_requests(
        self, model: str, messages: list[list[Any]], **kwargs: Any
    ) -> list[Any]:
        """Answers, or errors instead of them, to several conversations, in their order."""
        import asyncio

        return list(await asyncio.gather(*[self._caught(model, item, **kwargs) for item in messages]))

    async def abatch_completion_fastest_response(
        self, model: str, messages: list[Any], stream: bool = False, **kwargs: Any
    ) -> Any:
        """Ask several models (``"a, b"``) and return the first good answer; the others are cancelled.

        Raises:
            Exception: the last error, when all fail.
        """
        import asyncio

        names = [name.strip() for name in model.split(",") if name.strip()]
        tasks = [
            asyncio.ensure_future(self.acompletion(model=name, messages=messages, stream=stream, **kwargs))
            for name in names
        ]
        waiting = set(tasks)
        failure: BaseException | None = None
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    failure = task.exception()
                    if failure is None:
                        answer = task.result()
                        answer._hidden_params["fastest_response_batch_completion"] = True
                        return answer
        finally:
            for task in waiting:
                task.cancel()
            if waiting:
                await asyncio.wait(waiting)
        if failure is None:
            raise ValueError("model names no model")
        raise failure
