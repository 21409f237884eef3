"""A key that sings wherever it is shown: where to look for it, and a server that repeats what it was sent."""

from __future__ import annotations

import json
import pickle
import traceback
from pathlib import Path
from typing import Any

import edgequake_python
from loopback import CUT, Loopback, Reply, Request, event

WORD = "canary"
KEY = "sk-canary-0123456789abcdef"
_PACKAGE = str(Path(edgequake_python.__file__).parent)


def shown(failure: BaseException, variables: bool = False) -> str:
    """Everything by which an error may show something; with ``variables`` the package's own."""
    attributes = {name: getattr(failure, name, None) for name in dir(failure) if not name.startswith("__")}
    response = getattr(failure, "response", None)
    request = getattr(failure, "request", None)
    parts = [
        str(failure),
        repr(failure),
        repr(failure.args),
        repr(attributes),
        repr(vars(failure)),
        repr(getattr(response, "text", "")),
        repr(getattr(response, "content", "")),
        repr(dict(getattr(response, "headers", {}))),
        repr(getattr(request, "url", "")) + repr(getattr(request, "headers", "")),
        "".join(traceback.format_exception(type(failure), failure, failure.__traceback__)),
        pickle.dumps(failure).decode("latin-1"),
        repr(vars(pickle.loads(pickle.dumps(failure)))),
    ]
    if variables:
        parts.extend(_variables(failure))
    return "\n".join(parts)


def _variables(failure: BaseException) -> list[str]:
    told: Any = traceback.TracebackException(
        type(failure), failure, failure.__traceback__, capture_locals=True
    )
    found = []
    while told is not None:
        found += [str(frame.locals) for frame in told.stack if frame.filename.startswith(_PACKAGE)]
        told = told.__cause__ or told.__context__
    return found


class Echo:
    """A server that fails by ``fault`` and repeats the request's head and body while it does."""

    #: A status, or one of `page`, `json`, `event`, `cut`, `silent`.
    fault: str = "401"

    def __call__(self, request: Request) -> Reply | dict[str, Any]:
        heard = {"headers": request.headers, "at": request.target, "form": request.body.decode("latin-1")}
        text = f"refused: {json.dumps(request.headers)} {request.target}"
        if self.fault == "page":
            return Reply(f"<html>{text}</html>", 502)
        if self.fault == "json":
            # Cut off by whoever quotes only its beginning, at every place of the key.
            return Reply(f"no JSON {request.headers.get('x-pad', '')}{_proof(request)} {text}")
        if self.fault == "event":
            told = json.dumps({"error": {"message": text, "code": 400}})
            return Reply([event(delta={"content": "Hel"}), f"data: {told}\n\n".encode()])
        if self.fault == "cut":
            return Reply([event(delta={"content": "Hel"}), CUT])
        if self.fault == "silent":
            request.server.pause(10)
        refusal = {"message": text, "code": self.fault, **heard}
        headers = {"x-echo": _proof(request), "retry-after-ms": "1"}
        return Reply(
            json.dumps({"error": refusal, "message": text}),
            int(self.fault) if self.fault.isdigit() else 500,
            headers,
        )


def _proof(request: Request) -> str:
    return " ".join(value for name, value in request.headers.items() if WORD in value)


def with_user(base: str, user: str = "someone", word: str = "canary-of-the-url") -> str:
    """The same address with a user and a password in it."""
    return base.replace("://", f"://{user}:{word}@")


def arrived(server: Loopback) -> bool:
    """Whether the canary was sent at all: a test in which it was not shows nothing."""
    sent = (json.dumps(request.headers) + request.target + str(request.body) for request in server.requests)
    return any(WORD in each for each in sent)
