"""The Router's methods that make calls, with LiteLLM's names."""

from __future__ import annotations

from .batches import Batches
from .request import Operation
from .stored import Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, overload

    from ..streaming import CustomStreamWrapper
    from ..types import EmbeddingResponse, ModelResponse

CHAT = Operation("completion")
TEXT = Operation("text_completion")
EMBEDDING = Operation("embedding")
IMAGE = Operation("image_generation")
IMAGE_EDIT = Operation("image_edit")
TRANSCRIPTION = Operation("transcription")
SPEECH = Operation("speech")
RERANK = Operation("rerank")
MODERATION = Operation("moderation", metadata="litellm_metadata")
RESPONSES = Operation("responses", metadata="litellm_metadata")
ANTHROPIC = Operation("anthropic_messages", "anthropic_messages", metadata="litellm_metadata")


class Calls(Batches, Stored):
    """The part of a `Router` that calls.

    Each method takes what the package's function of that name takes, with a model group, an alias, a
    wildcard's name or a deployment's id as ``model``, and the Router's options (``num_retries``,
    ``fallbacks``, ``deadline``, ``hedge_after``, ...).
    """

    if TYPE_CHECKING:

        def _run(self, operation: Operation, model: str, given: Mapping[str, Any]) -> Any: ...

        async def _run_async(self, operation: Operation, model: str, given: Mapping[str, Any]) -> Any: ...

        def _repeated_name(self, function: Any) -> str | None: ...

    # Chat.

    if TYPE_CHECKING:

        @overload
        def completion(
            self, model: str, messages: list[Any], *, stream: Literal[True], **kwargs: Any
        ) -> CustomStreamWrapper: ...
        @overload
        def completion(
            self,
            model: str,
            messages: list[Any],
            *,
            stream: Literal[False] | None = ...,
            **kwargs: Any,
        ) -> ModelResponse: ...

    def completion(
        self, model: str, messages: list[Any], **kwargs: Any
    ) -> ModelResponse | CustomStreamWrapper:
        """Ask a model group for the next message.

        Raises:
            RouterRateLimitError: when every deployment rests or has reached its limits.
            Exception: the error of the group that was asked for, when neither retries nor fallbacks help.
        """
        answer: ModelResponse | CustomStreamWrapper = self._run(CHAT, model, {"messages": messages, **kwargs})
        return answer

    if TYPE_CHECKING:

        @overload
        async def acompletion(
            self, model: str, messages: list[Any], stream: Literal[True], **kwargs: Any
        ) -> CustomStreamWrapper: ...
        @overload
        async def acompletion(
            self, model: str, messages: list[Any], stream: Literal[False] = ..., **kwargs: Any
        ) -> ModelResponse: ...
        @overload
        async def acompletion(
            self, model: str, messages: list[Any], stream: bool = ..., **kwargs: Any
        ) -> ModelResponse | CustomStreamWrapper: ...

    async def acompletion(
        self, model: str, messages: list[Any], stream: bool = False, **kwargs: Any
    ) -> ModelResponse | CustomStreamWrapper:
        """As `completion`; cancelling it cancels what is under way."""
        given = {"messages": messages, **kwargs}
        if stream:
            given["stream"] = stream
        answer: ModelResponse | CustomStreamWrapper = await self._run_async(CHAT, model, given)
        return answer

    async def schedule_acompletion(
        self, model: str, messages: list[Any], priority: int, stream: bool = False, **kwargs: Any
    ) -> ModelResponse | CustomStreamWrapper:
        """As `acompletion`, in the order of ``priority`` (0 first) while the group has no room."""
        return await self.acompletion(model, messages, stream, priority=priority, **kwargs)

    # Text and embeddings.

    def text_completion(
        self,
        model: str,
        prompt: Any,
        is_retry: bool | None = False,
        is_fallback: bool | None = False,
        is_async: bool | None = False,
        **kwargs: Any,
    ) -> Any:
        """Have a model group go on with a text."""
        return self._run(TEXT, model, {"prompt": prompt, **kwargs})

    async def atext_completion(
        self,
        model: str,
        prompt: Any,
        is_retry: bool | None = False,
        is_fallback: bool | None = False,
        is_async: bool | None = False,
        **kwargs: Any,
    ) -> Any:
        """As `text_completion`."""
        return await self._run_async(TEXT, model, {"prompt": prompt, **kwargs})

    def embedding(
        self, model: str, input: Any, is_async: bool | None = False, **kwargs: Any
    ) -> EmbeddingResponse:
        """Ask a model group for embeddings."""
        answer: EmbeddingResponse = self._run(EMBEDDING, model, {"input": input, **kwargs})
        return answer

    async def aembedding(
        self, model: str, input: Any, is_async: bool | None = True, **kwargs: Any
    ) -> EmbeddingResponse:
        """As `embedding`."""
        answer: EmbeddingResponse = await self._run_async(EMBEDDING, model, {"input": input, **kwargs})
        return answer

    # Images and audio.

    def image_generation(self, prompt: str, model: str, **kwargs: Any) -> Any:
        """Have a model group draw."""
        return self._run(IMAGE, model, {"prompt": prompt, **kwargs})

    async def aimage_generation(self, prompt: str, model: str, **kwargs: Any) -> Any:
        """As `image_generation`."""
        return await self._run_async(IMAGE, model, {"prompt": prompt, **kwargs})

    def image_edit(self, image: Any, model: str, **kwargs: Any) -> Any:
        """Have a model group change an image."""
        return self._run(IMAGE_EDIT, model, {"image": image, **kwargs})

    async def aimage_edit(self, image: Any, model: str, **kwargs: Any) -> Any:
        """As `image_edit`."""
        return await self._run_async(IMAGE_EDIT, model, {"image": image, **kwargs})

    def transcription(self, file: Any, model: str, **kwargs: Any) -> Any:
        """Have a model group write down what is said."""
        return self._run(TRANSCRIPTION, model, {"file": file, **kwargs})

    async def atranscription(self, file: Any, model: str, **kwargs: Any) -> Any:
        """As `transcription`."""
        return await self._run_async(TRANSCRIPTION, model, {"file": file, **kwargs})

    def speech(self, model: str, input: str, voice: str | None = None, **kwargs: Any) -> Any:
        """Have a model group speak a text."""
        return self._run(SPEECH, model, {"input": input, "voice": voice, **kwargs})

    async def aspeech(self, model: str, input: str, voice: str | None = None, **kwargs: Any) -> Any:
        """As `speech`."""
        return await self._run_async(SPEECH, model, {"input": input, "voice": voice, **kwargs})

    # Others.

    def rerank(self, model: str, **kwargs: Any) -> Any:
        """Have a model group sort documents."""
        return self._run(RERANK, model, kwargs)

    async def arerank(self, model: str, **kwargs: Any) -> Any:
        """As `rerank`."""
        return await self._run_async(RERANK, model, kwargs)

    def moderation(self, model: str, input: Any, **kwargs: Any) -> Any:
        """Have a model group judge a text."""
        return self._run(MODERATION, model, {"input": input, **kwargs})

    async def amoderation(self, model: str, input: Any, **kwargs: Any) -> Any:
        """As `moderation`."""
        return await self._run_async(MODERATION, model, {"input": input, **kwargs})

    def responses(self, model: str, input: Any = None, **kwargs: Any) -> Any:
        """Ask a model group for a response, in the vocabulary of OpenAI's Responses."""
        return self._run(RESPONSES, model, {"input": input, **kwargs})

    async def aresponses(self, model: str, input: Any = None, **kwargs: Any) -> Any:
        """As `responses`."""
        return await self._run_async(RESPONSES, model, {"input": input, **kwargs})

    async def aanthropic_messages(self, model: str, **kwargs: Any) -> Any:
        """Ask a model group for a message, in Anthropic's vocabulary."""
        return await self._run_async(ANTHROPIC, model, kwargs)

    anthropic_messages = aanthropic_messages

    # Any function, with everything the Router does around a call.

    def function_with_fallbacks(self, *args: Any, **kwargs: Any) -> Any:
        """Call ``original_function`` with the arguments of a deployment of the group ``model``.

        One of the Router's own (``router._completion``) chooses its deployment itself.
        """
        function, model = kwargs.pop("original_function"), kwargs.pop("model")
        name = self._repeated_name(function)
        if name is not None:
            return getattr(self, name)(*args, model=model, **kwargs)
        return self._run(Operation("completion", function=function), model, kwargs)

    function_with_retries = function_with_fallbacks

    async def async_function_with_fallbacks(self, *args: Any, **kwargs: Any) -> Any:
        """As `function_with_fallbacks`, for a coroutine function."""
        function, model = kwargs.pop("original_function"), kwargs.pop("model")
        name = self._repeated_name(function)
        if name is not None:
            return await getattr(self, name)(*args, model=model, **kwargs)
        return await self._run_async(Operation("completion", function=function), model, kwargs)

    async_function_with_retries = async_function_with_fallbacks
