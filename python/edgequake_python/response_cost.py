"""What of a response its price depends on, and the cost that a response carries as ``response_cost``."""

from __future__ import annotations

from .pricing import NOTHING, counted, decimal, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any

#: How Gemini's answers name the tier that served them.
_TRAFFIC = {"ON_DEMAND_PRIORITY": "priority", "FLEX": "flex", "ON_DEMAND_FLEX": "flex", "BATCH": "flex"}
_STANDARD = ("auto", "default", "standard")
#: Classes of responses and LiteLLM's names of the operations that give them.
_KINDS = {
    "EmbeddingResponse": "embedding",
    "ImageResponse": "image_generation",
    "TranscriptionResponse": "transcription",
    "RerankResponse": "rerank",
    "TextCompletionResponse": "text_completion",
    "ResponsesAPIResponse": "responses",
    "OpenAIModerationResponse": "moderation",
}


class Answer:
    """The parts of any response, object or dict, that its price depends on."""

    def __init__(self, response: Any, params: Mapping[str, Any]) -> None:
        hidden = getattr(response, "_hidden_params", None)
        self._response = response
        self._params = params
        self._hidden: Mapping[str, Any] = hidden if isinstance(hidden, dict) else {}
        self.usage: Any = _usage(part(response, "usage"))
        billed = counted(self._billed(), "total_tokens")
        if self.usage is None and billed:
            self.usage = {"prompt_tokens": billed, "completion_tokens": 0}

    @property
    def model(self) -> str | None:
        """The model that answered."""
        model = part(self._response, "model")
        return model if isinstance(model, str) and model else None

    @property
    def requested(self) -> tuple[str | None, ...]:
        """The model that was asked for, with its provider, and as programs note it themselves."""
        return self._hidden.get("litellm_model_name"), self._hidden.get("model")

    @property
    def provider(self) -> str | None:
        """Who answered."""
        return self._hidden.get("custom_llm_provider")

    @property
    def kind(self) -> str:
        """LiteLLM's name of the operation."""
        return _KINDS.get(type(self._response).__name__, "completion")

    @property
    def tier(self) -> str | None:
        """The tier of service that answered, where its price is not the standard one."""
        usage = part(self._response, "usage")
        for served in (part(self._response, "service_tier"), part(usage, "service_tier")):
            if isinstance(served, str):
                return None if served.lower() in _STANDARD else served.lower()
        traffic = part(usage, "traffic_type")
        if isinstance(traffic, str):
            return _TRAFFIC.get(traffic.upper())
        asked = self._params.get("service_tier")
        return asked if isinstance(asked, str) and asked.lower() not in _STANDARD else None

    @property
    def milliseconds(self) -> float:
        """How long the call took."""
        elapsed = getattr(self._response, "_response_ms", None)
        return elapsed if isinstance(elapsed, (int, float)) else 0.0

    @property
    def audio_seconds(self) -> Decimal:
        """Seconds of audio that were read."""
        seconds = decimal(part(self._response, "duration")) or decimal(part(self.usage, "seconds"))
        return seconds or decimal(self._hidden.get("audio_transcription_duration")) or NOTHING

    @property
    def search_units(self) -> int:
        """What a reranker billed."""
        return counted(self._billed(), "search_units")

    def _billed(self) -> Any:
        return part(part(self._response, "meta"), "billed_units")

    @property
    def images(self) -> int:
        """Images in the response."""
        return len(part(self._response, "data") or ())

    @property
    def size(self) -> str | None:
        """The images' size."""
        size = part(self._response, "size") or self._params.get("size")
        return size if isinstance(size, str) else None

    @property
    def quality(self) -> str | None:
        """The images' quality."""
        quality = part(self._response, "quality") or self._params.get("quality")
        return quality if isinstance(quality, str) else None

    def is_image(self, kind: str) -> bool:
        """Whether images were made."""
        return "image" in kind


def _usage(usage: Any) -> Any:
    """Counts under the names of chat, whatever endpoint they come from."""
    if usage is None or part(usage, "prompt_tokens") is not None or part(usage, "input_tokens") is None:
        return usage
    return {
        "prompt_tokens": counted(usage, "input_tokens"),
        "completion_tokens": counted(usage, "output_tokens"),
        "prompt_tokens_details": part(usage, "input_tokens_details"),
        "completion_tokens_details": part(usage, "output_tokens_details"),
        "server_tool_use": part(usage, "server_tool_use"),
        "service_tier": part(usage, "service_tier"),
    }


