"""Google's own library for credentials: what it finds on a machine, and its objects that are handed over."""

from __future__ import annotations

import json
import weakref

from ._credentials import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_NOTHING = (
    "has no credentials on this machine: set VERTEXAI_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS to the "
    "path of a service account's JSON, or pass `vertex_credentials`"
)
#: Credentials that were found, by what was known of them before.
_found: dict[str, Any] = {}
#: Credential objects that were asked before: with their scope, and the token they gave.
_known: weakref.WeakKeyDictionary[Any, tuple[Any, Any]] = weakref.WeakKeyDictionary()


def given(credentials: Any) -> Callable[[], Any]:
    """What to call for a token of ``credentials``."""
    return lambda: token(credentials)


def token(credentials: Any) -> tuple[str, Any]:
    """The token of a ``google.auth`` credentials object, refreshed where it must be, and its expiry."""
    scoped, last = _known.get(credentials, (credentials, None))
    if scoped is credentials and getattr(credentials, "requires_scopes", False):
        scoped = credentials.with_scopes([_SCOPE])
    # Tokens are kept until they must be renewed: who asks for the same one again needs another.
    if not scoped.token or scoped.expired or scoped.token == last:
        scoped.refresh(_request())
    _known[credentials] = (scoped, scoped.token)
    return scoped.token, scoped.expiry


def found(info: dict[str, Any] | None) -> Any:
    """The credentials that ``info`` describes, or those of the machine.

    Raises:
        Unreadable: there are none, or ``google-auth`` is not installed.
    """
    name = json.dumps(info)
    if name not in _found:
        try:
            import google.auth
        except ImportError:
            raise Unreadable(f"{_NOTHING}; for other ways: edgequake-python[google]") from None
        library: Any = google.auth
        try:
            _found[name] = library.default([_SCOPE])[0] if info is None else _of_type(info)
        except library.exceptions.DefaultCredentialsError:
            raise Unreadable(_NOTHING) from None
    return _found[name]


def _of_type(info: dict[str, Any]) -> Any:
    """The credentials of the module of ``google.auth`` that knows this type."""
    import importlib

    kind, origin = info.get("type"), info.get("credential_source") or {}
    if kind == "external_account":
        aws = "aws" in str(origin.get("environment_id", ""))
        name = "aws" if aws else "pluggable" if "executable" in origin else "identity_pool"
    elif kind == "external_account_authorized_user":
        name = kind
    elif kind == "impersonated_service_account":
        library = importlib.import_module("google.auth.impersonated_credentials")
        return library.Credentials.from_impersonated_service_account_info(info, scopes=[_SCOPE])
    else:
        raise Unreadable(f"knows no credentials of type {kind!r}")
    return importlib.import_module(f"google.auth.{name}").Credentials.from_info(info)


def _request() -> Any:
    try:
        from google.auth.transport import requests

        return requests.Request()
    except ImportError:
        # google-auth alone brings no HTTP library but Python's own.
        from google.auth.transport import _http_client

        return _http_client.Request()
