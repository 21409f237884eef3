"""Files that go along with a request, in every form in which they are given."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Upload = tuple[str, str, str, bytes]
    """Field of the form, file name, media type, bytes."""

#: How well-known formats begin: offset, bytes, ending, media type.
_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (0, b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (0, b"GIF8", "gif", "image/gif"),
    (8, b"WEBP", "webp", "image/webp"),
    (8, b"WAVE", "wav", "audio/wav"),
    (0, b"ID3", "mp3", "audio/mpeg"),
    (0, b"\xff\xfb", "mp3", "audio/mpeg"),
    (0, b"\xff\xf3", "mp3", "audio/mpeg"),
    (0, b"fLaC", "flac", "audio/flac"),
    (0, b"OggS", "ogg", "audio/ogg"),
    (4, b"ftyp", "mp4", "audio/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "webm", "audio/webm"),
    (0, b"%PDF", "pdf", "application/pdf"),
)


def upload(field: str, given: Any, name: str) -> Upload:
    """The file ``given`` as part ``field`` of a form.

    Args:
        field: the form's field.
        given: a path (``str`` or path-like), bytes, a file opened for reading, or a tuple of file name,
            content and optionally media type. A file is read from where it stands, and stands there again
            afterwards, so that the same call can be made twice.
        name: the file's name without its ending, for bytes that have none.

    Raises:
        BadRequestError: for anything else, a file that cannot be read, or an empty one.
    """
    filename: str | None = None
    content_type: str | None = None
    content = given
    if isinstance(given, tuple):
        if not 2 <= len(given) <= 4:
            raise _wrong(field, "is not (name, content) or (name, content, media type)")
        filename, content = given[0], given[1]
        content_type = given[2] if len(given) > 2 else None
    data, own_name = _read(field, content)
    filename = filename or own_name
    ending, sniffed = _kind(data)
    if not filename:
        filename = f"{name}.{ending}" if ending else name
    if not content_type:
        content_type = _type_of(str(filename)) or sniffed or "application/octet-stream"
    return field, str(filename), content_type, data


def uploads(field: str, given: Any, name: str) -> list[Upload]:
    """One file, or each of a list; several share a field ``field[]``, as forms have lists."""
    if isinstance(given, list):
        if not given:
            raise _wrong(field, "is empty")
        if len(given) > 1:
            return [upload(f"{field}[]", one, name) for one in given]
        given = given[0]
    return [upload(field, given, name)]


def _read(field: str, content: Any) -> tuple[bytes, str | None]:
    """What is in it, and what it is called."""
    import contextlib
    import os

    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content), None
    if isinstance(content, (str, os.PathLike)):
        path = os.fspath(content)
        try:
            with open(path, "rb") as file:
                return file.read(), os.path.basename(str(path))
        except OSError as error:
            raise _wrong(field, f"cannot be read: {error.strerror or error}") from error
        except ValueError as error:
            # A NUL or a lone surrogate, which no file's name has.
            raise _wrong(field, f"is no path: {error}") from error
    try:
        read = getattr(content, "read", None)
    except Exception as error:
        raise _wrong(field, f"cannot be read: {type(error).__name__}") from error
    if read is None:
        raise _wrong(field, f"is a {type(content).__name__}, neither a path nor bytes nor an open file")
    position: int | None = None
    with contextlib.suppress(AttributeError, OSError):
        position = content.tell()
    data = read()
    if position is not None:
        with contextlib.suppress(AttributeError, OSError):
            content.seek(position)
    if isinstance(data, str):
        data = data.encode()
    if not isinstance(data, bytes):
        raise _wrong(field, "is a file whose `read` gives neither bytes nor text")
    name = getattr(content, "name", None)
    return data, os.path.basename(name) if isinstance(name, str) else None


def _kind(data: bytes) -> tuple[str | None, str | None]:
    for offset, signature, ending, media_type in _SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            return ending, media_type
    return None, None


def _type_of(filename: str) -> str | None:
    if filename.endswith(".jsonl"):
        return "application/jsonl"
    import mimetypes

    return mimetypes.guess_type(filename)[0]


def _wrong(field: str, why: str) -> Exception:
    from .exceptions import BadRequestError

    return BadRequestError(message=f"{field} {why}", model="", llm_provider="")
