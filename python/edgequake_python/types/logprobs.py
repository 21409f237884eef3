"""How likely each token was. All ``logprob`` values are natural logarithms."""

from __future__ import annotations

from typing import Any, Optional

from .base import ItemAssignable, Open


class TopLogprob(ItemAssignable):
    """One alternative at a position. ``bytes`` is the token's UTF-8, as integers, when it has one."""

    token: Open[str]
    bytes: Open[Optional[list[int]]] = None
    logprob: Open[float]


class ChatCompletionTokenLogprob(ItemAssignable):
    """The token chosen at a position, and the likeliest alternatives to it (``[]`` when none were asked
    for).
    """

    token: Open[str]
    bytes: Open[Optional[list[int]]] = None
    logprob: Open[float]
    top_logprobs: Open[list[TopLogprob]]

    def __init__(self, top_logprobs: Optional[list[Any]] = None, **params: Any) -> None:
        self._fill(top_logprobs=top_logprobs or [], **params)


class ChoiceLogprobs(ItemAssignable):
    """The log probabilities of a choice's tokens, in order."""

    content: Open[Optional[list[ChatCompletionTokenLogprob]]] = None


class Logprobs(ItemAssignable):
    """The log probabilities of a text completion: four lists with one entry per token."""

    text_offset: Open[Optional[list[int]]] = None
    token_logprobs: Open[Optional[list[Optional[float]]]] = None
    tokens: Open[Optional[list[str]]] = None
    top_logprobs: Open[Optional[list[Optional[dict[str, float]]]]] = None
