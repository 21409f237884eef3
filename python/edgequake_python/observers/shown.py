"""What observers may see of what a caller gave: without the secrets that travel in addresses and dicts."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BLOT = "***"
_SECRET = ("api_key", "token", "secret", "password", "credential", "authorization")
#: Tokens in the plural are counted, and open nothing: ``max_output_tokens``, ``max_tokens_to_sample``.
_COUNTS = re.compile(r"(?:^|_)tokens(?:_|$)")
_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)?[^/]*@", re.IGNORECASE)
_QUERY = re.compile(
    r"([?&][^=&#]*(?:auth|key|secret|sig|credential|password|token)[^=&#]*=)[^&#]*", re.IGNORECASE
)


def is_secret(name: str) -> bool:
    """Whether an argument of that name holds something secret, or gives access to it."""
    if name.endswith("_cost_per_token"):
        return False
    name = _COUNTS.sub("", name)
    return name == "client" or any(part in name for part in _SECRET)


def address(given: Any) -> Any:
    """A URL without user, password and what its query calls secret."""
    if not isinstance(given, str) or ("@" not in given and "?" not in given):
        return given
    return _QUERY.sub(rf"\1{BLOT}", _USER.sub(r"\1", given))


def fields(given: Any) -> Any:
    """A dict, or a list of dicts, in which what is called secret is blotted out; anything else as it is."""
    if isinstance(given, dict):
        return {
            name: BLOT if isinstance(name, str) and _is_secret_field(name) else fields(value)
            for name, value in given.items()
        }
    if isinstance(given, (list, tuple)):
        return [fields(value) for value in given]
    return given


def _is_secret_field(name: str) -> bool:
    name = name.lower()
    return name in ("key", "token", "sig") or is_secret(name.replace("-", "_"))
