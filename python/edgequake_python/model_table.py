"""The table of models: what they cost, hold and can do.

It is data of the package, built from published facts by ``scripts/model_table.py``, read when first needed
(about 30 ms) and never fetched unless `refresh_model_cost` is called. ``edgequake_python.model_cost`` is an
ordinary dict of ordinary dicts: programs may read it, change it and replace it, and the next look-up sees
that.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Entry = dict[str, Any]

_package = sys.modules[__package__].__dict__


def load() -> dict[str, Entry]:
    """A new copy of the table that came with the package."""
    import gzip
    import json
    from importlib.resources import files

    packed = files(__package__).joinpath("data", "models.json.gz").read_bytes()
    table: dict[str, Entry] = json.loads(gzip.decompress(packed))
    return table


def table() -> dict[str, Entry]:
    """The table in force: the package's attribute ``model_cost``."""
    current: dict[str, Entry] | None = _package.get("model_cost")
    if current is None:
        # setdefault: of two threads that come here at once, both must end up with the same dict.
        current = _package.setdefault("model_cost", load())
    return current


#: Families of providers whose models the table lists under another name than the one they are called by.
_RELATED = {
    "bedrock": ("bedrock", "bedrock_converse"),
    "cohere": ("cohere", "cohere_chat"),
    "cohere_chat": ("cohere_chat", "cohere"),
    "ollama_chat": ("ollama", "ollama_chat"),
    "openai": ("openai", "text-completion-openai", "chatgpt"),
    "text-completion-openai": ("text-completion-openai", "openai"),
    "azure": ("azure", "azure_text"),
    "azure_ai": ("azure_ai", "azure"),
    "vertex_ai_beta": ("vertex_ai",),
    "codestral": ("codestral", "text-completion-codestral"),
    "ai21_chat": ("ai21_chat", "ai21"),
}


def _invalidate_model_cost_lowercase_map() -> None:
    """LiteLLM's, for programs that change the table: there is no copy of it here that would grow old."""


def serves(listed: str, provider: str) -> bool:
    """Whether an entry that the table lists under ``listed`` is one of ``provider``'s models."""
    names = _RELATED.get(provider, (provider,))
    # `vertex_ai-language-models`, `fireworks_ai-embedding-models`: a provider and a kind.
    return listed in names or any(listed.startswith(f"{name}-") for name in names)


def provider_of(entry: Entry) -> str | None:
    """The provider by whose prefix an entry's model is called."""
    listed: str | None = entry.get("litellm_provider")
    if listed is None:
        return None
    for name in ("vertex_ai", "fireworks_ai"):
        if listed.startswith(f"{name}-"):
            return name
    return "bedrock" if listed == "bedrock_converse" else listed


def providers() -> frozenset[str]:
    """Names that are a provider when they stand before a slash."""
    global _providers
    if _providers is None:
        found = {provider_of(entry) for entry in table().values()}
        _providers = frozenset(name for name in found if name)
    return _providers


_providers: frozenset[str] | None = None


def find(model: str, provider: str | None = None, region: str | None = None) -> tuple[str, Entry] | None:
    """The table's name and facts of a model, or None when it has none.

    Args:
        model: with or without its provider's prefix.
        provider: whose model it is; an entry of another provider is never taken for it.
        region: where it runs, for prices that depend on that.
    """
    models = table()
    for name in _names(model, provider, region):
        entry = models.get(name)
        if entry is None:
            continue
        listed = entry.get("litellm_provider") or ""
        if provider is None or serves(listed, provider) or name.startswith(f"{provider}/"):
            return name, entry
    return None


