"""What images cost: by their tokens where the provider counted them, else by number, size and quality."""

from __future__ import annotations

from . import model_table
from .cost import Priced, first_known
from .pricing import NOTHING, counted, decimal, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from typing import Any


def image_cost(
    names: Sequence[Any],
    provider: str | None,
    answer: Any,
    size: str | None,
    quality: str | None,
    images: int,
) -> Decimal:
    """USD for images: by their tokens where the provider counted them, else by number, size and quality."""
    from .model_info import owner

    scale = (size or "1024x1024").replace("-x-", "x").replace("x", "-x-")
    for name in map(str, names):
        provider = owner(name, provider)
        bare = name[len(f"{provider}/") :] if name.startswith(f"{provider}/") else name
        found = model_table.find(bare, provider)
        facts = found[1] if found else None
        if (
            facts
            and counted(getattr(answer, "usage", None), "prompt_tokens")
            and "input_cost_per_token" in facts
        ):
            return sum(Priced(facts, _of_images(answer.usage), provider=provider).by_tokens(), NOTHING)
        listed = (model_table.table().get(one) for one in _image_names(bare, provider, scale, quality))
        facts = next((one for one in listed if one is not None), facts)
        if facts is not None:
            return images * _known(_per_image(facts, scale), name, provider)
    last = _per_image(first_known(names, provider, None)[1], "1024-x-1024")
    return images * _known(last, str(names[0]), provider)


def _known(price: Decimal | None, model: str, provider: str | None) -> Decimal:
    if price is None:
        from .exceptions import NotFoundError

        raise NotFoundError(
            message=f"the price of an image by {model} is not known; register_model can say it",
            model=model,
            llm_provider=provider or "",
        )
    return price


def _of_images(usage: Any) -> Any:
    """The counts; what was answered is images, unless the provider says how much of it is."""
    if part(usage, "completion_tokens_details") is not None:
        return usage
    return {
        "prompt_tokens": counted(usage, "prompt_tokens"),
        "completion_tokens": counted(usage, "completion_tokens"),
        "prompt_tokens_details": part(usage, "prompt_tokens_details"),
        "completion_tokens_details": {"image_tokens": counted(usage, "completion_tokens"), "text_tokens": 0},
    }


def _image_names(model: str, provider: str | None, size: str, quality: str | None) -> list[str]:
    prefix = f"{provider}/" if provider and provider != "openai" else ""
    names = [f"{prefix}{quality}/{size}/{model}"] if quality else []
    names += [f"{prefix}{size}/{model}", f"{prefix}standard/{size}/{model}", f"{prefix}high/{size}/{model}"]
    return names


def _per_image(facts: Mapping[str, Any], size: str) -> Decimal | None:
    """USD for one image that is made; None where its price is not known."""
    # Where both are there, the first is what an image costs that is shown to the model.
    given = [decimal(facts.get(f"{side}_cost_per_image")) for side in ("output", "input")]
    known = [price for price in given if price is not None]
    if known:
        return next((price for price in known if price), NOTHING)
    per_pixel = decimal(facts.get("input_cost_per_pixel")) or decimal(facts.get("output_cost_per_pixel"))
    width, _, height = size.partition("-x-")
    if per_pixel is None or not (width.isdigit() and height.isdigit()):
        return None
    return per_pixel * int(width) * int(height)


def default_image_cost_calculator(
    model: str,
    custom_llm_provider: str | None = None,
    quality: str | None = None,
    n: int | None = 1,
    size: str | None = "1024-x-1024",
    optional_params: Mapping[str, Any] | None = None,
    model_info: Any = None,
) -> float:
    """USD for images, as `completion_cost` has it, from what was asked.

    Args:
        model: the model.
        custom_llm_provider: whose it is, when its name does not say.
        quality: ``hd``, ``low``, ...
        n: how many.
        size: ``1024x1024`` or ``1024-x-1024``.
        optional_params: the call's parameters; not used.
        model_info: prices that count instead of the table's.

    Raises:
        NotFoundError: for a model whose price is unknown.
    """
    if model_info:
        scale = (size or "1024x1024").replace("-x-", "x").replace("x", "-x-")
        own = _per_image(model_info, scale)
        if own:
            return float((1 if n is None else n) * own)
    return float(image_cost([model], custom_llm_provider, None, size, quality, 1 if n is None else n))
