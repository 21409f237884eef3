"""The models a key may use."""

from __future__ import annotations

from . import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .types.stored import Page


def list_models(custom_llm_provider: str = "openai", **kwargs: Any) -> Page:
    """The models that a provider offers to this key, as it lists them.

    Args:
        custom_llm_provider: the provider.
        **kwargs: as for `completion`.

    Returns:
        A page; each of ``data`` has an ``id``.
    """
    return _call.ask("list_models", _call.gather(locals()), _models)


async def alist_models(custom_llm_provider: str = "openai", **kwargs: Any) -> Page:
    """As `list_models`."""
    return await _call.ask_async("list_models", _call.gather(locals()), _models)


def _models(answer: dict[str, Any] | list[Any], meta: Any) -> Page:
    from .types.open import OpenObject
    from .types.stored import page

    # Together lists them without a frame.
    return page(OpenObject, {"object": "list", "data": answer} if isinstance(answer, list) else answer, meta)