def _names(model: str, provider: str | None, region: str | None) -> Iterator[str]:
    bare = model
    if provider is not None:
        prefix = f"{provider}/"
        while bare.startswith(prefix):
            bare = bare[len(prefix) :]
        if region:
            yield f"{provider}/{region}/{bare}"
        if model.startswith(prefix):
            # `perplexity/perplexity/sonar` is another one than `perplexity/sonar`.
            yield model
        yield prefix + bare
        if provider == "vertex_ai_beta":
            yield f"vertex_ai/{bare}"
        if provider in ("ollama_chat", "cohere_chat"):
            yield f"{provider[: -len('_chat')]}/{bare}"
    yield model
    if bare != model:
        yield bare
    if provider is None and "/" in model:
        yield model.split("/", 1)[1]
    if provider == "bedrock":
        yield from _bedrock_names(bare)
    if provider == "azure_ai":
        yield f"azure/{bare}"
    if provider == "azure" and not bare.startswith(("eu/", "us/", "global/")):
        yield f"azure/global/{bare}"
    if bare.startswith("ft:"):
        # A fine-tune is priced by its base: ft:gpt-4o-2024-08-06:org::id.
        yield ":".join(bare.split(":")[:2])


def _bedrock_names(model: str) -> Iterator[str]:
    """Without the route and the region: ``converse/us.anthropic.claude...`` is ``anthropic.claude...``."""
    head, _, rest = model.partition("/")
    if rest and (head in ("converse", "invoke", "converse_like") or head.count("-") == 2):
        yield rest
        yield from _bedrock_names(rest)
        return
    geography, _, name = model.partition(".")
    if geography in ("us", "eu", "apac", "au", "jp", "global", "us-gov", "ca", "sa"):
        yield name


def refresh_model_cost(source: str) -> dict[str, Entry]:
    """Replace the table by another of the same form; the only way in which prices come over a network.

    Args:
        source: an ``https://`` address, or a file's path, of JSON: model names and their facts.

    Returns:
        The new table, which is ``edgequake_python.model_cost`` from now on.

    Raises:
        ValueError: when there is no such table; the one in force stays.
    """
    new = read(source)
    _package["model_cost"] = new
    _forget_sets()
    return new


def read(source: str) -> dict[str, Entry]:
    """A table from an address or a file."""
    import json

    if source.startswith(("http://", "https://")):
        from urllib.request import urlopen

        with urlopen(source, timeout=30) as answer:
            text = answer.read()
    else:
        from pathlib import Path

        text = Path(source).read_bytes()
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{source} is not JSON: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
        raise ValueError(f"{source} is not a table of models")
    return {name: entry for name, entry in found.items() if name != "sample_spec"}


#: LiteLLM's sets of model names: the attribute's name, the table's provider, and the kind of model (None:
#: any).
SETS: dict[str, tuple[str, str | None]] = {
    "open_ai_chat_completion_models": ("openai", "chat"),
    "open_ai_text_completion_models": ("text-completion-openai", None),
    "open_ai_embedding_models": ("openai", "embedding"),
    "anthropic_models": ("anthropic", None),
    "cohere_models": ("cohere", None),
    "cohere_chat_models": ("cohere_chat", None),
    "mistral_chat_models": ("mistral", "chat"),
    "openrouter_models": ("openrouter", None),
    "vertex_chat_models": ("vertex_ai-chat-models", None),
    "vertex_language_models": ("vertex_ai-language-models", None),
    "vertex_text_models": ("vertex_ai-text-models", None),
    "vertex_anthropic_models": ("vertex_ai-anthropic_models", None),
    "vertex_mistral_models": ("vertex_ai-mistral_models", None),
    "vertex_llama3_models": ("vertex_ai-llama_models", None),
    "vertex_embedding_models": ("vertex_ai-embedding-models", None),
    "gemini_models": ("gemini", None),
    "bedrock_models": ("bedrock", None),
    "bedrock_converse_models": ("bedrock_converse", None),
    "azure_models": ("azure", None),
    "xai_models": ("xai", None),
    "deepseek_models": ("deepseek", None),
    "groq_models": ("groq", None),
    "perplexity_models": ("perplexity", None),
    "together_ai_models": ("together_ai", None),
    "fireworks_ai_models": ("fireworks_ai", None),
    "deepinfra_models": ("deepinfra", None),
    "cerebras_models": ("cerebras", None),
    "sambanova_models": ("sambanova", None),
    "databricks_models": ("databricks", None),
    "nvidia_nim_models": ("nvidia_nim", None),
    "voyage_models": ("voyage", None),
    "ollama_models": ("ollama", None),
    "codestral_models": ("codestral", None),
    "watsonx_models": ("watsonx", None),
    "replicate_models": ("replicate", None),
    "ai21_models": ("ai21", None),
    "nebius_models": ("nebius", None),
    "novita_models": ("novita", None),
    "moonshot_models": ("moonshot", None),
    "dashscope_models": ("dashscope", None),
    "zai_models": ("zai", None),
}


