"""LiteLLM's HTTP clients, for custom providers that send requests of their own: httpx, where it is installed.

The providers of this package never use them; their connections are the core's.
"""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self


class httpxSpecialProvider(str, Enum):
    """Who a client is for; all get the same."""

    LoggingCallback = "logging_callback"
    GuardrailCallback = "guardrail_callback"
    Caching = "caching"
    Oauth2Check = "oauth2_check"
    SecretManager = "secret_manager"


def _httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise ImportError("HTTPHandler needs the package httpx: pip install httpx") from None
    return httpx


def _options(timeout: Any, ssl_verify: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": 600.0 if timeout is None else timeout, "follow_redirects": True}
    if ssl_verify is not None:
        options["verify"] = ssl_verify
    return options


class HTTPHandler:
    """A blocking client: ``get``, ``post``, ... raise for a bad status, as LiteLLM's do."""

    def __init__(
        self,
        timeout: Any = None,
        concurrent_limit: int = 1000,
        client: Any = None,
        ssl_verify: Any = None,
        disable_default_headers: bool = False,
    ) -> None:
        self.client: Any = client or _httpx().Client(**_options(timeout, ssl_verify))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def request(self, method: str, url: str, *, stream: bool = False, **arguments: Any) -> Any:
        """One request; ``data``, ``json``, ``params``, ``headers`` and ``timeout`` as httpx has them."""
        arguments.pop("logging_obj", None)
        given = {name: value for name, value in arguments.items() if value is not None}
        request = self.client.build_request(method.upper(), url, **_content(given))
        response = self.client.send(request, stream=stream)
        response.raise_for_status()
        return response

    def get(self, url: str, **arguments: Any) -> Any:
        """A GET."""
        return self.request("get", url, **arguments)

    def post(self, url: str, **arguments: Any) -> Any:
        """A POST."""
        return self.request("post", url, **arguments)

    def put(self, url: str, **arguments: Any) -> Any:
        """A PUT."""
        return self.request("put", url, **arguments)

    def patch(self, url: str, **arguments: Any) -> Any:
        """A PATCH."""
        return self.request("patch", url, **arguments)

    def delete(self, url: str, **arguments: Any) -> Any:
        """A DELETE."""
        return self.request("delete", url, **arguments)


class AsyncHTTPHandler:
    """As `HTTPHandler`, for asyncio."""

    def __init__(
        self,
        timeout: Any = None,
        event_hooks: Any = None,
        concurrent_limit: int = 1000,
        client_alias: str | None = None,
        ssl_verify: Any = None,
        shared_session: Any = None,
    ) -> None:
        self.client: Any = _httpx().AsyncClient(event_hooks=event_hooks, **_options(timeout, ssl_verify))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def request(self, method: str, url: str, *, stream: bool = False, **arguments: Any) -> Any:
        """As `HTTPHandler.request`."""
        arguments.pop("logging_obj", None)
        given = {name: value for name, value in arguments.items() if value is not None}
        request = self.client.build_request(method.upper(), url, **_content(given))
        response = await self.client.send(request, stream=stream)
        response.raise_for_status()
        return response

    async def get(self, url: str, **arguments: Any) -> Any:
        """A GET."""
        return await self.request("get", url, **arguments)

    async def post(self, url: str, **arguments: Any) -> Any:
        """A POST."""
        return await self.request("post", url, **arguments)

    async def put(self, url: str, **arguments: Any) -> Any:
        """A PUT."""
        return await self.request("put", url, **arguments)

    async def patch(self, url: str, **arguments: Any) -> Any:
        """A PATCH."""
        return await self.request("patch", url, **arguments)

    async def delete(self, url: str, **arguments: Any) -> Any:
        """A DELETE."""
        return await self.request("delete", url, **arguments)


def _content(given: dict[str, Any]) -> dict[str, Any]:
    """A text or bytes in ``data`` is a body to httpx."""
    if isinstance(given.get("data"), (str, bytes)):
        given["content"] = given.pop("data")
    return given


def get_async_httpx_client(llm_provider: Any, params: dict[str, Any] | None = None) -> AsyncHTTPHandler:
    """A client; one for each caller."""
    return AsyncHTTPHandler(**(params or {}))


def _get_httpx_client(params: dict[str, Any] | None = None) -> HTTPHandler:
    """A blocking client."""
    return HTTPHandler(**(params or {}))
