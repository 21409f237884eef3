"""Moderation: whether a text or an image breaks rules."""

from __future__ import annotations

from . import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .types.moderation import OpenAIModerationResponse


def moderation(
    input: str | Sequence[Any], model: str | None = None, api_key: str | None = None, **kwargs: Any
) -> OpenAIModerationResponse:
    """Judge texts and images.

    Args:
        input: a text, a list of texts, or a list of parts (``text``, ``image_url``).
        model: OpenAI's newest when not given.
        api_key: the key; else the environment's.
        **kwargs: as for `completion`.

    Returns:
        An `OpenAIModerationResponse`; each of ``results`` has ``flagged``, ``categories`` and
        ``category_scores``.

    Raises:
        BadRequestError, ...: as `completion` does.
    """
    return _call.ask("moderation", _arguments(locals()), _judged)


async def amoderation(
    input: str | Sequence[Any],
    model: str | None = None,
    api_key: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> OpenAIModerationResponse:
    """As `moderation`."""
    return await _call.ask_async("moderation", _arguments(locals()), _judged)


def _arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    arguments = _call.gather(parameters)
    model = arguments.get("model")
    bare = model is None or (isinstance(model, str) and "/" not in model)
    if not arguments.get("custom_llm_provider") and bare:
        arguments["custom_llm_provider"] = "openai"
    return arguments


def _judged(answer: dict[str, Any], meta: Any) -> OpenAIModerationResponse:
    from .types.moderation import OpenAIModerationResponse

    response = OpenAIModerationResponse(**answer)
    response._privates()["_meta"] = meta
    return response
