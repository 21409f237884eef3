"""Who a call is made as, said in other ways: named credentials, a client, headers for one provider."""

from __future__ import annotations

from ..exceptions import BadRequestError, UnsupportedParamsError
from .core import provider_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Turn them into arguments; an argument that the caller gave wins."""
    named, client = call.get("litellm_credential_name"), call.get("client")
    specific = call.get("provider_specific_header")
    call = call.but("litellm_credential_name", "client", "provider_specific_header")
    if named is not None:
        call = _with(call, _credential(call, named))
    if client is not None:
        call = _with(call, _of_client(call, client))
    if specific:
        call = _with_headers(call, specific)
    return (yield from proceed(call))


def _with(call: Call, values: dict[str, Any]) -> Call:
    return call.but(**{name: value for name, value in values.items() if call.get(name) is None})


def _credential(call: Call, name: str) -> dict[str, Any]:
    """The values of the entry of ``credential_list`` with that name."""
    for item in call.settings.get("credential_list") or ():
        read = item.get if isinstance(item, dict) else lambda key, item=item: getattr(item, key, None)
        if read("credential_name") == name:
            values: dict[str, Any] = dict(read("credential_values") or {})
            return values
    raise BadRequestError(
        message=f"credential_list has no credential named {name!r}", model=call.model, llm_provider=""
    )


def _of_client(call: Call, client: Any) -> dict[str, Any]:
    """Key, address and headers of a client of the openai package.

    Its connections are not used: the request goes through this library's own. A client with a transport of
    the caller's making (a mock, say) would not see the request, so it is refused.
    """
    key, base = getattr(client, "api_key", None), getattr(client, "base_url", None)
    inner = getattr(client, "_client", None)
    transport = getattr(inner, "_transport", None)
    plain = transport is None or type(transport).__name__ in ("HTTPTransport", "AsyncHTTPTransport")
    if base is None or not plain:
        raise UnsupportedParamsError(
            message=f"`client` is a {type(client).__name__} whose connections this library cannot use; pass "
            "api_key and api_base instead",
            model=call.model,
            llm_provider="",
        )
    values: dict[str, Any] = {"api_base": str(base), "api_key": key or None}
    version = getattr(client, "_api_version", None)
    if version is not None:
        values["api_version"] = version
        # The openai package's Azure client has the deployments' folder in its base.
        values["api_base"] = str(base).partition("/openai")[0]
    for name in ("organization", "project", "max_retries"):
        values[name] = getattr(client, name, None)
    headers = {
        name: value
        for name, value in (getattr(client, "_custom_headers", None) or {}).items()
        if isinstance(value, str)
    }
    if headers:
        values["extra_headers"] = {**headers, **(call.get("extra_headers") or {})}
        call.arguments.pop("extra_headers", None)
    return values


def _with_headers(call: Call, specific: Any) -> Call:
    """Headers meant for one provider, or for a list of them separated by commas."""
    provider = provider_of(call)[0]
    meant = str(specific.get("custom_llm_provider") or "").split(",")
    if provider not in (name.strip() for name in meant):
        return call
    headers = {**(specific.get("extra_headers") or {}), **(call.get("extra_headers") or {})}
    return call.but(extra_headers=headers)
