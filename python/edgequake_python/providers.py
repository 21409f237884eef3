"""Providers: whose a model is, what it takes, which keys it needs, and how to add one.

The registry itself is in the core; nothing here sends anything.
"""

from __future__ import annotations

import os

from . import _call, _eq_core, _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

__all__ = [
    "get_llm_provider",
    "get_supported_openai_params",
    "provider_info",
    "providers",
    "register_provider",
    "unregister_provider",
    "validate_environment",
]

#: Rows in OpenAI's dialect whose key and base LiteLLM leaves to the call.
_LEFT_TO_THE_CALL = ("databricks", "huggingface", "openrouter")
#: Wires of their own whose key and base LiteLLM finds beforehand.
_FOUND_BEFOREHAND = ("mistral", "codestral")
#: What LiteLLM calls the missing variable, where it is not the first the core asks.
_MISSING: Mapping[str, tuple[str, ...]] = {
    "azure": ("AZURE_API_BASE", "AZURE_API_VERSION", "AZURE_API_KEY"),
    "bedrock": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "cloudflare": ("CLOUDFLARE_API_KEY", "CLOUDFLARE_API_BASE"),
    "fireworks_ai": ("FIREWORKS_AI_API_KEY",),
    "gemini": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "huggingface": ("HUGGINGFACE_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "nlp_cloud": ("NLP_CLOUD_API_KEY",),
    "ollama": ("OLLAMA_API_BASE",),
    "ollama_chat": ("OLLAMA_API_BASE",),
    "replicate": ("REPLICATE_API_KEY",),
    "sagemaker": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY",),
    "vertex_ai": ("VERTEXAI_PROJECT", "VERTEXAI_LOCATION"),
}
_TRANSCRIPTION = ["language", "prompt", "response_format", "temperature", "timestamp_granularities"]


def providers() -> list[str]:
    """The names that `provider/model` may begin with, added ones included."""
    return [about["name"] for about in _eq_core.providers()]


def provider_info(name: str) -> dict[str, Any]:
    """What is known about a provider.

    Returns:
        ``name``, ``label``, ``base_url``, ``base_depends`` (on a region or an account), ``key_env`` and
        ``base_env`` (environment variables, the first that is set wins), ``auth`` (``bearer``, the name of a
        header, ``headers`` or ``signed``), ``key_optional``, ``operations``, ``openai_dialect``.

    Raises:
        LiteLLMUnknownProvider: there is no such provider.
    """
    about = _eq_core.provider(name)
    if about is None:
        from .exceptions import LiteLLMUnknownProvider

        raise LiteLLMUnknownProvider(model=None, custom_llm_provider=name)
    return about


def get_llm_provider(
    model: str,
    custom_llm_provider: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
    litellm_params: Any = None,
) -> tuple[str, str, str | None, str | None]:
    """Whose a model is: ``(model without prefix, provider, key, base URL)``.

    An explicit provider wins, then the prefix, then whose host `api_base` is, then what the bare name tells.
    Key and base are those given; for providers in OpenAI's dialect also the ones from the environment and the
    provider's own base. A key is never paired with another provider's host.

    Raises:
        BadRequestError: the name tells no provider ("LLM Provider NOT provided").
    """
    if litellm_params is not None:
        custom_llm_provider = custom_llm_provider or _field(litellm_params, "custom_llm_provider")
        api_base = api_base or _field(litellm_params, "api_base")
        api_key = api_key or _field(litellm_params, "api_key")
    name, bare = _locate(model, custom_llm_provider, api_base)
    if name == "cohere" and _is_cohere_chat(bare):
        name = "cohere_chat"
    about = _eq_core.provider(name)
    if about is None:
        return bare, name, api_key, api_base
    at_home = api_base is None or not _eq_core.is_anothers_host(name, api_base)
    finds_key = (about["openai_dialect"] and name not in _LEFT_TO_THE_CALL) or name in _FOUND_BEFOREHAND
    if finds_key:
        api_base = api_base or _first_set(about["base_env"]) or about["base_url"] or None
        if api_key is None and at_home:
            api_key = _first_set(about["key_env"])
    elif name == "ollama":
        api_base = api_base or _first_set(about["base_env"]) or about["base_url"]
    return bare, name, api_key, api_base


def get_supported_openai_params(
    model: str,
    custom_llm_provider: str | None = None,
    request_type: str = "chat_completion",
    base_model: str | None = None,
) -> list[str] | None:
    """The parameters of OpenAI's vocabulary that a model takes; None when its provider is unknown.

    Args:
        model: the model, with or without the provider's prefix.
        custom_llm_provider: the provider, when the name does not tell.
        request_type: ``chat_completion``, ``embeddings`` or ``transcription``.
        base_model: the model that a deployment's name stands for.
    """
    from .exceptions import BadRequestError

    try:
        name, bare = _eq_core.locate(_given.word("model", model), custom_llm_provider)
    except BadRequestError:
        return None
    about = _eq_core.provider(name)
    if request_type == "transcription":
        speaks = about is not None and (about["openai_dialect"] or name in ("openai", "azure"))
        return list(_TRANSCRIPTION) if speaks else None
    return _eq_core.supported_params(name, base_model or bare, request_type == "embeddings")


def validate_environment(
    model: str | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
) -> dict[str, Any]:
    """Whether the environment holds what a call of `model` needs.

    Returns:
        ``keys_in_environment`` and ``missing_keys``, the names of the variables to set. An unknown model
        needs nothing that is known.
    """
    if model is None:
        return {"keys_in_environment": False, "missing_keys": []}
    from .exceptions import BadRequestError

    try:
        name, _ = _locate(model, None, None)
    except BadRequestError:
        return {"keys_in_environment": True, "missing_keys": []}
    missing = _missing(name)
    if api_key is not None:
        missing = [variable for variable in missing if variable not in provider_info(name)["key_env"]]
    given = {"API_KEY": api_key, "API_BASE": api_base, "API_VERSION": api_version}
    for part, value in given.items():
        if value is not None:
            missing = [variable for variable in missing if part not in variable]
    return {"keys_in_environment": not missing, "missing_keys": missing}


def register_provider(
    name: str,
    *,
    base_url: str | None = None,
    api_key_env: str | Iterable[str] = (),
    base_url_env: str | Iterable[str] = (),
    label: str | None = None,
    api_key_header: str | None = None,
    api_key_optional: bool = False,
    headers: Mapping[str, str] | None = None,
    unsupported_params: Iterable[str] = (),
    renamed_params: Mapping[str, str] | None = None,
    pinned_params: Mapping[str, float] | None = None,
    reasoning_effort: bool | None = None,
    reasoning_field: str | None = None,
    text_content: bool = False,
    developer_role: bool = False,
    cache_control: bool = False,
    prefixes_models: bool = False,
    message_without: Iterable[str] = (),
    tool_without: Iterable[str] = (),
    refused_parts: Iterable[str] = (),
    response_formats: Iterable[str] = (),
    schema_by_tool: bool = False,
    stream_usage: bool = False,
    embeddings: bool = True,
    replace: bool = False,
) -> None:
    """Adds a provider that speaks OpenAI's dialect: ``name/any-model`` works from the next call on.

    It holds for every thread. A name that was added before is replaced; calls under way keep what they
    began with.

    Args:
        name: the prefix of ``name/model``.
        base_url: where its API is; without one every call gives ``api_base``.
        api_key_env: the environment variables that hold its key, the first that is set wins.
        base_url_env: the environment variables that name another base.
        label: how error messages call it.
        api_key_header: a header that takes the key alone, instead of ``Authorization: Bearer KEY``.
        api_key_optional: it answers without a key.
        headers: headers of every request.
        unsupported_params: parameters it does not take; a call with one is refused, or goes without it where
            ``drop_params`` says so.
        renamed_params: parameters it takes under another name, ``{ours: its}``.
        pinned_params: parameters it takes only at one value.
        reasoning_effort: whether it takes `reasoning_effort`; None: all models but those known not to reason.
        reasoning_field: the field of a message in which it says what the model thought.
        text_content: content that is a list of texts is sent as one text.
        developer_role: it knows the role ``developer``, which is ``system`` otherwise.
        cache_control: it knows ``cache_control``, which is left out otherwise.
        prefixes_models: answers name the model as ``name/model``.
        message_without: keys that its messages do not have.
        tool_without: keys that its tools and their schemas do not have.
        refused_parts: types of content parts that it refuses.
        response_formats: types of `response_format` that it knows; empty for all.
        schema_by_tool: its models answer a JSON schema only as the arguments of a tool.
        stream_usage: streams are asked for token counts.
        embeddings: it has embeddings.
        replace: take the place of a built-in provider of that name.

    Raises:
        BadRequestError: what is given is no name, URL, header, variable or parameter, or names a built-in
            provider.
    """
    _eq_core.register_provider(
        {
            "name": name,
            "base_url": base_url,
            "key_env": _texts(api_key_env),
            "base_env": _texts(base_url_env),
            "label": label,
            "key_header": api_key_header,
            "key_optional": api_key_optional,
            "headers": dict(headers or {}),
            "unsupported": _texts(unsupported_params),
            "renamed": dict(renamed_params or {}),
            "pinned": dict(pinned_params or {}),
            "reasoning_effort": reasoning_effort,
            "reasoning_field": reasoning_field,
            "text_content": text_content,
            "developer_role": developer_role,
            "cache_control": cache_control,
            "prefixes_models": prefixes_models,
            "message_without": _texts(message_without),
            "tool_without": _texts(tool_without),
            "refused_parts": _texts(refused_parts),
            "formats": _texts(response_formats),
            "schema_by_tool": schema_by_tool,
            "stream_usage": stream_usage,
            "without_embeddings": not embeddings,
            "replace": replace,
        }
    )


def unregister_provider(name: str) -> bool:
    """Removes a provider that was added, and says whether there was one; a built-in one is back then."""
    return _eq_core.unregister_provider(name)


def _locate(model: str, provider: str | None, base: str | None) -> tuple[str, str]:
    """Provider and model; names that only Python knows, and those no wire speaks, are answered here."""
    prefix, slash, rest = _given.word("model", model).partition("/")
    if base is not None:
        base = _given.word("api_base", base)
    if (
        provider is not None
        and _given.word("custom_llm_provider", provider)
        and _eq_core.provider(provider) is None
    ):
        return provider, rest if prefix == provider and slash else model
    if provider is None:
        provider = _call.owners.get(model)
    if provider is None and slash and (prefix in _custom() or prefix in _eq_core.absent_providers()):
        return prefix, rest
    return _eq_core.locate(model, provider, base)


def _custom() -> list[str]:
    """Providers of the program's own, as `custom_provider_map` lists them."""
    import edgequake_python

    given = getattr(edgequake_python, "custom_provider_map", None) or ()
    return [entry["provider"] for entry in given if isinstance(entry, dict) and "provider" in entry]


def _is_cohere_chat(model: str) -> bool:
    """Whether Cohere's model is one that chats, as its bare name tells."""
    from .exceptions import BadRequestError

    try:
        return _eq_core.locate(model)[0] == "cohere_chat"
    except BadRequestError:
        return False


def _missing(name: str) -> list[str]:
    about = _eq_core.provider(name)
    named = _MISSING.get(name)
    if about is not None:
        if name in ("azure", "vertex_ai", "cloudflare"):
            return [variable for variable in named or () if not _is_known(variable, about)]
        if _first_set(about["key_env"]) or (about["key_optional"] and named is None):
            return []
    wanted = list(named) if named else ([] if about is None else about["key_env"][:1])
    unset = [variable for variable in wanted if not os.environ.get(variable)]
    # Either of two keys will do; of a pair of credentials both are needed.
    alternatives = name == "gemini"
    return [] if alternatives and len(unset) < len(wanted) else unset


def _is_known(variable: str, about: Mapping[str, Any]) -> bool:
    """Whether a variable is set, or another that says the same."""
    same = about["key_env"] if variable.endswith("_KEY") else ()
    return bool(os.environ.get(variable) or _first_set(same))


def _first_set(variables: Iterable[str]) -> str | None:
    return next((value for value in map(os.environ.get, variables) if value), None)


def _texts(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _field(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else getattr(given, name, None)
