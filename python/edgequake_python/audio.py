"""Speech to text and text to speech."""

# The parameters that the docstrings do not list are OpenAI's, under OpenAI's names.
# ruff: noqa: D417

from __future__ import annotations

from . import _call
from .event_stream import as_async_events, as_events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .binary import HttpxBinaryResponseContent
    from .types.audio import TranscriptionResponse


def transcription(
    model: str,
    file: Any,
    language: str | None = None,
    prompt: str | None = None,
    response_format: str | None = None,
    timestamp_granularities: Sequence[str] | None = None,
    temperature: float | None = None,
    user: str | None = None,
    timeout: Any | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    max_retries: int | None = None,
    custom_llm_provider: str | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> TranscriptionResponse:
    """Write down what is said.

    Args:
        model: ``provider/model``, or a bare name that tells its provider (``whisper-1``).
        file: a path, bytes, an open file, or ``(name, content[, media type])``.
        response_format: ``json``, ``text``, ``srt``, ``verbose_json``, ``vtt``. OpenAI's ``whisper-1`` is
            asked for ``verbose_json`` when it is not given, which adds language, duration and segments.
        **kwargs: as for `completion`; ``stream=True`` for events while the model listens, where it can.

    Returns:
        A `TranscriptionResponse`; of formats that are no JSON, ``text`` is the whole answer. With
        ``stream=True`` an iterator of events.

    Raises:
        BadRequestError, ...: as `completion` does.
    """
    arguments = _transcription_arguments(locals())
    if arguments.get("stream"):
        events: TranscriptionResponse = _call.open_stream("transcription", arguments, as_events)
        return events
    return _call.ask("transcription", arguments, _transcript)


async def atranscription(
    model: str,
    file: Any,
    language: str | None = None,
    prompt: str | None = None,
    response_format: str | None = None,
    timestamp_granularities: Sequence[str] | None = None,
    temperature: float | None = None,
    user: str | None = None,
    timeout: Any | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    max_retries: int | None = None,
    custom_llm_provider: str | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> TranscriptionResponse:
    """As `transcription`; the file is read on another thread."""
    parameters = {**locals()}
    arguments = await _call.on_a_thread(_transcription_arguments, parameters)
    if arguments.get("stream"):
        events: TranscriptionResponse = await _call.open_stream_async(
            "transcription", arguments, as_async_events
        )
        return events
    return await _call.ask_async("transcription", arguments, _transcript)


def speech(
    model: str,
    input: str,
    voice: str | dict[str, Any] | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    max_retries: int | None = None,
    metadata: dict[str, Any] | None = None,
    timeout: Any | None = None,
    response_format: str | None = None,
    speed: float | None = None,
    instructions: str | None = None,
    client: Any | None = None,
    headers: Mapping[str, str] | None = None,
    custom_llm_provider: str | None = None,
    aspeech: bool | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """Speak a text.

    Returns:
        The sound as it comes: iterate it, or ``stream_to_file(path)``, or take ``content``.

    Raises:
        BadRequestError, ...: as `completion` does.
    """
    arguments = _speech_arguments(locals())
    return _call.open_stream("speech", arguments, _sounding(arguments.get("input")))


async def aspeech(
    model: str,
    input: str,
    voice: str | dict[str, Any] | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    max_retries: int | None = None,
    metadata: dict[str, Any] | None = None,
    timeout: Any | None = None,
    response_format: str | None = None,
    speed: float | None = None,
    instructions: str | None = None,
    client: Any | None = None,
    headers: Mapping[str, str] | None = None,
    custom_llm_provider: str | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """As `speech`; the loop is not blocked by ``aiter_bytes``, ``aread`` and ``astream_to_file``."""
    arguments = _speech_arguments(locals())
    return await _call.open_stream_async("speech", arguments, _sounding(arguments.get("input")))


def _transcription_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    from .uploads import upload

    arguments = _call.gather(parameters)
    arguments["_files"] = [upload("file", arguments.pop("file"), "audio")]
    model = arguments.get("model")
    if (
        arguments.get("response_format") is None
        and isinstance(model, str)
        and model.rpartition("/")[2] == "whisper-1"
        and model.rpartition("/")[0] in ("", "openai")
    ):
        # The others do not know it; here it is what is billed by.
        arguments["response_format"] = "verbose_json"
    return arguments


def _speech_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    arguments = _call.gather(parameters)
    arguments.pop("aspeech", None)
    return arguments


def _transcript(answer: Any, meta: Any) -> TranscriptionResponse:
    from .types.audio import TranscriptionResponse

    response = (
        TranscriptionResponse(**answer) if isinstance(answer, dict) else TranscriptionResponse(text=answer)
    )
    response._privates()["_meta"] = meta
    return response


def _sounding(text: Any) -> _call.MakeStream[HttpxBinaryResponseContent]:
    """What builds the response of a text that is read aloud, and which it is billed by."""

    def sound(core: Any) -> HttpxBinaryResponseContent:
        from .binary import HttpxBinaryResponseContent

        response = HttpxBinaryResponseContent(core, core.meta)
        response._read_aloud = text
        return response

    return sound
