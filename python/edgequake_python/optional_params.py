"""What a provider would be sent for OpenAI's parameters: `get_optional_params`."""

from __future__ import annotations

import json
import sys

from . import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_settings = sys.modules[__package__].__dict__

#: What of a body is not a parameter.
_SUBJECT = (
    "model",
    "messages",
    "contents",
    "input",
    "content",
    "requests",
    "instances",
    "texts",
    "stream",
    "prompt",
)


def get_optional_params(
    model: str,
    functions: Any = None,
    function_call: Any = None,
    temperature: Any = None,
    top_p: Any = None,
    n: Any = None,
    stream: Any = False,
    stream_options: Any = None,
    stop: Any = None,
    max_tokens: Any = None,
    max_completion_tokens: Any = None,
    modalities: Any = None,
    prediction: Any = None,
    audio: Any = None,
    presence_penalty: Any = None,
    frequency_penalty: Any = None,
    logit_bias: Any = None,
    user: Any = None,
    custom_llm_provider: str = "",
    response_format: Any = None,
    seed: Any = None,
    tools: Any = None,
    tool_choice: Any = None,
    max_retries: Any = None,
    logprobs: Any = None,
    top_logprobs: Any = None,
    extra_headers: Any = None,
    api_version: Any = None,
    parallel_tool_calls: Any = None,
    drop_params: Any = None,
    allowed_openai_params: list[str] | None = None,
    reasoning_effort: Any = None,
    verbosity: Any = None,
    additional_drop_params: list[str] | None = None,
    messages: list[Any] | None = None,
    thinking: Any = None,
    web_search_options: Any = None,
    safety_identifier: Any = None,
    store: Any = None,
    prompt_cache_key: Any = None,
    base_model: Any = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """The parameters as the provider has them: the body of the request without its model and messages.

    Nothing is sent and no key is needed. The parameters are `completion`'s.

    Raises:
        UnsupportedParamsError: for a parameter that the model does not take, unless ``drop_params`` is set.
        BadRequestError: for bad input, or a model whose provider is not known.
    """
    arguments = dict(locals())
    arguments.update(arguments.pop("kwargs"))
    arguments["custom_llm_provider"] = custom_llm_provider or None
    arguments["messages"] = messages or [{"role": "user", "content": "?"}]
    del arguments["base_model"]
    return _of("chat", arguments, bool(stream))


def get_optional_params_embeddings(
    model: str,
    user: str | None = None,
    encoding_format: str | None = None,
    dimensions: int | None = None,
    custom_llm_provider: str = "",
    drop_params: bool | None = None,
    additional_drop_params: list[str] | None = None,
    allowed_openai_params: list[str] | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """As `get_optional_params`, for `embedding`."""
    arguments = dict(locals())
    arguments.update(arguments.pop("kwargs"))
    arguments["custom_llm_provider"] = custom_llm_provider or None
    arguments["input"] = ["?"]
    return _of("embed", arguments, False)


def get_optional_params_image_gen(
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    imageConfig: Any = None,
    custom_llm_provider: str | None = None,
    additional_drop_params: list[str] | None = None,
    provider_config: Any = None,
    drop_params: bool | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """As `get_optional_params`, for `image_generation`."""
    from .images.main import image_generation

    arguments = {**locals(), "prompt": "?", "model": model or "dall-e-2"}
    del arguments["provider_config"], arguments["image_generation"]
    arguments.update(arguments.pop("kwargs"))
    shown: Any = image_generation(**arguments, api_key="-", dry_run=True)
    return _without_subject(shown.json)


def _of(operation: str, arguments: dict[str, Any], streamed: bool) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(_eq_core.examine(operation, arguments, _settings, streamed)[3])
    return _without_subject(body)


def _without_subject(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _SUBJECT}
