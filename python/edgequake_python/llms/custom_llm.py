"""A provider written in Python.

Subclass `CustomLLM` and put it into ``custom_provider_map``::

    class MyLLM(CustomLLM):
        def completion(self, *, model, messages, model_response, **kwargs): ...


    edgequake_python.custom_provider_map = [{"provider": "my-llm", "custom_handler": MyLLM()}]
    edgequake_python.completion("my-llm/small", messages)

The name before the slash chooses the provider.
"""

# The parameters are LiteLLM's, always given by keyword; a subclass names those it wants and takes **kwargs.
# ruff: noqa: D102 - each method is named after the function it answers

from __future__ import annotations

from .._sdk_errors import CustomLLMError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from ..types import EmbeddingResponse, ImageResponse, ModelResponse

__all__ = ["CustomLLM", "CustomLLMError"]

_NO_HEADERS: dict[str, Any] = {}


class CustomLLM:
    """What answers the calls of one provider. Override what it can do; the rest refuses.

    ``completion`` returns a `ModelResponse` (filling the one it is given in ``model_response`` will do);
    ``streaming`` yields dicts with ``text``, ``is_finished``, ``finish_reason``, ``index``, ``tool_use`` and
    ``usage``, or `ModelResponseStream` objects. A `CustomLLMError` becomes the exception of its status.
    Without ``acompletion``, ``astreaming`` or ``aembedding`` the blocking method is run on a thread.
    """

    def completion(
        self,
        model: str,
        messages: list[Any],
        api_base: str,
        custom_prompt_dict: dict[str, Any],
        model_response: ModelResponse,
        print_verbose: Any,
        encoding: Any,
        api_key: Any,
        logging_obj: Any,
        optional_params: dict[str, Any],
        acompletion: Any = None,
        litellm_params: Any = None,
        logger_fn: Any = None,
        headers: dict[str, Any] = _NO_HEADERS,
        timeout: Any = None,
        client: Any = None,
    ) -> ModelResponse:
        raise _missing("completion")

    def streaming(
        self,
        model: str,
        messages: list[Any],
        api_base: str,
        custom_prompt_dict: dict[str, Any],
        model_response: ModelResponse,
        print_verbose: Any,
        encoding: Any,
        api_key: Any,
        logging_obj: Any,
        optional_params: dict[str, Any],
        acompletion: Any = None,
        litellm_params: Any = None,
        logger_fn: Any = None,
        headers: dict[str, Any] = _NO_HEADERS,
        timeout: Any = None,
        client: Any = None,
    ) -> Iterator[Any]:
        raise _missing("streaming")

    async def acompletion(
        self,
        model: str,
        messages: list[Any],
        api_base: str,
        custom_prompt_dict: dict[str, Any],
        model_response: ModelResponse,
        print_verbose: Any,
        encoding: Any,
        api_key: Any,
        logging_obj: Any,
        optional_params: dict[str, Any],
        acompletion: Any = None,
        litellm_params: Any = None,
        logger_fn: Any = None,
        headers: dict[str, Any] = _NO_HEADERS,
        timeout: Any = None,
        client: Any = None,
    ) -> ModelResponse:
        raise _missing("acompletion")

    def astreaming(
        self,
        model: str,
        messages: list[Any],
        api_base: str,
        custom_prompt_dict: dict[str, Any],
        model_response: ModelResponse,
        print_verbose: Any,
        encoding: Any,
        api_key: Any,
        logging_obj: Any,
        optional_params: dict[str, Any],
        acompletion: Any = None,
        litellm_params: Any = None,
        logger_fn: Any = None,
        headers: dict[str, Any] = _NO_HEADERS,
        timeout: Any = None,
        client: Any = None,
    ) -> AsyncIterator[Any]:
        raise _missing("astreaming")

    def embedding(
        self,
        model: str,
        input: list[Any],
        model_response: EmbeddingResponse,
        print_verbose: Any,
        logging_obj: Any,
        optional_params: Any,
        api_key: str | None = None,
        api_base: str | None = None,
        timeout: Any = None,
        litellm_params: Any = None,
    ) -> EmbeddingResponse:
        raise _missing("embedding")

    async def aembedding(
        self,
        model: str,
        input: list[Any],
        model_response: EmbeddingResponse,
        print_verbose: Any,
        logging_obj: Any,
        optional_params: Any,
        api_key: str | None = None,
        api_base: str | None = None,
        timeout: Any = None,
        litellm_params: Any = None,
    ) -> EmbeddingResponse:
        raise _missing("aembedding")

    def image_generation(
        self,
        model: str,
        prompt: str,
        api_key: str | None,
        api_base: str | None,
        model_response: ImageResponse,
        optional_params: dict[str, Any],
        logging_obj: Any,
        timeout: Any = None,
        client: Any = None,
    ) -> Any:
        raise _missing("image_generation")

    async def aimage_generation(
        self,
        model: str,
        prompt: str,
        model_response: ImageResponse,
        api_key: str | None,
        api_base: str | None,
        optional_params: dict[str, Any],
        logging_obj: Any,
        timeout: Any = None,
        client: Any = None,
    ) -> Any:
        raise _missing("aimage_generation")

    def image_edit(
        self,
        model: str,
        image: Any,
        prompt: str | None,
        model_response: ImageResponse,
        api_key: str | None,
        api_base: str | None,
        optional_params: dict[str, Any],
        logging_obj: Any,
        timeout: Any = None,
        client: Any = None,
    ) -> Any:
        raise _missing("image_edit")

    async def aimage_edit(
        self,
        model: str,
        image: Any,
        prompt: str | None,
        model_response: ImageResponse,
        api_key: str | None,
        api_base: str | None,
        optional_params: dict[str, Any],
        logging_obj: Any,
        timeout: Any = None,
        client: Any = None,
    ) -> Any:
        raise _missing("aimage_edit")


def _missing(name: str) -> CustomLLMError:
    return CustomLLMError(status_code=500, message=f"this custom provider has no {name}")


def custom_chat_llm_router(async_fn: bool, stream: bool | None, custom_llm: CustomLLM) -> Any:
    """The method of ``custom_llm`` for a chat call."""
    if async_fn:
        return custom_llm.astreaming if stream else custom_llm.acompletion
    return custom_llm.streaming if stream else custom_llm.completion
