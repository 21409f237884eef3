"""Images: made from text, changed, varied."""

from __future__ import annotations

from .main import (
    aimage_edit,
    aimage_generation,
    aimage_variation,
    image_edit,
    image_generation,
    image_variation,
)

__all__ = [
    "aimage_edit",
    "aimage_generation",
    "aimage_variation",
    "image_edit",
    "image_generation",
    "image_variation",
]
