"""What tools that a provider runs during a call cost beside its tokens: searches of the web and of maps."""

from __future__ import annotations

from .pricing import NOTHING, counted, decimal, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal
    from typing import Any

#: Owners of models that are billed by the grounded prompt, however many searches it took, unless the table
#: says ``per_query``.
_BY_PROMPT = frozenset(("gemini", "vertex_ai", "vertex_ai-language-models"))
#: Owners of models that count no searches in chat, where sources tell of one.
_UNCOUNTED = frozenset(("openai", "azure"))
_SIZES = ("low", "medium", "high")


def searches(facts: Mapping[str, Any], usage: Any, response: Any = None, size: str | None = None) -> Decimal:
    """The fees for web searches, in USD.

    Args:
        facts: what the table says of the model.
        usage: the call's counts.
        response: the answer, which may tell of searches that nobody counts.
        size: how much of what is found is looked at: ``low``, ``medium`` or ``high``.
    """
    fees = facts.get("search_context_cost_per_query")
    if not isinstance(fees, dict):
        return NOTHING
    count = counted(part(usage, "server_tool_use"), "web_search_requests")
    count = count or counted(part(usage, "prompt_tokens_details"), "web_search_requests")
    count = count or sum(_is_search(item) for item in part(response, "output") or () if item is not None)
    owner = facts.get("litellm_provider")
    if not count and owner in _UNCOUNTED:
        count = int(any(kind == "url_citation" for kind in _sources(response)))
    if not count:
        return NOTHING
    # Perplexity looks at little unless it is told; the others take the middle.
    usual = "low" if owner == "perplexity" else "medium"
    order = (size if size in _SIZES else usual, "medium", "low")
    known = (decimal(fees.get(f"search_context_size_{one}")) for one in order)
    return _billed(facts, count) * (next((fee for fee in known if fee), NOTHING))


def places(facts: Mapping[str, Any], usage: Any) -> Decimal:
    """The fees for look-ups of places on a map, in USD."""
    count = counted(part(usage, "prompt_tokens_details"), "google_maps_grounding_requests")
    return _billed(facts, count) * (decimal(facts.get("google_maps_grounding_cost_per_query")) or NOTHING)


def asked_size(*given: Any) -> str | None:
    """How much a search looks at, as the first of these parameters that speaks of it says."""
    for params in given:
        size = part(part(params, "web_search_options"), "search_context_size")
        if isinstance(size, str):
            return size
    return None


def _billed(facts: Mapping[str, Any], count: int) -> int:
    by_prompt = (
        facts.get("litellm_provider") in _BY_PROMPT and facts.get("web_search_billing_unit") != "per_query"
    )
    return min(count, 1) if by_prompt else count


def _is_search(item: Any) -> bool:
    return bool(part(item, "type") == "web_search_call")


def _sources(response: Any) -> Iterator[Any]:
    """The kinds of what a chat's answer points to."""
    for choice in part(response, "choices") or ():
        for source in part(part(choice, "message"), "annotations") or ():
            yield part(source, "type")
