"""Prices that a call brings along, for models whose price the table does not know or has otherwise."""

from __future__ import annotations

from ..response_cost import of_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .call import Call, Proceed

#: Arguments that are prices, in USD a token or a second.
PRICES = (
    "input_cost_per_token",
    "output_cost_per_token",
    "input_cost_per_second",
    "output_cost_per_second",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
)


def stage(call: Call, proceed: Proceed) -> Course:
    """Note the prices, and the model whose prices count, on the answer; its cost follows from them."""
    given = {name: call.get(name) for name in PRICES if call.get(name) is not None}
    base = call.get("base_model")
    answer = yield from proceed(call.but(*PRICES, "base_model"))
    hidden: Any = getattr(answer, "_hidden_params", None)
    if not isinstance(hidden, dict):
        return answer
    if given:
        hidden["prices"] = given
    if base:
        hidden["base_model"] = base
    # A stream's cost is worked out from the same dict once its counts are known.
    if not call.streamed:
        hidden["response_cost"] = of_response(answer, hidden)
    return answer
