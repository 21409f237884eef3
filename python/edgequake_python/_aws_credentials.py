"""Credentials of AWS: found by boto3 where they are not plain keys, and read from whatever holds them.

boto3 is imported when a call needs it: for a profile, a role, a web identity, or AWS's own search
(environment, shared files, SSO, processes, containers, instances). What it finds is kept outside Python
until shortly before it expires, so everything here is asked anew each time.
"""

from __future__ import annotations

from ._credentials import Unreadable, seconds_until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Keys without an expiry are looked for again after this many seconds: there may be others by then.
_KEPT = 900.0
_SESSION_NAME = "edgequake-session"
_MISSING = (
    "credentials other than plain keys need boto3: install it with `pip install 'edgequake_python[aws]'`"
)


def given(value: Any) -> Callable[[], Any]:
    """What to call for the keys of ``value``: a session of boto3 or botocore, credentials, or a callable."""
    if callable(getattr(value, "get_credentials", None)):
        return lambda: _of_session(value)
    if hasattr(value, "access_key") and hasattr(value, "secret_key"):
        return lambda: value
    if callable(value):
        return value  # type: ignore[no-any-return]
    raise TypeError(f"is a {type(value).__name__}, which gives out no credentials of AWS")


def find(details: dict[str, Any]) -> Any:
    """The credentials that ``details`` lead to: of a web identity, a role, a profile, or of AWS's search."""
    try:
        import boto3
    except ImportError:
        raise Unreadable(_MISSING) from None
    library: Any = boto3
    token = details.get("aws_web_identity_token")
    role = details.get("aws_role_name")
    try:
        if role and token:
            return _answered(_web_identity(library, details, role, _identity_token(token)))
        if role and not _is_already(role, details):
            return _answered(_role(library, details, role))
        return _of_session(library.Session(profile_name=details.get("aws_profile_name")))
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"credentials cannot be had: {_reason(error)}") from None


def is_credentials(answer: Any) -> bool:
    """Whether an answer holds keys of AWS."""
    if isinstance(answer, dict):
        return any(name in answer for name in ("AccessKeyId", "access_key", "aws_access_key_id"))
    return hasattr(answer, "access_key") and hasattr(answer, "secret_key")


def read(answer: Any) -> tuple[list[tuple[str, str]], float | None]:
    """The keys of an answer by name, and for how many seconds they last."""
    lifetime: float | None
    if isinstance(answer, dict):
        names = (
            ("AccessKeyId", "access_key", "aws_access_key_id"),
            ("SecretAccessKey", "secret_key", "aws_secret_access_key"),
            ("SessionToken", "Token", "token", "aws_session_token"),
        )
        keys = [next((answer[name] for name in group if answer.get(name)), None) for group in names]
        expiry = answer.get("Expiration") or answer.get("expiry_time") or answer.get("expiration")
        lifetime = None if expiry is None else _left(expiry)
    else:
        frozen = getattr(answer, "get_frozen_credentials", None)
        # Freezing renews them where they must be.
        held = frozen() if frozen else answer
        keys = [held.access_key, held.secret_key, getattr(held, "token", None)]
        expiry = getattr(answer, "_expiry_time", None)
        lifetime = _KEPT if expiry is None else seconds_until(expiry)
    named = zip(("access_key", "secret_key", "session_token"), keys)
    parts = [(name, _text(key, answer)) for name, key in named if key]
    if len(parts) < 2:
        raise Unreadable(f"returned a {type(answer).__name__} without keys of AWS")
    return parts, lifetime


def _text(key: Any, answer: Any) -> str:
    reveal = getattr(key, "get_secret_value", None)
    key = reveal() if reveal else key
    if not isinstance(key, str):
        raise Unreadable(f"returned a {type(answer).__name__} whose keys are no text")
    return key


def _left(expiry: Any) -> float:
    if isinstance(expiry, str):
        import datetime

        expiry = datetime.datetime.fromisoformat(expiry.replace("Z", "+00:00"))
    return seconds_until(expiry)


def _of_session(session: Any) -> Any:
    found = session.get_credentials()
    if found is None:
        raise Unreadable(
            "credentials were looked for and not found in the environment, shared files, SSO, or this machine"
        )
    return found


def _role(library: Any, details: dict[str, Any], role: str) -> Any:
    arguments = {"RoleArn": role, "RoleSessionName": details.get("aws_session_name") or _SESSION_NAME}
    if details.get("aws_external_id"):
        arguments["ExternalId"] = details["aws_external_id"]
    if details.get("aws_session_tags"):
        arguments["Tags"] = details["aws_session_tags"]
    keys = {
        name: details[name]
        for name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        if details.get(name)
    }
    session = library.Session(profile_name=details.get("aws_profile_name"), **keys)
    return session.client("sts", **_sts(details)).assume_role(**arguments)


def _web_identity(library: Any, details: dict[str, Any], role: str, token: str) -> Any:
    # The token is the proof: botocore does not sign this request.
    client = library.Session().client("sts", **_sts(details))
    return client.assume_role_with_web_identity(
        RoleArn=role,
        RoleSessionName=details.get("aws_session_name") or _SESSION_NAME,
        WebIdentityToken=token,
    )


def _sts(details: dict[str, Any]) -> dict[str, Any]:
    import os
    import re

    endpoint = details.get("aws_sts_endpoint")
    in_endpoint = re.search(r"//sts\.([a-z0-9-]+)\.amazonaws\.", endpoint or "")
    region = in_endpoint.group(1) if in_endpoint else None
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    client: dict[str, Any] = {"region_name": region or details.get("aws_region_name")}
    if endpoint:
        client["endpoint_url"] = endpoint
    return client


def _identity_token(token: str) -> str:
    """The token itself: given as it is, or by the file that holds it."""
    import os

    named = token.startswith("oidc/file/")
    if named or (len(token) < 1024 and os.path.isabs(token)):
        try:
            with open(token[len("oidc/file/") :] if named else token, encoding="utf-8") as file:
                return file.read().strip()
        except OSError as error:
            raise Unreadable(
                f"credentials cannot be had: the file of the web identity: {error.strerror}"
            ) from None
    if token.startswith("oidc/env/"):
        value = os.environ.get(token[len("oidc/env/") :], "")
        if not value:
            raise Unreadable(f"credentials cannot be had: {token} names no environment variable that is set")
        return value
    return token


def _is_already(role: str, details: dict[str, Any]) -> bool:
    """Whether this machine has that role by itself (a pod's role, found by AWS's search)."""
    import os

    own = any(details.get(name) for name in ("aws_access_key_id", "aws_profile_name"))
    return not own and os.environ.get("AWS_ROLE_ARN") == role and "AWS_WEB_IDENTITY_TOKEN_FILE" in os.environ


def _answered(answer: Any) -> Any:
    return answer["Credentials"]


def _reason(error: Exception) -> str:
    """Why boto3 failed. Its errors name codes, profiles and files, and no secrets."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        said = response.get("Error") or {}
        return f"{said.get('Code') or type(error).__name__}: {said.get('Message') or 'AWS gave no reason'}"
    if type(error).__module__.startswith("botocore."):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__
