"""Images that were made."""

from __future__ import annotations

from typing import Any, Optional

from .base import ItemAssignable, Open, coerce
from .metadata import Response


class ImageUsageInputTokensDetails(ItemAssignable):
    """What the input was made of."""

    image_tokens: Open[int] = 0
    text_tokens: Open[int] = 0


class ImageUsage(ItemAssignable):
    """Token counts; zeros where the provider counts none."""

    input_tokens: Open[int] = 0
    input_tokens_details: Open[Any] = None
    output_tokens: Open[int] = 0
    total_tokens: Open[int] = 0

    def __init__(self, **values: Any) -> None:
        details = values.pop("input_tokens_details", None) or {}
        self._fill(input_tokens_details=coerce(ImageUsageInputTokensDetails, details), **values)


class ImageObject(ItemAssignable):
    """One image: where it is, or its bytes in base64."""

    b64_json: Open[Optional[str]] = None
    revised_prompt: Open[Optional[str]] = None
    url: Open[Optional[str]] = None
    provider_specific_fields: Open[Optional[dict[str, Any]]] = None


class ImageResponse(Response, ItemAssignable):
    """The images of one call. ``created`` is in seconds since the epoch."""

    created: Open[Optional[int]] = None
    background: Open[Optional[str]] = None
    data: Open[list[Any]]
    output_format: Open[Optional[str]] = None
    quality: Open[Optional[str]] = None
    size: Open[Optional[str]] = None
    usage: Open[Any] = None

    def __init__(
        self,
        created: Optional[int] = None,
        data: Optional[list[Any]] = None,
        usage: Any = None,
        hidden_params: Optional[dict[str, Any]] = None,
        response_ms: Optional[float] = None,
        **more: Any,
    ) -> None:
        from .ids import now

        self._fill(
            created=now() if created is None else created,
            data=[coerce(ImageObject, image) for image in data or []],
            usage=coerce(ImageUsage, usage or {}),
            **more,
        )
        self._start_metadata(hidden_params, None, response_ms)
