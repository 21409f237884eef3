"""The files of a batch: requests that are checked before any is sent, answers that survive a kill."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

#: Operation by the end of a line's ``url``.
_OPERATIONS = {"/chat/completions": "chat", "/embeddings": "embedding"}
#: Complaints that are listed before the rest is only counted.
_LISTED = 5


class BadInput(ValueError):
    """The input cannot be run as it is; the message says where and why."""


class Request:
    """One line: its id, what is asked, and the body as keyword arguments."""

    __slots__ = ("body", "custom_id", "operation")

    def __init__(self, custom_id: str, operation: str, body: dict[str, Any]) -> None:
        self.custom_id: str = custom_id
        self.operation: str = operation
        self.body: dict[str, Any] = body


class Requests:
    """The lines of a file. Only their ids are kept; the bodies are read again when their turn comes."""

    def __init__(self, source: Path, model: str | None, ids: list[str]) -> None:
        self.ids = ids
        self._source = source
        self._model = model

    @classmethod
    def read(cls, source: Path, model: str | None) -> Requests:
        """Check every line.

        Raises:
            BadInput: when a line is no request, or an id comes twice.
            OSError: when the file cannot be read.
        """
        ids: dict[str, int] = {}
        complaints = []
        for number, line in _lines(source):
            try:
                request = _parse(line, number, model)
                before = ids.setdefault(request.custom_id, number)
                if before != number:
                    raise BadInput(f"custom_id {request.custom_id!r} is that of line {before}, too")
            except BadInput as error:
                complaints.append(f"line {number}: {error}")
        if complaints:
            more = len(complaints) - _LISTED
            listed = complaints[:_LISTED] + ([f"and {more} lines more"] if more > 0 else [])
            raise BadInput(f"{source} cannot be run; nothing was sent\n  " + "\n  ".join(listed))
        return cls(source, model, list(ids))

    def __iter__(self) -> Iterator[Request]:
        for number, line in _lines(self._source):
            yield _parse(line, number, self._model)


def _lines(source: Path) -> Iterator[tuple[int, str]]:
    # Binary: a line is what ends in \n, not what Unicode holds for an end.
    with open(source, "rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line.decode("utf-8", errors="replace")


def _parse(line: str, number: int, model: str | None) -> Request:
    try:
        read = json.loads(line)
    except ValueError as error:
        raise BadInput(f"not JSON: {error}") from None
    if not isinstance(read, dict):
        raise BadInput("not a JSON object")
    body = read.get("body", {key: value for key, value in read.items() if key != "custom_id"})
    if not isinstance(body, dict):
        raise BadInput("`body` is not an object")
    body = dict(body)
    url = read.get("url") if "body" in read else None
    if url is None:
        operation = "embedding" if "input" in body and "messages" not in body else "chat"
    else:
        operation = next((name for end, name in _OPERATIONS.items() if str(url).endswith(end)), "")
        if not operation:
            raise BadInput(f"url {url!r} is neither chat completions nor embeddings")
    needed = "messages" if operation == "chat" else "input"
    if not body.get(needed):
        raise BadInput(f"`{needed}` is missing")
    if body.get("stream"):
        raise BadInput("`stream` has no place in a batch")
    body.setdefault("model", model)
    if not isinstance(body["model"], str):
        raise BadInput("it names no model; --model gives one to all lines without")
    custom_id = read.get("custom_id", f"line-{number}")
    if not isinstance(custom_id, str) or not custom_id:
        raise BadInput("`custom_id` is not a text")
    return Request(custom_id, operation, body)


class Answers:
    """What has been answered, and what has failed. One process at a time writes there."""

    def __init__(self, target: Path, failures: Path, restart: bool) -> None:
        """Open the files and find what is done already.

        Raises:
            BadInput: when another process is at it, or the file holds something else.
        """
        self.failures = failures
        self._out = os.open(target, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(self._out, target)
            if restart:
                os.ftruncate(self._out, 0)
            self.done: set[str] = _ids(target)
            _cut_torn_line(self._out, target)
            # A failure is tried again by the next run, so the file tells of this run alone.
            self._failed = os.open(failures, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        except BaseException:
            os.close(self._out)
            raise

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._out)
        os.close(self._failed)

    def answer(self, custom_id: str, body: Any) -> None:
        """Keep an answer; once this returns, a kill of the process does not lose it."""
        line = {"custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None}
        _append(self._out, line)

    def failure(self, request: Request, error: dict[str, Any]) -> None:
        """Keep a failure, with the request as it was."""
        _append(self._failed, {"custom_id": request.custom_id, "error": error, "body": request.body})


def _append(descriptor: int, line: dict[str, Any]) -> None:
    left = memoryview((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))
    while left:
        left = left[os.write(descriptor, left) :]


def _ids(target: Path) -> set[str]:
    done = set()
    with open(target, "rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                done.add(json.loads(line)["custom_id"])
            except (ValueError, KeyError, TypeError):
                raise BadInput(
                    f"{target}, line {number}, is no answer of a batch; name another file, or --restart"
                ) from None
    return done


def _cut_torn_line(descriptor: int, target: Path) -> None:
    """A process killed while it wrote leaves half a line; its request is asked again."""
    content = target.read_bytes()
    if content and not content.endswith(b"\n"):
        os.ftruncate(descriptor, content.rfind(b"\n") + 1)


def _lock(descriptor: int, target: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BadInput(f"another process is writing {target}") from None
