"""Ids of responses tell where the response is stored, as LiteLLM's do.

``resp_`` + base64 of ``litellm:custom_llm_provider:<provider>;model_id:<deployment>;response_id:<the id>``.
"""

from __future__ import annotations

import base64
import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class DecodedId(NamedTuple):
        """What an id says."""

        provider: str | None
        model_id: str | None
        response_id: str

else:
    from collections import namedtuple

    DecodedId = namedtuple("DecodedId", ("provider", "model_id", "response_id"))

_MARK = "litellm:custom_llm_provider:"


def encode(response_id: str, provider: str, model_id: str | None) -> str:
    """The id that users see; one that is encoded already comes back as it is."""
    if decode(response_id).provider is not None:
        return response_id
    text = f"{_MARK}{provider};model_id:{model_id};response_id:{response_id}"
    return "resp_" + base64.b64encode(text.encode()).decode()


def decode(response_id: str) -> DecodedId:
    """What an id says; an id of the provider's own says nothing but itself."""
    own = DecodedId(None, None, response_id)
    if not response_id.startswith("resp_"):
        return own
    encoded = response_id[len("resp_") :]
    try:
        text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return own
    if not text.startswith(_MARK):
        return own
    provider, found, rest = text[len(_MARK) :].partition(";model_id:")
    model_id, found_id, inner = rest.partition(";response_id:")
    if not found or not found_id or not inner:
        return own
    return DecodedId(provider, None if model_id in ("", "None") else model_id, inner)
