"""LiteLLM's import path for Google's own request shape, which this package does not speak."""

from __future__ import annotations

from ._absent import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

generate_content: Callable[..., Any] | None = stand_in("generate_content")
agenerate_content: Callable[..., Any] | None = stand_in("agenerate_content")
generate_content_stream: Callable[..., Any] | None = stand_in("generate_content_stream")
agenerate_content_stream: Callable[..., Any] | None = stand_in("agenerate_content_stream")
