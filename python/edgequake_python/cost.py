"""What a call costs, in USD: `completion_cost`, `cost_per_token`, and the cost that responses carry.

Prices come from the table of models (`model_table`), from the call itself (custom prices), or from a provider
that says what it charged, which always wins. A model of unknown price costs None, never 0.
"""

from __future__ import annotations

from decimal import Decimal

from . import _given, model_table, pricing, tool_fees
from .exceptions import BadRequestError
from .pricing import NOTHING, Rates, counted, decimal, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

#: xAI counts its charges in ten-billionths of a dollar.
_TICKS = Decimal(10**10)


class Priced:
    """One call, as far as its price depends on it."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        usage: Any = None,
        *,
        provider: str | None = None,
        tier: str | None = None,
        at: Any = None,
        places: tuple[str | None, str | None] = (None, None),
    ) -> None:
        self.facts = facts
        self._places = places
        self.usage: Any = usage if usage is not None else {}
        self.rates: Rates = Rates(facts, counted(self.usage, "prompt_tokens"), tier, provider, at)

    def by_tokens(self) -> tuple[Decimal, Decimal]:
        """USD for the prompt and for the answer."""
        prompt, answer = pricing.tokens(self.rates, self.usage, self.facts)
        factor = self._by_place()
        return prompt * factor, answer * factor

    def _by_place(self) -> Decimal:
        """What processing in one region (data residency) or at a region's endpoint makes of a price."""
        residency, location = self._places
        factor = Decimal(1)
        if residency:
            key = f"regional_processing_uplift_multiplier_{residency.lower()}"
            factor *= decimal(self.facts.get(key)) or 1
        if location and location.lower() != "global":
            factor *= decimal(self.facts.get("regional_endpoint_uplift_multiplier")) or 1
        return factor


def cost_per_token(
    model: str = "",
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    response_time_ms: float | None = 0.0,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    prompt_characters: int | None = None,
    completion_characters: int | None = None,
    cache_creation_input_tokens: int | None = 0,
    cache_read_input_tokens: int | None = 0,
    custom_cost_per_token: Mapping[str, Any] | None = None,
    custom_cost_per_second: float | None = None,
    number_of_queries: int | None = None,
    usage_object: Any = None,
    rerank_billed_units: Mapping[str, Any] | None = None,
    call_type: str = "completion",
    audio_transcription_file_duration: float = 0.0,
    service_tier: str | None = None,
    data_residency: str | None = None,
    vertex_location: str | None = None,
    response: Any = None,
    request_model: str | None = None,
    **kwargs: Any,
) -> tuple[float, float]:
    """USD for the prompt and for the answer of one call.

    Args:
        model: with or without its provider's prefix.
        prompt_tokens: tokens of the prompt, cached and cache-written ones among them (OpenAI's meaning).
        completion_tokens: tokens of the answer, reasoning among them.
        response_time_ms: how long the call took, for models priced by the second.
        custom_llm_provider: whose model it is, when its name does not say.
        region_name: where it runs.
        prompt_characters: characters of the input, for models priced by them.
        completion_characters: characters of the answer, likewise.
        cache_creation_input_tokens: of the prompt's tokens, those that were put into the cache.
        cache_read_input_tokens: of the prompt's tokens, those that came out of the cache.
        custom_cost_per_token: ``input_cost_per_token`` and ``output_cost_per_token`` that count instead.
        custom_cost_per_second: USD a second that count instead.
        number_of_queries: searches, for rerankers and searches priced by the query.
        usage_object: a `Usage`; wins over the counts above.
        rerank_billed_units: what a reranker billed: ``search_units``, ``total_tokens``.
        call_type: LiteLLM's name of the operation: ``completion``, ``embedding``, ``rerank``, ``speech``,
            ``transcription``, ``retrieve_batch``, ...
        audio_transcription_file_duration: seconds of audio.
        service_tier: ``flex``, ``priority``, ...
        data_residency: ``eu``, ``us``: where OpenAI must process, which costs more.
        vertex_location: the region whose endpoint Google is asked at, which costs more than ``global``.
        response: not used.
        request_model: not used.
        **kwargs: LiteLLM's other arguments; not used.

    Raises:
        NotFoundError: for a model whose price is unknown.
    """
    usage = usage_object
    for name, value in (
        ("prompt_tokens", prompt_tokens),
        ("completion_tokens", completion_tokens),
        ("cache_creation_input_tokens", cache_creation_input_tokens),
        ("cache_read_input_tokens", cache_read_input_tokens),
    ):
        if value is not None:
            _given.number(name, value)
    if custom_cost_per_token is not None:
        custom_cost_per_token = _given.mapping("custom_cost_per_token", custom_cost_per_token)
    if usage is None:
        usage = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "cache_creation_input_tokens": cache_creation_input_tokens,
            "cache_read_input_tokens": cache_read_input_tokens,
        }
    if custom_cost_per_second is not None:
        return 0.0, float(_seconds(response_time_ms) * (decimal(custom_cost_per_second) or NOTHING))
    if custom_cost_per_token is not None:
        prompt, answer = Priced(custom_cost_per_token, usage).by_tokens()
        return float(prompt), float(answer)
    kind = getattr(call_type, "value", call_type)
    provider, facts = _facts(model, custom_llm_provider, region_name)
    prompt, answer = _by_kind(
        Priced(
            facts,
            usage,
            provider=provider,
            tier="batches" if "batch" in kind else service_tier,
            places=(data_residency, vertex_location),
        ),
        kind,
        characters=prompt_characters,
        seconds=decimal(audio_transcription_file_duration) or NOTHING,
        elapsed=_seconds(response_time_ms),
        queries=number_of_queries or counted(rerank_billed_units, "search_units"),
        answered=completion_characters,
    )
    return float(prompt), float(answer)


