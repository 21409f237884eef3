"""What tokens cost: a model's rates and a call's counts, multiplied exactly.

Rates are USD per token as the table writes them, so all arithmetic is decimal and a result is what somebody
with a pencil gets. Counts follow OpenAI's meaning whatever the provider's: cached and cache-written tokens
are part of the prompt, reasoning is part of the completion, and nothing is counted twice.
"""

from __future__ import annotations

import re
from decimal import Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

NOTHING = Decimal(0)

#: What the tiers of service are called in the table's keys; tiers that are not here cost the standard rate.
_TIERS = {
    "flex": "flex",
    "priority": "priority",
    "fast": "priority",
    "balanced": "balanced",
    "ultrafast": "ultrafast",
    "batch": "batches",
    "batches": "batches",
}
_THRESHOLD = re.compile(r"_above_(\d+)(k?)_tokens")
#: xAI charges the higher rate at the threshold itself, everyone else above it.
_INCLUSIVE = frozenset({"xai"})
#: Providers that publish no price of cached tokens but a share of the input's.
_CACHE_SHARE = {"fireworks_ai": Decimal("0.5")}


def decimal(value: Any) -> Decimal | None:
    """A price as it is written: ``3e-06`` is 0.000003, not the nearest binary fraction."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def counted(value: Any, name: str) -> int:
    """A count of an object or a dict; what is not there counts nothing."""
    found = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return 0
    try:
        return max(int(found), 0)
    except (ValueError, OverflowError):
        # Neither NaN nor infinity is a count.
        return 0


def part(value: Any, name: str) -> Any:
    """A member of an object or a dict, or None."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


class Rates:
    """A model's rates for one call: its size, its tier of service and its time choose among them."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        prompt_tokens: int = 0,
        tier: str | None = None,
        provider: str | None = None,
        at: datetime | None = None,
    ) -> None:
        self._facts = facts
        self._tier = _TIERS.get((tier or "").lower())
        self._crossed = self._thresholds(prompt_tokens, provider in _INCLUSIVE)
        self._step = _step(facts.get("tiered_pricing"), prompt_tokens)
        self._off_peak = _off_peak(facts.get("off_peak_pricing"), at)
        self._cache_share = _CACHE_SHARE.get(provider or "")

    def _thresholds(self, prompt_tokens: int, inclusive: bool) -> list[str]:
        """The steps of price that a prompt of this size is above, the highest first, as keys have them."""
        steps: dict[int, str] = {}
        for key in self._facts:
            found = _THRESHOLD.search(key)
            if found:
                steps[int(found[1]) * (1000 if found[2] else 1)] = found[0]
        return [
            steps[size]
            for size in sorted(steps, reverse=True)
            if prompt_tokens > size or (inclusive and prompt_tokens == size)
        ]

    def get(self, key: str) -> Decimal | None:
        """The rate that is in force for a key of the table, or None where the model has none."""
        if self._off_peak is not None and key in self._off_peak:
            return decimal(self._off_peak[key])
        if self._step is not None and key in self._step:
            return decimal(self._step[key])
        tier = f"_{self._tier}" if self._tier else ""
        for step in [*self._crossed, ""]:
            for name in (f"{key}{step}{tier}", f"{key}{step}"):
                rate = decimal(self._facts.get(name))
                if rate is not None:
                    return self._halved(rate) if self._tier == "batches" and name == f"{key}{step}" else rate
        return None

    def _halved(self, rate: Decimal) -> Decimal:
        """Where a model lists no price for batches they cost half, as every provider of batches has it."""
        return rate / 2

    @property
    def input(self) -> Decimal:
        """A token of the prompt."""
        return self.get("input_cost_per_token") or NOTHING

    @property
    def output(self) -> Decimal:
        """A token of the answer."""
        return self.get("output_cost_per_token") or self.get("output_cost_per_image_token") or NOTHING

    @property
    def cache_read(self) -> Decimal:
        """A token that came out of the provider's cache; without a price of its own it is a token of the
        prompt.
        """
        rate = self.get("cache_read_input_token_cost")
        if rate is None and "tiered_pricing" not in self._facts:
            rate = self.get("input_cost_per_token_cache_hit")
        if rate is not None:
            return rate
        return self.input if self._cache_share is None else self.input * self._cache_share

    @property
    def cache_write(self) -> Decimal:
        """A token that was put into the cache for minutes."""
        rate = self.get("cache_creation_input_token_cost")
        return self.input if rate is None else rate

    @property
    def cache_write_hour(self) -> Decimal:
        """A token that was put into the cache for an hour."""
        rate = self.get("cache_creation_input_token_cost_above_1hr")
        return self.cache_write if rate is None else rate

    def reasoning(self) -> Decimal:
        """A token of thought: its own price; in a tier without one, the tier's for the answer."""
        key = "output_cost_per_reasoning_token"
        tier = f"_{self._tier}" if self._tier else ""
        own = decimal(self._facts.get(f"{key}{tier}"))
        if own is None and tier and decimal(self._facts.get(f"output_cost_per_token{tier}")) is not None:
            return self.output
        return self.or_else(key, self.output)

    def or_else(self, key: str, otherwise: Decimal) -> Decimal:
        """A kind of token that may have a price of its own."""
        rate = self.get(key)
        return otherwise if rate is None else rate


