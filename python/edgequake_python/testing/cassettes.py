"""Requests and answers in files: recorded once, without secrets, and played back from then on."""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from .network import in_place
from .wire import Pass, Request, Response, new_tape

if TYPE_CHECKING:
    from .._eq_core import Tape

MODES = ("once", "strict", "new", "all")
_FORMAT = 1
#: Headers of an answer that are not kept: they say how it travelled, or are secret.
_LEFT_OUT = frozenset(("set-cookie", "transfer-encoding", "content-length", "connection", "keep-alive"))

#: What services that give out tokens call them.
_TOKENS = ("access_token", "id_token", "refresh_token")


class CassetteError(Exception):
    """A request that the cassette has no answer for, or a file that is no cassette."""


class Cassette:
    """What a file holds, and what was recorded since.

    Attributes:
        path: the file.
        mode: see `cassette`.
        interactions: dicts with a ``request`` and a ``response``.
    """

    def __init__(
        self,
        path: Union[str, os.PathLike[str]],
        mode: str = "once",
        redact: Optional[Callable[[dict[str, Any]], dict[str, Any]]] = None,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"mode is {mode!r}; it is one of {', '.join(MODES)}")
        self.path: Path = Path(path)
        self.mode = mode
        self.interactions: list[dict[str, Any]] = []
        self._redact = redact
        self._lock = threading.Lock()
        self._played: set[int] = set()
        self._recording: list[tuple[Request, dict[str, Any], Tape]] = []
        exists = self.path.exists()
        if exists and mode != "all":
            self.interactions = _read(self.path)
        elif mode == "strict":
            raise CassetteError(f"there is no cassette {self.path}; record it with mode='once'")
        self._records = mode in ("new", "all") or (mode == "once" and not exists)

    def serve(self, request: Request) -> Union[Response, Pass]:
        """Answer from the file, or let the request out and record what comes back."""
        asked = _described(request)
        key = _key(asked)
        with self._lock:
            for number, interaction in enumerate(self.interactions):
                if number not in self._played and _key(interaction["request"]) == key:
                    self._played.add(number)
                    return _response(interaction["response"])
            if not self._records:
                known = "".join(f"\n  {_line(item['request'])}" for item in self.interactions)
                missing = f"{self.path} has no answer left for {_line(asked)} with this body"
                raise CassetteError(f"{missing}; it holds{known or ' none'}")
            tape = new_tape()
            self._recording.append((request, asked, tape))
        return Pass(tape)

    def save(self) -> None:
        """Write what was recorded since; the file is replaced as a whole."""
        with self._lock:
            recorded, self._recording = self._recording, []
        fresh = [_interaction(*each) for each in recorded if each[2].status]
        if self._redact is not None:
            fresh = [self._redact(interaction) for interaction in fresh]
        if not fresh:
            return
        with self._lock:
            self._played.update(range(len(self.interactions), len(self.interactions) + len(fresh)))
            self.interactions.extend(fresh)
            _write(self.path, self.interactions)


@contextmanager
def cassette(
    path: Union[str, os.PathLike[str]],
    mode: str = "once",
    redact: Optional[Callable[[dict[str, Any]], dict[str, Any]]] = None,
) -> Iterator[Cassette]:
    """Play calls made inside from a file, and record them there.

    A request is known by its method, its URL and its body (JSON by its value, whatever the order of keys).
    Each recorded answer is given once, in the order they were recorded. Keys never reach the file: headers
    and queries that hold secrets are ``***``, and so is every other place where the call's key stands.

    Args:
        path: a JSON file, or a YAML file (``.yaml``, ``.yml``; needs PyYAML).
        mode: ``once`` records when there is no file and else only plays; ``strict`` only plays; ``new`` plays
            what is known and records the rest; ``all`` records anew.
        redact: gets every recorded interaction and returns what is to be written of it.

    Raises:
        CassetteError: for a request that may not be recorded and is not known; raised by the call.
    """
    held = Cassette(path, mode, redact)
    with in_place(held.serve):
        try:
            yield held
        finally:
            held.save()


def _described(request: Request) -> dict[str, Any]:
    shown = request._asked
    body = _without_boundary(request)
    return {
        "method": request.method,
        "url": shown.url(True),
        "headers": shown.headers(True),
        "body": _text(body, shown.blotted),
    }


def _without_boundary(request: Request) -> bytes:
    """The body; that of an upload with a boundary that is the same every time."""
    found = re.search(r"boundary=\"?([^\";]+)", request.headers.get("content-type", ""))
    return request.body.replace(found.group(1).encode(), b"boundary") if found else request.body


def _text(content: bytes, blotted: Callable[[str], str]) -> Any:
    """Bytes as a file may hold them: JSON as its value, other text as text, the rest as base64."""
    try:
        text = blotted(content.decode())
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
    if text[:1] in ("{", "["):
        try:
            return {"json": json.loads(text)}
        except ValueError:
            pass
    return text


def _bytes(held: Any) -> bytes:
    if isinstance(held, str):
        return held.encode()
    if "base64" in held:
        return base64.b64decode(held["base64"])
    return json.dumps(held["json"]).encode()


def _key(request: dict[str, Any]) -> str:
    return json.dumps([request["method"], request["url"], request["body"]], sort_keys=True)


def _line(request: dict[str, Any]) -> str:
    return f"{request['method']} {request['url']}"


def _interaction(request: Request, asked: dict[str, Any], tape: Tape) -> dict[str, Any]:
    blotted = request._asked.blotted
    headers = {
        name: blotted(value) for name, value in tape.headers().items() if name.lower() not in _LEFT_OUT
    }
    pieces = tape.pieces()
    if "json" in headers.get("content-type", ""):
        pieces = [b"".join(pieces)]
    body = [_without_tokens(_text(piece, blotted)) for piece in pieces]
    return {"request": asked, "response": {"status": tape.status, "headers": headers, "body": body}}


def _without_tokens(held: Any) -> Any:
    """What a service that gives out tokens answers, without them: played back, the blot serves as well."""
    given = held.get("json") if isinstance(held, dict) else None
    if isinstance(given, dict):
        given.update((name, "***") for name in _TOKENS if isinstance(given.get(name), str))
    return held


def _response(held: dict[str, Any]) -> Response:
    return Response(iter([_bytes(piece) for piece in held["body"]]), held["status"], held["headers"])


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")


def _read(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    try:
        held = _yaml().safe_load(text) if _is_yaml(path) else json.loads(text)
        interactions: list[dict[str, Any]] = held["interactions"]
        for interaction in interactions:
            _key(interaction["request"]), _response(interaction["response"])
    except CassetteError:
        raise
    except Exception as error:
        raise CassetteError(f"{path} is no cassette: {error}") from error
    return interactions


def _write(path: Path, interactions: list[dict[str, Any]]) -> None:
    held = {"version": _FORMAT, "interactions": interactions}
    if _is_yaml(path):
        text = _yaml().safe_dump(held, sort_keys=False, allow_unicode=True)
    else:
        text = json.dumps(held, indent=2, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _yaml() -> Any:
    try:
        import yaml  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise CassetteError("cassettes in YAML need PyYAML; install it, or name the file .json") from None
    return yaml
