"""LiteLLM's import path for Google's own request shape, which this package does not speak."""

from __future__ import annotations

from ._absent import stand_in

generate_content = stand_in("generate_content")
agenerate_content = stand_in("agenerate_content")
generate_content_stream = stand_in("generate_content_stream")
agenerate_content_stream = stand_in("agenerate_content_stream")
