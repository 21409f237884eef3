"""Clients for a single Redis (or Valkey), behind Sentinels, or a Cluster, through the official package.

Every client fails fast and never repeats a command by itself: whether one was carried out before its
connection broke cannot be known, and a repeated charge would be a wrong one.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


#: Connections that a client may have when nobody says how many.
_MANY = 2**31 - 1


class Address:
    """Where Redis is and how it is reached.

    Args:
        url: ``redis://``, ``rediss://`` (TLS), ``unix://``; ``valkey://`` and ``valkeys://`` mean the same;
            ``redis+sentinel://host:port,host:port/service/db``; ``redis+cluster://host:port,host:port``.
        timeout: seconds that connecting and each command may take.
        options: more arguments of the client, by the official package's names, and LiteLLM's
            ``startup_nodes`` (Cluster), ``sentinel_nodes`` and ``service_name``.

    Raises:
        ValueError: for an address that says nothing.
    """

    def __init__(
        self, url: str | None = None, timeout: float = 0.5, options: Mapping[str, Any] | None = None
    ) -> None:
        self.options: dict[str, Any] = {
            name: value for name, value in (options or {}).items() if value is not None
        }
        self.timeout = timeout
        self.kind: str = "single"
        self.nodes: list[tuple[str, int]] = []
        self.service: str = str(self.options.pop("service_name", "mymaster"))
        self.url: str = ""
        if url:
            self._read(url)
        if "startup_nodes" in self.options:
            self.kind = "cluster"
            self.nodes = [_node(node) for node in self.options.pop("startup_nodes")]
        elif "sentinel_nodes" in self.options:
            self.kind = "sentinel"
            self.nodes = [_node(node) for node in self.options.pop("sentinel_nodes")]
        if not (self.url or self.nodes or self.options.get("host")):
            raise ValueError("Redis needs a URL, a host, startup_nodes or sentinel_nodes")

    def _read(self, url: str) -> None:
        scheme, separator, rest = url.partition("://")
        if not separator:
            raise ValueError("not an address of Redis: a scheme such as redis:// is missing")
        scheme = scheme.lower().replace("valkey", "redis")
        if scheme in ("redis", "rediss", "unix"):
            self.url = f"{scheme}://{rest}"
            return
        secure, _, kind = scheme.partition("+")
        if secure not in ("redis", "rediss") or kind not in ("sentinel", "cluster"):
            raise ValueError(f"{scheme}:// is not a scheme of Redis")
        self.kind = kind
        if secure == "rediss":
            self.options.setdefault("ssl", True)
        credentials, _, hosts = rest.rpartition("@")
        if credentials:
            from urllib.parse import unquote

            user, _, password = credentials.partition(":")
            self.options.setdefault("password", unquote(password))
            if user:
                self.options.setdefault("username", unquote(user))
        hosts, _, path = hosts.partition("/")
        self.nodes = [_node(host) for host in hosts.split(",") if host]
        parts = [part for part in path.split("/") if part]
        if kind == "sentinel" and parts:
            self.service = parts[0]
            if len(parts) > 1:
                self.options.setdefault("db", int(parts[1]))

    @property
    def may_read_apart(self) -> bool:
        """Whether values may be read over further connections: of one server, and not bounded."""
        return self.kind == "single" and "max_connections" not in self.options

    def sync(self) -> Any:
        """A client for blocking code."""
        return self._client("redis")

    def asynchronous(self) -> Any:
        """A client for one event loop."""
        return self._client("redis.asyncio")

    def _client(self, package: str) -> Any:
        never: Any = import_module("redis.backoff").NoBackoff()
        options = self._options(import_module(f"{package}.retry").Retry(never, 0))
        if self.kind == "cluster":
            cluster: Any = import_module(f"{package}.cluster")
            nodes = [cluster.ClusterNode(*node) for node in self.nodes]
            return cluster.RedisCluster(startup_nodes=nodes, **options)
        if self.kind == "sentinel":
            make: Any = import_module(f"{package}.sentinel").Sentinel
            return make(self.nodes, sentinel_kwargs=self._timeouts(), **options).master_for(self.service)
        single: Any = import_module(package).Redis
        return single.from_url(self.url, **options) if self.url else single(**options)

    def _options(self, retry: Any) -> dict[str, Any]:
        # The client's own bound on connections, 100 in newer versions, fails calls beyond it.
        limit = {"max_connections": _MANY}
        return {**self._timeouts(), **limit, "retry": retry, **self.options, "decode_responses": False}

    def _timeouts(self) -> dict[str, Any]:
        return {"socket_timeout": self.timeout, "socket_connect_timeout": self.timeout}

    def __repr__(self) -> str:
        """Without the URL or the options: they may hold a password."""
        return f"<Redis, {self.kind}>"


def sentinels_of(client: Any) -> list[Any]:
    """The clients of the Sentinels behind a client; closing that one leaves them open."""
    manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    return list(getattr(manager, "sentinels", ()))


def _node(node: Any) -> tuple[str, int]:
    if isinstance(node, str):
        host, _, port = node.rpartition(":")
        return (host or port, int(port) if host else 6379)
    if isinstance(node, dict):
        return str(node["host"]), int(node.get("port", 6379))
    host, port = node
    return str(host), int(port)
