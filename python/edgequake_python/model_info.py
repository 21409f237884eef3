"""What is known of a model: `get_model_info`, `get_max_tokens` and the ``supports_...`` questions.

A model that the table does not have works all the same; about it every ``supports_...`` says False, and only
`get_model_info` and `get_max_tokens`, which have nothing to give, raise.
"""

from __future__ import annotations

from . import _given, model_table
from .exceptions import BadRequestError, ModelNotMappedError
from .model_fields import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Capability(Protocol):
        """A question about a model: its name, and the provider's if the name does not tell."""

        def __call__(self, model: str, custom_llm_provider: str | None = None) -> bool:
            """True if it is known to be so."""


def owner(model: str, provider: str | None = None) -> str | None:
    """Whose model a name means: the caller's word, its prefix, or who the table lists it under."""
    if provider:
        return _given.word("custom_llm_provider", provider)
    head, slash, _ = _given.word("model", model).partition("/")
    if slash and head in model_table.providers():
        return head
    entry = model_table.table().get(model)
    if entry is None and model.startswith("ft:"):
        entry = model_table.table().get(":".join(model.split(":")[:2]))
    return model_table.provider_of(entry) if entry else None


def _known(model: str, provider: str | None) -> tuple[str, str | None, dict[str, Any]] | None:
    provider = owner(model, provider)
    found = model_table.find(model, provider)
    return None if found is None else (found[0], provider, found[1])


def get_model_info(
    model: str,
    custom_llm_provider: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
) -> dict[str, Any]:
    """Prices in USD, limits in tokens and capabilities of a model; no network is asked.

    Args:
        model: with or without its provider's prefix.
        custom_llm_provider: whose model it is, when its name does not say.
        api_base: not used.
        api_key: not used.

    Returns:
        A new dict with ``key`` (the table's name), everything the table says, and None for what it does not.

    Raises:
        ModelNotMappedError: when the table does not have the model.
    """
    found = _known(model, custom_llm_provider)
    if found is None:
        raise ModelNotMappedError(
            f"This model isn't mapped yet. model={model}, custom_llm_provider={custom_llm_provider}. "
            "register_model() can tell what it costs, holds and can do."
        )
    name, provider, facts = found
    # Programs multiply by these two; a price that the table does not have is nothing there.
    rates = {"input_cost_per_token": 0, "output_cost_per_token": 0}
    info: dict[str, Any] = {"key": name, **dict.fromkeys(FIELDS), **rates, **facts}
    info["supported_openai_params"] = _supported_params(model, provider)
    return info


def _supported_params(model: str, provider: str | None) -> list[str] | None:
    from importlib import import_module

    # The registry knows; it is asked late, because it in turn may ask about models.
    ask = getattr(import_module(__package__), "get_supported_openai_params", None)
    if ask is None:
        return None
    try:
        params: list[str] | None = ask(model, provider)
    except Exception:
        return None
    return params


def get_max_tokens(model: str) -> int | None:
    """How many tokens a model's answer may have.

    Raises:
        ModelNotMappedError: when the table does not have the model.
    """
    facts = get_model_info(model)
    limit: int | None = facts["max_output_tokens"]
    return limit if limit is not None else facts["max_tokens"]


def _supports(model: str, provider: str | None, *keys: str) -> bool:
    try:
        found = _known(model, provider)
    except BadRequestError:
        # No name, so nobody's.
        return False
    return found is not None and any(found[2].get(key) is True for key in keys)


def _question(name: str, what: str, *keys: str) -> Capability:
    def ask(model: str, custom_llm_provider: str | None = None) -> bool:
        return _supports(model, custom_llm_provider, *(keys or (name,)))

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"Whether a model {what}; False for a model that is not known. Never raises."
    return ask


supports_function_calling: Capability = _question("supports_function_calling", "can call tools")
supports_parallel_function_calling: Capability = _question(
    "supports_parallel_function_calling", "can call several tools at once"
)
supports_tool_choice: Capability = _question("supports_tool_choice", "can be told which tool to call")
supports_vision: Capability = _question("supports_vision", "can see images")
supports_response_schema: Capability = _question("supports_response_schema", "can answer by a JSON schema")
supports_native_structured_output: Capability = _question(
    "supports_native_structured_output", "has structured outputs of its own"
)
supports_reasoning: Capability = _question("supports_reasoning", "can think before it answers")
supports_none_reasoning_effort: Capability = _question(
    "supports_none_reasoning_effort", "can be told not to think"
)
supports_web_search: Capability = _question("supports_web_search", "can search the web")
supports_url_context: Capability = _question(
    "supports_url_context", "can read pages whose addresses it is given"
)
supports_audio_input: Capability = _question("supports_audio_input", "can hear")
supports_audio_output: Capability = _question("supports_audio_output", "can speak")
supports_video_input: Capability = _question("supports_video_input", "can see videos")
supports_pdf_input: Capability = _question("supports_pdf_input", "can read PDF files")
supports_prompt_caching: Capability = _question("supports_prompt_caching", "has a cache for prompts")
supports_computer_use: Capability = _question("supports_computer_use", "can operate a computer")
supports_assistant_prefill: Capability = _question(
    "supports_assistant_prefill", "goes on from a begun answer"
)
supports_system_messages: Capability = _question("supports_system_messages", "takes system messages")
supports_embedding_image_input: Capability = _question("supports_embedding_image_input", "can embed images")


def supports_native_streaming(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model streams; True unless the table says otherwise."""
    found = _known(model, custom_llm_provider)
    return found is None or found[2].get("supports_native_streaming") is not False


def supports_httpx_timeout(custom_llm_provider: str) -> bool:
    """Whether a provider takes detailed time limits: every one does here."""
    return True


def get_supported_regions(model: str, custom_llm_provider: str | None = None) -> list[str] | None:
    """Where a model is offered, or None when that is not known."""
    found = _known(model, custom_llm_provider)
    regions: list[str] | None = None if found is None else found[2].get("supported_regions")
    return regions
