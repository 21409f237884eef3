"""Secrets by name: from the environment, or from a secret manager that the program has set up."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_settings = sys.modules[__package__].__dict__

#: In front of a name it says that the environment has the value.
_PREFIX = "os.environ/"


def get_secret(secret_name: str, default_value: Any = None) -> Any:
    """The secret of that name.

    Args:
        secret_name: an environment variable's name, with or without ``os.environ/`` in front.
        default_value: what to return when there is none.

    Returns:
        Its text; ``true`` and ``false`` (any case) as a bool, as LiteLLM has it. With a
        ``secret_manager_client`` set on the package, what its ``get_secret`` says, if it says something.
    """
    name = secret_name[len(_PREFIX) :] if secret_name.startswith(_PREFIX) else secret_name
    value = _managed(name)
    if value is None:
        value = os.environ.get(name)
    if value is None:
        return default_value
    lowered = value.strip().lower() if isinstance(value, str) else value
    if lowered in ("true", "false"):
        return lowered == "true"
    return value


def get_secret_str(secret_name: str, default_value: str | None = None) -> str | None:
    """As `get_secret`, but only a text; anything else is None."""
    value = get_secret(secret_name, default_value)
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def get_secret_bool(secret_name: str, default_value: bool | None = None) -> bool | None:
    """As `get_secret`, but only a bool; anything else is None."""
    value = get_secret(secret_name, default_value)
    return value if isinstance(value, bool) else None


def _managed(name: str) -> Any:
    client = _settings.get("secret_manager_client")
    read = getattr(client, "get_secret", None) or getattr(client, "sync_read_secret", None)
    if read is None:
        return None
    value = read(name)
    # Azure's client gives an object, others the text.
    return getattr(value, "value", value)


class CredentialAccessor:
    """The named credentials of ``credential_list``."""

    @staticmethod
    def get_credential_values(credential_name: str) -> dict[str, Any]:
        """The values under that name; empty when there are none."""
        for item in _settings.get("credential_list") or ():
            read = item.get if isinstance(item, dict) else lambda key, item=item: getattr(item, key, None)
            if read("credential_name") == credential_name:
                return dict(read("credential_values") or {})
        return {}

    @staticmethod
    def upsert_credentials(credentials: Iterable[Any]) -> None:
        """Put credentials into the list, in the place of those of the same name."""

        def name(item: Any) -> Any:
            return (
                item.get("credential_name")
                if isinstance(item, dict)
                else getattr(item, "credential_name", None)
            )

        known = _settings.setdefault("credential_list", [])
        for credential in credentials:
            known[:] = [item for item in known if name(item) != name(credential)]
            known.append(credential)


def load_credentials_from_list(kwargs: dict[str, Any]) -> None:
    """Put the values of ``litellm_credential_name`` into ``kwargs``; what is given there wins."""
    named = kwargs.get("litellm_credential_name")
    if named:
        for name, value in CredentialAccessor.get_credential_values(named).items():
            kwargs.setdefault(name, value)
