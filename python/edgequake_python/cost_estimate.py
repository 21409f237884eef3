"""What a call may cost before it is made, and what one cost whose end nobody saw."""

from __future__ import annotations

from . import model_table
from .cost_adjustments import adjusted
from .pricing import NOTHING, Rates, decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: The answer of a model whose limit is unknown, in tokens.
_ANSWER = 4096


class Estimate:
    """The price of a call by what is known before its answer.

    Args:
        operation: the core's name of it.
        arguments: the call's arguments.
        provider: who is called.
        model: its model, without the provider.
    """

    def __init__(
        self, operation: str, arguments: Mapping[str, Any], provider: str | None, model: str
    ) -> None:
        found = model_table.find(model, provider)
        if found is None:
            from .size_classes import find_by_size

            found = find_by_size(model, provider)
        facts = dict(found[1]) if found else {}
        for name in arguments:
            if "cost_per" in name and arguments[name] is not None:
                facts[name] = arguments[name]
        self._facts = facts
        self._provider = provider
        self._model = model
        self.operation = operation
        self._arguments = arguments
        self._prompt_tokens: int | None = None
        self._answer_tokens = 0 if operation == "embed" else _answer_limit(facts, arguments)

    @property
    def prompt_tokens(self) -> int:
        """Tokens of what is asked, counted here when first needed."""
        if self._prompt_tokens is None:
            self._prompt_tokens = _prompt_tokens(self._model, self._arguments)
        return self._prompt_tokens

    @property
    def is_guessed(self) -> bool:
        """Whether the call says nothing about how long its answer may be."""
        return self._answer_tokens > 0 and not _asked_at_most(self._arguments)

    @property
    def is_known(self) -> bool:
        """Whether the price is known at all."""
        return bool(self._facts)

    def most(self) -> float:
        """USD that the call can cost at most: all of its prompt unread before, and the longest answer."""
        return self.of(self._answer_tokens)

    def of(self, answer_tokens: int) -> float:
        """USD for an answer of so many tokens; 0 where the price is unknown."""
        if not self._facts:
            return 0.0
        rates = Rates(self._facts, self.prompt_tokens, None, self._provider)
        dearest = max(rates.input, rates.cache_write) if answer_tokens else rates.input
        fixed = rates.get("input_cost_per_request") or NOTHING
        by_query = rates.get("input_cost_per_query") or NOTHING if self.operation == "rerank" else NOTHING
        per_image = decimal(self._facts.get("output_cost_per_image")) or NOTHING
        cost = self.prompt_tokens * dearest + answer_tokens * rates.output + fixed + by_query
        cost += per_image if "image" in self.operation else NOTHING
        return float(adjusted(cost, self._provider))

    def of_text(self, text: str) -> float:
        """USD for an answer of which only a text is known."""
        from .tokens import token_counter

        return self.of(token_counter(self._model, text=text) if text else 0)


def _prompt_tokens(model: str, arguments: Mapping[str, Any]) -> int:
    from .tokens import token_counter

    try:
        messages = arguments.get("messages")
        if messages:
            tools = arguments.get("tools")
            return token_counter(model, messages=list(messages), tools=tools, default_token_count=250)
        text = arguments.get("input") or arguments.get("prompt") or arguments.get("query") or ""
        items = [text] if isinstance(text, str) else list(text)
        return sum(
            token_counter(model, text=item) if isinstance(item, str) else _length(item) for item in items
        )
    except Exception:
        # What cannot be counted is refused, or billed, by the provider.
        return 0


def _length(item: Any) -> int:
    return len(item) if hasattr(item, "__len__") else 1


def _asked_at_most(arguments: Mapping[str, Any]) -> Any:
    for name in ("max_completion_tokens", "max_tokens", "max_output_tokens"):
        if arguments.get(name):
            return arguments[name]
    return None


def _answer_limit(facts: Mapping[str, Any], arguments: Mapping[str, Any]) -> int:
    longest = facts.get("max_output_tokens") or facts.get("max_tokens") or _ANSWER
    asked = _asked_at_most(arguments) or longest
    alternatives = arguments.get("n") or 1
    try:
        return min(int(asked), int(longest)) * int(alternatives)
    except (TypeError, ValueError):
        return int(longest)
