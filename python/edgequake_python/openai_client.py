"""`LiteLLM`: an object that is used like the openai package's client."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class LiteLLM:
    """``client.chat.completions.create(model=..., messages=...)``, and the same with ``acreate``.

    Args:
        api_key: key of every call.
        organization: OpenAI's organization.
        base_url: base of every call.
        timeout: seconds.
        max_retries: how often a failed request is repeated.
        default_headers: headers of every request.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        organization: str | None = None,
        base_url: str | None = None,
        timeout: float | None = 600,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
    ) -> None:
        self.params: dict[str, str | float | int | Mapping[str, str] | None] = {
            "api_key": api_key,
            "organization": organization,
            "base_url": base_url,
            "timeout": timeout,
            "max_retries": max_retries,
            "extra_headers": default_headers,
        }
        self.chat: Chat = Chat(self.params, router_obj=None)


class Chat:
    """``client.chat``."""

    def __init__(self, params: dict[str, Any], router_obj: Any = None) -> None:
        self.params = params
        self.completions: Completions = Completions(params, router_obj)


class Completions:
    """``client.chat.completions``."""

    def __init__(self, params: dict[str, Any], router_obj: Any = None) -> None:
        self.params = params
        self.router_obj = router_obj

    def create(self, messages: Sequence[Any], model: str | None = None, **kwargs: Any) -> Any:
        """`completion` with the client's parameters; an argument wins."""
        from . import completion

        arguments = {**self.params, **kwargs}
        if self.router_obj is not None:
            return self.router_obj.completion(model=model, messages=messages, **kwargs)
        answer: Any = completion(model=model or "", messages=messages, **arguments)
        return answer

    async def acreate(self, messages: Sequence[Any], model: str | None = None, **kwargs: Any) -> Any:
        """As `create`, for asyncio."""
        from . import acompletion

        arguments = {**self.params, **kwargs}
        if self.router_obj is not None:
            return await self.router_obj.acompletion(model=model, messages=messages, **kwargs)
        answer: Any = await acompletion(model=model or "", messages=messages, **arguments)
        return answer


class AsyncCompletions(Completions):
    """As `Completions`, whose ``create`` is a coroutine."""

    async def create(self, messages: Sequence[Any], model: str | None = None, **kwargs: Any) -> Any:
        """`acompletion` with the client's parameters; an argument wins."""
        return await self.acreate(messages, model, **kwargs)