def _step(steps: Any, prompt_tokens: int) -> dict[str, Any] | None:
    """The row of a price list by size; one row prices every token of the call."""
    if not isinstance(steps, list) or not steps:
        return None
    for step in steps:
        low, high = step.get("range") or (0, float("inf"))
        if low < prompt_tokens <= high or (prompt_tokens == 0 and low == 0):
            found: dict[str, Any] = step
            return found
    last: dict[str, Any] = steps[-1]
    return last


def _off_peak(pricing: Any, at: datetime | None) -> dict[str, Any] | None:
    """The rates of the quiet hours, when the call was made in them."""
    if not isinstance(pricing, dict):
        return None
    from datetime import datetime, timezone

    now = (at or datetime.now(timezone.utc)).astimezone(timezone.utc)
    minute = now.hour * 60 + now.minute
    for window in pricing.get("windows") or ():
        if now.isoweekday() not in (window.get("weekdays") or range(1, 8)):
            continue
        hours = window.get("hours_utc") or ()
        for span in [hours] if isinstance(hours, str) else hours:
            begin, _, end = span.partition("-")
            first, last = _minutes(begin), _minutes(end) or 24 * 60
            if first <= minute < last:
                return pricing
    return None


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def tokens(rates: Rates, usage: Any, facts: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """USD for the prompt and for the answer of one call."""
    factor = _surcharge(usage, facts)
    return _prompt(rates, usage, facts) * factor, _completion(rates, usage) * factor


def _prompt(rates: Rates, usage: Any, facts: Mapping[str, Any]) -> Decimal:
    total = counted(usage, "prompt_tokens")
    details = part(usage, "prompt_tokens_details")
    cached = min(counted(details, "cached_tokens") or counted(usage, "cache_read_input_tokens"), total)
    written = counted(details, "cache_write_tokens") or counted(details, "cache_creation_tokens")
    written = min(written or counted(usage, "cache_creation_input_tokens"), total - cached)
    kinds = part(details, "cached_tokens_details")
    cached_audio = min(counted(kinds, "audio_tokens"), cached)
    # Cached tokens of a kind are priced as cached ones, and must not be priced as that kind again.
    audio = max(counted(details, "audio_tokens") - cached_audio, 0)
    image = max(counted(details, "image_tokens") - counted(kinds, "image_tokens"), 0)
    video = max(counted(details, "video_tokens") - counted(kinds, "video_tokens"), 0)
    text = max(total - cached - written - audio - image - video, 0)

    cost = (cached - cached_audio) * rates.cache_read
    cost += cached_audio * rates.or_else("cache_read_input_audio_token_cost", rates.cache_read)
    cost += _written(rates, details, written)
    characters = counted(details, "character_count")
    per_character = rates.get("input_cost_per_character")
    if characters and per_character is not None:
        cost += characters * per_character
    else:
        cost += text * rates.input
    measured = (
        (audio, "input_cost_per_audio_token", "audio_length_seconds", "input_cost_per_audio_per_second"),
        (image, "input_cost_per_image_token", "image_count", "input_cost_per_image"),
        (video, "input_cost_per_video_token", "video_length_seconds", "input_cost_per_video_per_second"),
    )
    for count, per_token, measure, per_measure in measured:
        size, rate = decimal(part(details, measure)), rates.get(per_measure)
        if size and rate is not None:
            cost += size * rate
        else:
            cost += count * rates.or_else(per_token, rates.input)
    queries = counted(details, "query_count")
    if queries:
        cost += queries * (rates.get("input_cost_per_query") or NOTHING)
    citations = counted(usage, "citation_tokens")
    if citations:
        cost += citations * (decimal(facts.get("citation_cost_per_token")) or NOTHING)
    return cost


def _written(rates: Rates, details: Any, written: int) -> Decimal:
    """Tokens put into the cache; those that say for how long are priced by that."""
    spans = part(details, "cache_creation_token_details")
    minutes, hour = counted(spans, "ephemeral_5m_input_tokens"), counted(spans, "ephemeral_1h_input_tokens")
    hour = min(hour, written)
    minutes = min(minutes, written - hour)
    rest = written - hour - minutes
    return (minutes + rest) * rates.cache_write + hour * rates.cache_write_hour


def _completion(rates: Rates, usage: Any) -> Decimal:
    total = counted(usage, "completion_tokens")
    details = part(usage, "completion_tokens_details")
    kinds = [
        ("audio_tokens", "output_cost_per_audio_token"),
        ("image_tokens", "output_cost_per_image_token"),
        ("video_tokens", "output_cost_per_video_token"),
        ("reasoning_tokens", "output_cost_per_reasoning_token"),
    ]
    cost, left = NOTHING, total
    for name, key in kinds:
        count = min(counted(details, name), left)
        left -= count
        reasoning = name == "reasoning_tokens"
        cost += count * (rates.reasoning() if reasoning else rates.or_else(key, rates.output))
    return cost + left * rates.output


def _surcharge(usage: Any, facts: Mapping[str, Any]) -> Decimal:
    """What the place or the speed that served a call multiplies its price by."""
    entry = facts.get("provider_specific_entry")
    if not isinstance(entry, dict):
        return Decimal(1)
    factor = Decimal(1)
    for name in (part(usage, "inference_geo"), part(usage, "speed")):
        if isinstance(name, str):
            factor *= decimal(entry.get(name.lower())) or 1
    return factor
