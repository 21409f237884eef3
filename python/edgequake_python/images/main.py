"""Images: made from text, changed, varied."""

# The parameters that the docstrings do not list are OpenAI's, under OpenAI's names.
# ruff: noqa: D417

from __future__ import annotations

from .. import _call
from ..event_stream import as_async_events, as_events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..types.images import ImageResponse


def image_generation(
    prompt: str,
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    timeout: Any | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Make images from a text.

    Args:
        model: ``provider/model``, or a bare name that tells its provider; ``dall-e-2`` when not given.
        **kwargs: as for `completion`; whatever is not known (``background``, ``moderation``, ...) is sent.
            ``stream=True`` with ``partial_images`` for events while the image grows, where the model can.

    Returns:
        An `ImageResponse`; each of ``data`` has a ``url`` or its bytes in ``b64_json``. With ``stream=True``
        an iterator of events.

    Raises:
        BadRequestError, ContentPolicyViolationError, ...: as `completion` does.
    """
    arguments = _arguments(locals())
    if arguments.get("stream"):
        events: ImageResponse = _call.open_stream("image_generation", arguments, as_events)
        return events
    return _call.ask("image_generation", arguments, _made(arguments))


async def aimage_generation(
    prompt: str,
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    timeout: Any | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """As `image_generation`."""
    arguments = _arguments(locals())
    if arguments.get("stream"):
        events: ImageResponse = await _call.open_stream_async("image_generation", arguments, as_async_events)
        return events
    return await _call.ask_async("image_generation", arguments, _made(arguments))


def image_edit(
    image: Any = None,
    prompt: str | None = None,
    model: str | None = None,
    mask: Any = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    user: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Change images as a text says.

    Args:
        image: a path, bytes, an open file, ``(name, content[, media type])``, or a list of those.
        mask: the same, one: where it is transparent the image is changed.
    """
    arguments = _edit_arguments(locals())
    if arguments.get("stream"):
        events: ImageResponse = _call.open_stream("image_edit", arguments, as_events)
        return events
    return _call.ask("image_edit", arguments, _made(arguments))


async def aimage_edit(
    image: Any,
    model: str | None,
    prompt: str | None,
    mask: Any = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    user: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: Any | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """As `image_edit`; the files are read on another thread."""
    parameters = {**locals()}
    arguments = await _call.on_a_thread(_edit_arguments, parameters)
    if arguments.get("stream"):
        events: ImageResponse = await _call.open_stream_async("image_edit", arguments, as_async_events)
        return events
    return await _call.ask_async("image_edit", arguments, _made(arguments))


def image_variation(
    image: Any,
    model: str = "dall-e-2",
    n: int = 1,
    response_format: str | None = "url",
    size: str | None = None,
    user: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Vary an image; for ``image`` see `image_edit`."""
    arguments = _variation_arguments(locals())
    return _call.ask("image_variation", arguments, _made(arguments))


async def aimage_variation(
    image: Any,
    model: str = "dall-e-2",
    n: int = 1,
    response_format: str | None = "url",
    size: str | None = None,
    user: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """As `image_variation`; the file is read on another thread."""
    parameters = {**locals()}
    arguments = await _call.on_a_thread(_variation_arguments, parameters)
    return await _call.ask_async("image_variation", arguments, _made(arguments))


def _arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    arguments = _call.gather(parameters)
    if not arguments.get("model"):
        arguments["model"] = "dall-e-2"
    return arguments


def _edit_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    from ..uploads import upload, uploads

    arguments = _arguments(parameters)
    files = uploads("image", arguments.pop("image"), "image")
    mask = arguments.pop("mask", None)
    if mask is not None:
        files.append(upload("mask", mask, "mask"))
    arguments["_files"] = files
    return arguments


def _variation_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    from ..uploads import upload

    arguments = _arguments(parameters)
    arguments["_files"] = [upload("image", arguments.pop("image"), "image")]
    return arguments


def _made(arguments: dict[str, Any]) -> _call.Make[ImageResponse]:
    """What builds the response; size and quality, which the price depends on, are those asked for."""
    asked = {name: arguments[name] for name in ("size", "quality") if arguments.get(name) is not None}

    def images(answer: dict[str, Any], meta: Any) -> ImageResponse:
        from ..types.images import ImageResponse

        response = ImageResponse(**answer)
        response._privates().update(_meta=meta, _asked=asked)
        return response

    return images
