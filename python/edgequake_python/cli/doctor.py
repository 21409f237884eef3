"""``edgequake doctor``: what is installed, which keys are there, who can be reached and by which way."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib import metadata
from typing import List  # noqa: UP035 - Typer evaluates the annotations, on Python 3.9 too

import typer

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PEERS = ("pydantic", "typer", "rich", "redis", "boto3", "google-auth", "azure-identity", "openai", "litellm")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_TLS = ("SSL_CERT_FILE", "SSL_VERIFY", "SSL_CERTIFICATE")


def doctor(
    provider: List[str] = typer.Option(  # noqa: UP006
        [], "--provider", "-p", help="Look at this provider even without a key; repeatable."
    ),
    offline: bool = typer.Option(False, "--offline", help="Do not try to reach anybody."),
    timeout: float = typer.Option(10.0, min=0.1, max=3600.0, help="Seconds to wait for each."),
    json: bool = typer.Option(False, "--json", help="A JSON object."),
) -> None:
    """Look for what keeps calls from working. Keys are never shown; nothing that costs money is asked.

    Exit status 1 when a provider with a key cannot be reached or refuses the key.
    """
    from .. import __version__
    from ..providers import providers

    names = providers()
    for name in provider:
        if name not in names:
            output.usage_error(f"no provider is called {name!r}")
    output.refuse_nan({"--timeout": timeout})
    rows = [_look(name, timeout, offline) for name in _worth_a_look(names, provider)]
    report: dict[str, Any] = {
        "versions": {
            "edgequake_python": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            **{peer: _version(peer) for peer in _PEERS},
        },
        "proxy": {name: _without_password(value) for name in _PROXIES if (value := _variable(name))},
        "tls": {
            **{name: os.environ[name] for name in _TLS if name in os.environ},
            "missing": [name for name in ("SSL_CERT_FILE",) if _is_missing_file(os.environ.get(name))],
        },
        "providers": rows,
    }
    well = not report["tls"]["missing"] and all(row["state"] in _FINE for row in rows)
    if json:
        output.as_json({**report, "ok": well})
    else:
        _show(report)
    raise typer.Exit(0 if well else 1)


_FINE = ("reached", "not tried")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _variable(name: str) -> str | None:
    return os.environ.get(name) or os.environ.get(name.lower())


def _without_password(address: str) -> str:
    scheme, separator, rest = address.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _is_missing_file(path: str | None) -> bool:
    return bool(path) and not os.path.exists(str(path))


def _keys(name: str) -> list[str]:
    from ..providers import provider_info

    return [variable for variable in provider_info(name)["key_env"] if os.environ.get(variable)]


def _worth_a_look(names: list[str], wanted: list[str]) -> list[str]:
    """The wanted, and those with a key; of names for the same account at the same address, the shortest."""
    kept: dict[tuple[str, ...], str] = {}
    for name in sorted(names, key=lambda name: (name not in wanted, len(name), name)):
        keys = _keys(name)
        if name in wanted or keys:
            same = (name,) if name in wanted or not _base(name) else (_base(name), *keys)
            kept.setdefault(same, name)
    return sorted(kept.values())


def _base(name: str) -> str:
    from ..providers import provider_info

    about = provider_info(name)
    return (
        next((os.environ[v] for v in about["base_env"] if os.environ.get(v)), None) or about["base_url"] or ""
    )


def _look(name: str, timeout: float, offline: bool) -> dict[str, Any]:
    from ..providers import provider_info

    about = provider_info(name)
    base = _base(name)
    row: dict[str, Any] = {
        "provider": name,
        "base": _without_password(base),
        "keys": _keys(name),
        "detail": "",
    }
    begun = time.monotonic()
    if offline or not base:
        row["state"] = "not tried"
    elif "list_models" in about["operations"] and row["keys"]:
        row["state"], row["detail"] = _list(name, timeout)
    else:
        row["state"], row["detail"] = _connect(base, timeout)
    row["ms"] = round((time.monotonic() - begun) * 1000) if row["state"] == "reached" else None
    return row


def _list(name: str, timeout: float) -> tuple[str, str]:
    """Ask for the list of models: the library's own way there (proxy, TLS, key), and free of charge."""
    import edgequake_python as eq

    try:
        page = eq.list_models(name, timeout=timeout, num_retries=0)
    except (eq.AuthenticationError, eq.PermissionDeniedError):
        return "key refused", "the provider does not accept this key"
    except eq.EdgeQuakeError as error:
        return "failed", str(error).splitlines()[0][:200]
    return "reached", f"{len(page.data)} models"


def _connect(base: str, timeout: float) -> tuple[str, str]:
    """Only connect: what else could be asked there costs money or is not known."""
    import socket
    import ssl
    from urllib.parse import urlsplit

    parts = urlsplit(base)
    if not parts.hostname or "{" in base:
        return "not tried", "its address depends on the account or region"
    if _variable("HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY") or _variable("ALL_PROXY"):
        return "not tried", "a proxy stands between"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname, port), timeout) as plain:
            if parts.scheme == "https":
                with ssl.create_default_context().wrap_socket(
                    plain, server_hostname=parts.hostname
                ) as secure:
                    return "reached", f"connects ({secure.version()}); the key was not tried"
    except (OSError, ValueError) as error:
        return "failed", str(error)
    return "reached", "connects; the key was not tried"


def _show(report: dict[str, Any]) -> None:
    from rich.table import Table

    def say(line: str) -> None:
        output.out.print(line, markup=False, soft_wrap=True)

    for name, version in report["versions"].items():
        say(f"{name:18} {version or 'not installed'}")
    say("")
    for name, value in report["proxy"].items():
        say(f"{name:18} {value}")
    if not report["proxy"]:
        say("no proxy is set")
    for name in report["tls"]["missing"]:
        say(f"{name} names a file that is not there: {os.environ[name]}")
    say(f"certificates: {os.environ.get('SSL_CERT_FILE') or 'the built-in and the system authorities'}")
    say("")
    if not report["providers"]:
        say("no provider's key is set in the environment (docs: which variable is whose)")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("provider", "key", "state", "ms", "base", ""):
        table.add_column(title, overflow="fold")
    for row in report["providers"]:
        colour = "green" if row["state"] == "reached" else "dim" if row["state"] == "not tried" else "red"
        table.add_row(
            row["provider"],
            ", ".join(row["keys"]) or "none",
            f"[{colour}]{row['state']}[/]",
            str(row["ms"] or "") if row["ms"] is not None else "",
            row["base"],
            row["detail"],
        )
    output.listing(table)
    sys.stdout.flush()
