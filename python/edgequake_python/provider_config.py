"""What a provider can do beside chat, for programs that ask LiteLLM's configuration classes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ResponsesAPIConfig:
    """Says that a provider has the Responses API itself."""

    def __init__(self, provider: str) -> None:
        self.custom_llm_provider = provider

    def get_supported_openai_params(self, model: str) -> list[str]:
        """The parameters of `responses` that may be given: all of OpenAI's."""
        import inspect

        from .responses.main import responses

        names = inspect.signature(responses).parameters
        return [name for name in names if name not in ("kwargs", "custom_llm_provider", "text_format")]


class ProviderConfigManager:
    """LiteLLM's way to ask for a provider's classes; here for the questions that programs ask."""

    @staticmethod
    def get_provider_responses_api_config(
        provider: Any, model: str | None = None
    ) -> ResponsesAPIConfig | None:
        """An object for a provider that has the Responses API itself; None for one that is asked by chat."""
        from .providers import provider_info, providers

        name = str(getattr(provider, "value", provider))
        if name not in providers() or "responses" not in provider_info(name)["operations"]:
            return None
        return ResponsesAPIConfig(name)


def responses_api_bridge_check(
    model: str,
    custom_llm_provider: str,
    web_search_options: Any = None,
    tools: Any = None,
    reasoning_effort: Any = None,
    **kwargs: Any,
) -> tuple[dict[str, Any], str]:
    """Whether `completion` would ask the Responses API for this model: what is known of it, and its name.

    OpenAI's models that have no chat go there, and any called ``openai/responses/NAME``; ``mode`` says which.
    """
    from .model_info import get_model_info

    try:
        info = dict(get_model_info(model, custom_llm_provider))
    except Exception:
        info = {}
    named = model.startswith("responses/")
    if custom_llm_provider == "openai" and (named or info.get("mode") == "responses"):
        return {**info, "mode": "responses"}, model[len("responses/") :] if named else model
    return {**info, "mode": "chat"}, model


#: What three providers need beside a key of the environment, as LiteLLM describes it.
_FIELDS = {
    "databricks": (
        ("api_key", "Databricks API key", "dapi..."),
        ("api_base", "Workspace URL", "https://adb-..."),
    ),
    "ollama": (("base_url", "Ollama's address", "http://127.0.0.1:11434"),),
    "azure_ai": (("api_key", "Azure AI key", "..."), ("api_base", "Endpoint", "https://...")),
}


def get_provider_fields(custom_llm_provider: str) -> list[dict[str, str]]:
    """What must be told of a provider, each a `ProviderField`; none for most."""
    names = ("field_name", "field_description", "field_value")
    return [{"field_type": "string", **dict(zip(names, one))} for one in _FIELDS.get(custom_llm_provider, ())]


def get_api_base(model: str, optional_params: dict[str, Any]) -> str | None:
    """Where a model's calls go, as far as that is known without making one; None when it is not."""
    from .exceptions import BadRequestError
    from .providers import get_llm_provider, provider_info

    given = optional_params.get("api_base") or optional_params.get("base_url")
    if given:
        return str(given)
    try:
        _, provider, _, base = get_llm_provider(model)
        return base or provider_info(provider).get("base_url") or None
    except (BadRequestError, ValueError, KeyError):
        return None


def get_valid_models(
    check_provider_endpoint: bool | None = None,
    custom_llm_provider: str | None = None,
    litellm_params: Any = None,
    api_key: str | None = None,
    api_base: str | None = None,
) -> list[str]:
    """The models of the providers whose keys are at hand, as the price table knows them.

    Args:
        check_provider_endpoint: ask the provider for its list instead; for one that has it, and is named.
        custom_llm_provider: only this provider's models, whether or not its key is at hand.
        litellm_params: a dict or an object with ``api_key`` and ``api_base``.
        api_key: the key, when the provider is asked.
        api_base: its base URL, when the provider is asked.
    """
    from . import main
    from .providers import validate_environment

    known: dict[str, Any] = main.models_by_provider
    if custom_llm_provider is not None:
        chosen = [custom_llm_provider]
    else:
        # A name that stands for all models of the provider: only its key is looked for.
        chosen = [name for name in known if _has_key(name, validate_environment(f"{name}/any"))]
    if check_provider_endpoint and custom_llm_provider is not None:
        return _listed(custom_llm_provider, litellm_params, api_key, api_base)
    return [model for name in chosen for model in sorted(known.get(name, ()))]


def _has_key(provider: str, environment: dict[str, Any]) -> bool:
    import os

    from .providers import provider_info, providers

    if not environment["keys_in_environment"] or provider not in providers():
        return False
    return any(os.environ.get(name) for name in provider_info(provider)["key_env"])


def _listed(provider: str, params: Any, api_key: str | None, api_base: str | None) -> list[str]:
    """What the provider's own list of models has."""
    from . import main

    def given(name: str) -> Any:
        return params.get(name) if isinstance(params, dict) else getattr(params, name, None)

    answer = main.list_models(
        custom_llm_provider=provider,
        api_key=api_key or given("api_key"),
        api_base=api_base or given("api_base"),
    )
    models = answer.get("data") if hasattr(answer, "get") else answer
    return [str(item["id"]) for item in models or ()]