def names(attribute: str) -> Any:
    """One of LiteLLM's collections of model names, by its attribute's name."""
    models = table()
    if attribute == "model_list":
        return sorted(models)
    if attribute == "model_list_set":
        return set(models)
    if attribute == "models_by_provider":
        grouped: dict[str, set[str]] = {}
        for name, entry in models.items():
            grouped.setdefault(provider_of(entry) or "", set()).add(name)
        return grouped
    provider, mode = SETS[attribute]
    return {
        name
        for name, entry in models.items()
        if entry.get("litellm_provider") == provider and mode in (None, entry.get("mode"))
    }


def is_collection(attribute: str) -> bool:
    """Whether `names` knows it."""
    return attribute in SETS or attribute in ("model_list", "model_list_set", "models_by_provider")


def _forget_sets() -> None:
    """The collections are made anew at their next use."""
    global _providers
    _providers = None
    for attribute in list(_package):
        if is_collection(attribute):
            del _package[attribute]


def register_model(
    model_cost: dict[str, Entry] | str,
    *,
    persist_across_reloads: bool = True,
    warning_display_name: str | None = None,
    custom_llm_provider: str | None = None,
) -> dict[str, Entry]:
    """Add models to the table, or change what it says of them.

    Args:
        model_cost: facts by model name, or the address or path of a JSON file with them.
        persist_across_reloads: not used; what is registered stays.
        warning_display_name: not used; nothing is printed.
        custom_llm_provider: the provider of entries that do not name theirs.

    Returns:
        What was given.

    Raises:
        ValueError: for something else than facts by name, or a price that is not a number.
    """
    given = read(model_cost) if isinstance(model_cost, str) else model_cost
    from collections.abc import Mapping

    if not isinstance(given, Mapping):
        raise ValueError(f"model_cost is a {type(given).__name__}, not facts by the models' names")
    models = table()
    for name, facts in given.items():
        if not isinstance(name, str):
            raise ValueError(f"model_cost has a key that is not a model's name but a {type(name).__name__}")
        if not isinstance(facts, dict):
            raise ValueError(f"the facts about {name!r} are a {type(facts).__name__}, not a dict")
        for key, value in facts.items():
            if key.endswith("_cost_per_token") and value is not None:
                _price(name, key, value)
        entry = {**models.get(name, {}), **facts}
        if custom_llm_provider and not entry.get("litellm_provider"):
            entry["litellm_provider"] = custom_llm_provider
        models[name] = entry
        _own(name, entry)
    _forget_sets()
    return given


def _own(name: str, entry: Entry) -> None:
    """Let calls know whose a registered model is, where its name does not say."""
    from . import _call, _eq_core

    provider = provider_of(entry)
    if "/" not in name and provider and _eq_core.provider(provider) is not None:
        _call.owners[name] = provider


def _price(name: str, key: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{key} of {name!r} is {value!r}, not a number") from None


def add_known_models(model_cost_map: dict[str, Entry] | None = None) -> None:
    """Make LiteLLM's collections of names follow the table, or the one given."""
    if model_cost_map is not None:
        _package["model_cost"] = model_cost_map
    _forget_sets()