def _whose(hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Whose prices count: a Router's deployment may have its own, or name another model's."""
    prices = hidden.get("prices") or {}
    by_second = [
        prices[name] for name in ("input_cost_per_second", "output_cost_per_second") if name in prices
    ]
    return {
        # A call that brings its own prices is priced by them.
        "custom_cost_per_token": prices if prices and not by_second else None,
        "custom_cost_per_second": sum(by_second) if by_second else None,
        "base_model": hidden.get("base_model"),
        "router_model_id": hidden.get("model_id"),
        "custom_pricing": hidden.get("custom_pricing"),
    }


def of_response(response: Any, hidden: Mapping[str, Any] | None = None) -> float | None:
    """The ``response_cost`` of a response with these ``_hidden_params``: USD, or None where it is unknown."""
    from .cost import completion_cost

    told = _told_by_proxy(hidden) if hidden and hidden.get("custom_llm_provider") == "litellm_proxy" else None
    if told is not None:
        return told
    try:
        private = getattr(response, "__pydantic_private__", None) or {}
        return completion_cost(response, optional_params=private.get("_asked"), **_whose(hidden or {}))
    except Exception:
        # A price is beside the point of a call; one that cannot be told must not break it.
        return None


def _told_by_proxy(hidden: Any) -> float | None:
    """What LiteLLM's proxy says in its headers that a call has cost."""
    headers = part(hidden, "additional_headers")
    cost = decimal(part(headers, "llm_provider-x-litellm-response-cost"))
    return None if cost is None else float(cost)


def of_speech(text: Any, hidden: Mapping[str, Any]) -> float | None:
    """USD for text read aloud by a model that is priced by the character; None for others, whose answers
    do not say what they are billed by.
    """
    from .cost import completion_cost, first_known

    model, provider = hidden.get("litellm_model_name"), hidden.get("custom_llm_provider")
    try:
        if first_known([model], provider, None)[1].get("input_cost_per_character") is None:
            return None
        return completion_cost(
            {"model": model}, prompt=str(text), custom_llm_provider=provider, call_type="speech"
        )
    except Exception:
        return None


def of_message(answer: Mapping[str, Any], hidden: Mapping[str, Any]) -> float | None:
    """USD for an answer in Anthropic's shape."""
    usage = answer.get("usage")
    return None if usage is None else of_usage(counts_of_message(usage), hidden)


def counts_of_message(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Anthropic's counts under OpenAI's names too; its ``input_tokens`` leave out what the cache held."""
    written, read = (counted(usage, f"cache_{name}_input_tokens") for name in ("creation", "read"))
    given = counted(usage, "input_tokens") + written + read
    answered = counted(usage, "output_tokens")
    return {
        **usage,
        "prompt_tokens": given,
        "completion_tokens": answered,
        "total_tokens": given + answered,
        "prompt_tokens_details": {"cached_tokens": read, "cache_creation_tokens": written},
    }


def of_usage(usage: Any, hidden: Mapping[str, Any]) -> float | None:
    """USD for counts; ``_hidden_params`` say who counted them. None where the price is not known."""
    from .cost import completion_cost

    counted = {"usage": usage, "model": hidden.get("litellm_model_name")}
    try:
        return completion_cost(
            counted, custom_llm_provider=hidden.get("custom_llm_provider"), **_whose(hidden)
        )
    except Exception:
        return None


def response_cost_calculator(
    response_object: Any,
    model: str,
    custom_llm_provider: str | None = None,
    call_type: str | None = None,
    optional_params: Mapping[str, Any] | None = None,
    cache_hit: bool | None = None,
    base_model: str | None = None,
    custom_pricing: bool | None = None,
    prompt: str = "",
    standard_built_in_tools_params: Any = None,
    litellm_model_name: str | None = None,
    router_model_id: str | None = None,
    litellm_logging_obj: Any = None,
    service_tier: str | None = None,
    data_residency: str | None = None,
    vertex_location: str | None = None,
    region_name: str | None = None,
    **kwargs: Any,
) -> float:
    """What a response cost; 0 when it came from the cache. The arguments are `completion_cost`'s.

    Raises:
        NotFoundError: for a model whose price is unknown.
    """
    if cache_hit:
        return 0.0
    told = _told_by_proxy(getattr(response_object, "_hidden_params", None))
    if told is not None:
        return told
    from .cost import completion_cost

    return completion_cost(
        response_object,
        model=model,
        prompt=prompt,
        custom_llm_provider=custom_llm_provider,
        call_type=call_type,
        optional_params=optional_params,
        base_model=base_model,
        custom_pricing=custom_pricing,
        litellm_model_name=litellm_model_name,
        router_model_id=router_model_id,
        service_tier=service_tier,
        data_residency=data_residency,
        vertex_location=vertex_location,
        region_name=region_name,
    )


def rerank_cost(
    model: str, custom_llm_provider: str | None, billed_units: Mapping[str, Any] | None = None
) -> tuple[float, float]:
    """USD for a reranking by what was billed, and 0 for an answer."""
    from .cost import cost_per_token

    return cost_per_token(
        model,
        custom_llm_provider=custom_llm_provider,
        rerank_billed_units=billed_units,
        prompt_tokens=counted(billed_units, "total_tokens"),
        call_type="rerank",
    )


def transcription_cost(model: str, custom_llm_provider: str | None, duration: float) -> tuple[float, float]:
    """USD for seconds of audio, and 0 for an answer."""
    from .cost import cost_per_token

    return cost_per_token(
        model,
        custom_llm_provider=custom_llm_provider,
        audio_transcription_file_duration=duration,
        call_type="transcription",
    )
