"""`encoding`: the tokenizer that LiteLLM shows, used like one of tiktoken's."""

from __future__ import annotations

from . import _eq_core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Encoding:
    """One of OpenAI's encodings. Texts that look like control tokens are text."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<Encoding {self.name!r}>"

    def encode(self, text: str, **kwargs: Any) -> list[int]:
        """The tokens of a text."""
        return _eq_core.encode_tokens(self.name, text)

    def encode_ordinary(self, text: str) -> list[int]:
        """As `encode`."""
        return self.encode(text)

    def decode(self, tokens: Sequence[int], errors: str = "replace") -> str:
        """The text of tokens."""
        return _eq_core.decode_tokens(self.name, tokens)


encoding: Encoding = Encoding("cl100k_base")