def _seconds(milliseconds: float | None) -> Decimal:
    return (decimal(milliseconds) or NOTHING) / 1000


def _facts(model: str, provider: str | None, region: str | None = None) -> tuple[str | None, dict[str, Any]]:
    """A model's provider and what the table says of it."""
    from .exceptions import NotFoundError
    from .model_info import owner

    provider = owner(model, provider)
    found = model_table.find(model, provider, region)
    if found is None:
        from .size_classes import find_by_size

        found = find_by_size(model, provider)
    if found is None:
        raise NotFoundError(
            message=f"the price of {model!r} is not known; register_model() can tell it",
            model=model,
            llm_provider=provider or "",
        )
    return provider, found[1]


def _by_kind(
    call: Priced,
    kind: str,
    *,
    characters: int | None,
    seconds: Decimal,
    elapsed: Decimal,
    queries: int,
    answered: int | None = None,
) -> tuple[Decimal, Decimal]:
    facts, rates = call.facts, call.rates
    if "rerank" in kind:
        by_query = rates.get("input_cost_per_query")
        if by_query is not None:
            return max(queries, 1) * by_query, NOTHING
        return call.by_tokens()
    if "transcription" in kind:
        if counted(call.usage, "prompt_tokens") and rates.get("input_cost_per_token"):
            return call.by_tokens()
        # Some price lists have 0 for what is heard, and the price at what is written.
        per_second = rates.get("input_cost_per_second") or rates.get("output_cost_per_second") or NOTHING
        return seconds * per_second, NOTHING
    if characters is not None and rates.get("input_cost_per_character") is not None:
        answer = (answered or 0) * (rates.get("output_cost_per_character") or NOTHING)
        return characters * (rates.get("input_cost_per_character") or NOTHING), answer
    prices_tokens = any(
        key in facts for key in ("input_cost_per_token", "tiered_pricing", "output_cost_per_token")
    )
    if not prices_tokens and ("input_cost_per_second" in facts or "output_cost_per_second" in facts):
        answer = elapsed * (rates.get("output_cost_per_second") or NOTHING)
        return elapsed * (rates.get("input_cost_per_second") or NOTHING), answer
    prompt, answer = call.by_tokens()
    return prompt + (rates.get("input_cost_per_request") or NOTHING), answer


