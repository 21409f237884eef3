"""One request without retries and fallbacks, under LiteLLM's names for what its Router repeats."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What makes of a call one request.
_ONCE: dict[str, Any] = {"num_retries": 0, "disable_fallbacks": True}


class Once:
    """The part of a `Router` that programs give to `Router.function_with_fallbacks`, or call in tests.

    Each method is the one without the underscore, asked once.
    """

    def _completion(self, model: str, messages: list[Any], **kwargs: Any) -> Any:
        return self._once("completion", model=model, messages=messages, **kwargs)

    async def _acompletion(self, model: str, messages: list[Any], stream: bool = False, **kwargs: Any) -> Any:
        return await self._once("acompletion", model=model, messages=messages, stream=stream, **kwargs)

    def _text_completion(self, model: str, prompt: Any, **kwargs: Any) -> Any:
        return self._once("text_completion", model=model, prompt=prompt, **kwargs)

    async def _atext_completion(self, model: str, prompt: Any, **kwargs: Any) -> Any:
        return await self._once("atext_completion", model=model, prompt=prompt, **kwargs)

    def _embedding(self, input: Any, model: str, **kwargs: Any) -> Any:
        return self._once("embedding", model=model, input=input, **kwargs)

    async def _aembedding(self, input: Any, model: str, **kwargs: Any) -> Any:
        return await self._once("aembedding", model=model, input=input, **kwargs)

    def _image_generation(self, prompt: str, model: str, **kwargs: Any) -> Any:
        return self._once("image_generation", model=model, prompt=prompt, **kwargs)

    async def _aimage_generation(self, prompt: str, model: str, **kwargs: Any) -> Any:
        return await self._once("aimage_generation", model=model, prompt=prompt, **kwargs)

    async def _atranscription(self, file: Any, model: str, **kwargs: Any) -> Any:
        return await self._once("atranscription", model=model, file=file, **kwargs)

    async def _aspeech(self, model: str, input: str, voice: str, **kwargs: Any) -> Any:
        return await self._once("aspeech", model=model, input=input, voice=voice, **kwargs)

    async def _arerank(self, model: str, **kwargs: Any) -> Any:
        return await self._once("arerank", model=model, **kwargs)

    def _once(self, name: str, **arguments: Any) -> Any:
        return getattr(self, name)(**{**arguments, **_ONCE})

    def _repeated_name(self, function: Any) -> str | None:
        """Which method is meant, when ``function`` is one of these."""
        name = getattr(function, "__name__", "")
        mine = getattr(function, "__self__", None) is self and name in vars(Once)
        return name[1:] if mine else None
