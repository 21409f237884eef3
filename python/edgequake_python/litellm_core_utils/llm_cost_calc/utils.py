"""LiteLLM's import path for the price of counts of tokens."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def generic_cost_per_token(
    model: str,
    usage: Any,
    custom_llm_provider: str,
    service_tier: str | None = None,
    data_residency: str | None = None,
    **kwargs: Any,
) -> tuple[float, float]:
    """USD for the prompt and for the answer of a call with this `Usage`; see `cost_per_token`.

    Raises:
        NotFoundError: for a model whose price is unknown.
    """
    from ...cost import cost_per_token

    return cost_per_token(
        model,
        usage_object=usage,
        custom_llm_provider=custom_llm_provider,
        service_tier=service_tier,
        data_residency=data_residency,
    )