def completion_cost(
    completion_response: Any = None,
    model: str | None = None,
    prompt: str = "",
    messages: Sequence[Any] = (),
    completion: str = "",
    total_time: float | None = 0.0,
    call_type: str | None = None,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    n: int | None = None,
    custom_cost_per_token: Mapping[str, Any] | None = None,
    custom_cost_per_second: float | None = None,
    optional_params: Mapping[str, Any] | None = None,
    custom_pricing: bool | None = None,
    base_model: str | None = None,
    standard_built_in_tools_params: Any = None,
    litellm_model_name: str | None = None,
    router_model_id: str | None = None,
    litellm_logging_obj: Any = None,
    service_tier: str | None = None,
    data_residency: str | None = None,
    vertex_location: str | None = None,
    **kwargs: Any,
) -> float:
    """What a call cost, in USD, from its response, or what one would cost, from its texts.

    Args:
        completion_response: any response of this package (chat, text, embedding, image, transcription,
            rerank, responses), or its dict.
        model: the model asked for; needed when the response does not name one.
        prompt: the input as a text (without a response; counted here).
        messages: the input as messages (likewise).
        completion: the answer's text (likewise).
        total_time: milliseconds, for models priced by the second.
        call_type: LiteLLM's name of the operation, when the response does not tell.
        custom_llm_provider: whose model it is, when neither name nor response says.
        region_name: where the model runs.
        size: of images: ``1024x1024``.
        quality: of images: ``hd``, ``low``, ...
        n: number of images.
        custom_cost_per_token: prices that count instead of the table's.
        custom_cost_per_second: likewise.
        optional_params: the call's parameters; ``service_tier`` and the image's ones are looked at.
        custom_pricing: whether ``router_model_id`` has prices of its own in the table.
        base_model: the model whose prices count, where a deployment's name says nothing.
        standard_built_in_tools_params: the size of searches' contexts, under ``web_search_options``; how many
            there were is counted from the response.
        litellm_model_name: as ``model``.
        router_model_id: the id of the Router's deployment that answered.
        litellm_logging_obj: not used.
        service_tier: asked for; what the response says wins.
        data_residency: as for `cost_per_token`.
        vertex_location: as for `cost_per_token`.
        **kwargs: LiteLLM's other arguments; not used.

    Raises:
        BadRequestError: when no model is named.
        NotFoundError: for a model whose price is unknown.
    """
    from .cost_adjustments import adjusted, with_margin
    from .response_cost import Answer

    answer = Answer(completion_response, optional_params or {})
    provider = custom_llm_provider or answer.provider or _named_provider(model)
    given = decimal(charged(completion_response))
    if given is not None:
        return float(with_margin(given, provider))
    names = [base_model, answer.model, model, litellm_model_name, *answer.requested]
    if custom_pricing and router_model_id:
        names.insert(0, router_model_id)
    names = [_given.word("model", name) for name in names if name]
    if not names:
        raise BadRequestError(
            message="completion_cost needs a model, or a response that names one", model="", llm_provider=""
        )
    kind = getattr(call_type, "value", call_type) or answer.kind
    if completion_response is None:
        from .tokens import count_call

        answer.usage = count_call(str(names[0]), prompt, messages, completion)
    if custom_cost_per_token is not None or custom_cost_per_second is not None:
        prompt_usd, answer_usd = cost_per_token(
            usage_object=answer.usage or {},
            response_time_ms=total_time or answer.milliseconds,
            custom_cost_per_token=custom_cost_per_token,
            custom_cost_per_second=custom_cost_per_second,
        )
        return float(adjusted(Decimal(str(prompt_usd + answer_usd)), provider))
    if answer.is_image(kind):
        images = n if n is not None else answer.images
        from .image_cost import image_cost

        usd = image_cost(names, provider, answer, size or answer.size, quality or answer.quality, images)
        return float(adjusted(usd, provider))
    provider, facts = first_known(names, provider, region_name)
    tier = "batches" if "batch" in kind else answer.tier or service_tier
    places = data_residency, vertex_location
    call = Priced(facts, answer.usage, provider=provider, tier=tier, places=places)
    sums = _by_kind(
        call,
        kind,
        characters=len(prompt) if "speech" in kind else None,
        seconds=answer.audio_seconds,
        elapsed=_seconds(total_time or answer.milliseconds),
        queries=answer.search_units,
    )
    looked = tool_fees.asked_size(standard_built_in_tools_params, optional_params)
    fees = tool_fees.searches(facts, answer.usage, completion_response, looked)
    fees += tool_fees.places(facts, answer.usage)
    return float(adjusted(sums[0] + sums[1] + fees, provider))


def _named_provider(model: Any) -> str | None:
    """Whose model it is by its name, where the response does not say."""
    name, found, _ = (model if isinstance(model, str) else "").partition("/")
    return name if found and name in model_table.providers() else None


def first_known(
    names: Sequence[Any], provider: str | None, region: str | None
) -> tuple[str | None, dict[str, Any]]:
    """The provider and the facts of the first of these models that the table has."""
    from .exceptions import NotFoundError

    failure: Exception | None = None
    for name in names:
        try:
            return _facts(name, provider, region)
        except NotFoundError as error:
            failure = failure or error
    raise failure or ValueError("no names")


def charged(response: Any) -> Any:
    """What the provider says it charged for a response, in USD; None where it does not say."""
    usage = part(response, "usage")
    cost = part(usage, "cost")
    if isinstance(cost, dict):
        cost = cost.get("total_cost")
    if cost is not None and not isinstance(cost, bool):
        return cost
    ticks = part(usage, "cost_in_usd_ticks")
    if isinstance(ticks, int) and not isinstance(ticks, bool) and ticks >= 0:
        return ticks / _TICKS
    return None
