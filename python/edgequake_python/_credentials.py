"""Callables and credential objects that give out tokens: how each kind is asked, and what its answer means.

A callable takes no arguments and returns

- a string: asked again for every call, since nobody says how long it lasts;
- an object with ``token`` and ``expires_on`` (``azure.core.credentials.AccessToken``), a pair
  ``(token, expiry)``, or a dict with ``access_token`` and ``expires_in`` or ``expires_on``: kept until
  shortly before it expires;
- keys of AWS: a dict as STS answers it (``AccessKeyId``, ``SecretAccessKey``, ``SessionToken``,
  ``Expiration``), or credentials of botocore;
- an awaitable of one of these, which is run on an event loop of its own.

An expiry is seconds since the epoch, or a ``datetime`` (without a zone: UTC).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._eq_core import Receipt

    Ask = Callable[[], Any]


def source(option: str, value: Any) -> tuple[Ask, str]:
    """What to call for a token of ``value``, and what tells it from others in this process."""
    import contextvars

    identity = f"{option}:{_identity(value)}"
    if option.startswith("aws_"):
        from . import _aws_credentials

        ask = _aws_credentials.given(value)
    elif hasattr(value, "refresh") and hasattr(value, "expiry") and hasattr(value, "token"):
        from . import _google_credentials

        ask = _google_credentials.given(value)
    elif callable(value):
        ask = value
    else:
        raise TypeError(f"is a {type(value).__name__}, which gives out no tokens")
    # A callable may look at who the call is for.
    context = contextvars.copy_context()
    return (lambda: context.run(_answer, ask)), identity


def default_source(kind: str, details: str) -> tuple[Ask, str]:
    """What to call for a token that a cloud's own library finds; ``details`` is what is known, as JSON."""
    import json

    info = json.loads(details)
    if kind == "azure":
        return (lambda: _azure(info["scope"])), f"azure:{details}"
    if kind == "aws":
        return (lambda: _aws(info)), f"aws:{details}"
    if kind != "google":
        raise TypeError("is a cloud whose credentials are not known")

    from . import _google_credentials

    return (lambda: _google_credentials.token(_google_credentials.found(info))), f"google:{_digest(details)}"


def _digest(details: str) -> str:
    import hashlib

    return hashlib.sha256(details.encode()).hexdigest()


def _identity(value: Any) -> str:
    # A method object is made anew whenever it is looked up.
    owner, function = getattr(value, "__self__", None), getattr(value, "__func__", None)
    return f"{id(value)}" if owner is None or function is None else f"{id(owner)}.{id(function)}"


def start(ask: Ask, receipt: Receipt) -> None:
    """Ask on a thread of its own, which does not keep the interpreter alive, and hand the answer in."""
    import threading

    threading.Thread(target=_run, args=(ask, receipt), name="edgequake-token", daemon=True).start()


def _run(ask: Ask, receipt: Receipt) -> None:
    try:
        parts, lifetime = read(ask())
    except ImportError as error:
        receipt.fail(f"needs a package that is not installed: {error}")
    except Unreadable as error:
        receipt.fail(str(error))
    except BaseException as error:
        # Its message may hold what it was refused with.
        receipt.fail(f"raised {type(error).__name__}")
    else:
        receipt.give(parts, lifetime)


def _answer(ask: Ask) -> Any:
    answer = ask()
    if hasattr(answer, "__await__"):
        import asyncio

        answer = asyncio.run(_awaited(answer))
    return answer


async def _awaited(answer: Any) -> Any:
    return await answer


class Unreadable(Exception):
    """An answer that is no token. The message says what it is and never what it holds."""


def read(answer: Any) -> tuple[list[tuple[str, str]], float | None]:
    """The secrets of an answer by name, and for how many seconds they last."""
    if _is_aws(answer):
        from . import _aws_credentials

        return _aws_credentials.read(answer)
    expiry: Any = None
    if isinstance(answer, dict):
        token = answer.get("access_token") or answer.get("token")
        expiry = answer.get("expires_on") or answer.get("expiry")
        lasting = answer.get("expires_in")
        if expiry is None and lasting is not None:
            return [("token", _text(token, answer))], float(lasting)
    elif isinstance(answer, tuple) and len(answer) == 2 and not hasattr(answer, "token"):
        token, expiry = answer
    elif hasattr(answer, "token"):
        token, expiry = answer.token, getattr(answer, "expires_on", None) or getattr(answer, "expiry", None)
    else:
        token = answer
    return [("token", _text(token, answer))], None if expiry is None else seconds_until(expiry)


def _text(token: Any, answer: Any) -> str:
    reveal = getattr(token, "get_secret_value", None)
    token = reveal() if reveal else token
    if isinstance(token, bytes):
        token = token.decode()
    if not isinstance(token, str) or not token.strip():
        raise Unreadable(f"returned a {type(answer).__name__} without a token")
    return token


def seconds_until(expiry: Any) -> float:
    import datetime
    import time

    if isinstance(expiry, datetime.datetime):
        zone = expiry.tzinfo or datetime.timezone.utc
        expiry = expiry.replace(tzinfo=zone).timestamp()
    return float(expiry) - time.time()


def _aws(details: dict[str, Any]) -> Any:
    from . import _aws_credentials

    return _aws_credentials.find(details)


def _is_aws(answer: Any) -> bool:
    if isinstance(answer, str):
        return False
    from . import _aws_credentials

    return _aws_credentials.is_credentials(answer)


def _azure(scope: str) -> Any:
    """A token by ``azure.identity``'s own search: environment, managed identity, signed-in tools."""
    found = _found.get("azure")
    if found is None:
        import azure.identity

        found = _found["azure"] = azure.identity.DefaultAzureCredential()
    return found.get_token(scope)


#: Credentials that a cloud's library found.
_found: dict[str, Any] = {}
