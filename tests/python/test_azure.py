"""Azure: where a deployment lives, and by which key or token of Entra it is asked."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, Request, chat, error

APPLICATION = {"tenant_id": "tenant", "client_id": "client", "client_secret": "canary of the application"}


class Cloud:
    """Entra, and a deployment behind it that takes the tokens that are good."""

    def __init__(self) -> None:
        self.lifetime = 3600
        self.forms: list[dict[str, str]] = []
        self.tenants: list[str] = []
        self.calls: list[Request] = []
        self.refused: set[str] = set()
        self.status = 200
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Reply | dict[str, Any]:
        if not request.path.endswith("/oauth2/v2.0/token"):
            self.calls.append(request)
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            return error(401, f"no: {token}") if token in self.refused else chat()
        time.sleep(0.02)
        with self.lock:
            self.forms.append(dict(urllib.parse.parse_qsl(request.body.decode())))
            self.tenants.append(request.path.split("/")[2])
            if self.status != 200:
                said = {"error": "invalid_client", "error_description": "AADSTS7000215: no such secret."}
                return Reply(said, status=self.status)
            token = f"token-canary-{len(self.forms)}"
        return {"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with Loopback(cloud) as server:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", server.base_url)
        yield server


def ask(server: Loopback, mode: str = "sync", **more: Any) -> Any:
    call = {
        "model": "azure/d",
        "messages": MESSAGES,
        "api_base": server.base_url[:-3],
        "num_retries": 0,
        **more,
    }
    if mode == "sync":
        return eq.completion(**call)
    return asyncio.run(eq.acompletion(**call))


def sent(cloud: Cloud) -> list[str]:
    return [
        request.headers.get("authorization", request.headers.get("api-key", "")) for request in cloud.calls
    ]


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_key_travels_in_its_header(server: Loopback, cloud: Cloud, mode: str) -> None:
    ask(server, mode, api_key="key-of-azure")
    assert cloud.calls[0].headers["api-key"] == "key-of-azure"
    assert "authorization" not in cloud.calls[0].headers
    assert cloud.calls[0].path == "/openai/deployments/d/chat/completions"


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_an_application_asks_once_in_a_lifetime(server: Loopback, cloud: Cloud, mode: str) -> None:
    own = {**APPLICATION, "client_id": f"client-{mode}"}
    for _ in range(3):
        ask(server, mode, **own)
    assert sent(cloud) == ["Bearer token-canary-1"] * 3
    scope = "https://cognitiveservices.azure.com/.default"
    assert cloud.forms == [
        {
            "client_id": own["client_id"],
            "scope": scope,
            "client_secret": "canary of the application",
            "grant_type": "client_credentials",
        }
    ]
    assert cloud.tenants == ["tenant"]
    assert all("api-key" not in request.headers for request in cloud.calls)


def test_many_calls_at_once_ask_once(server: Loopback, cloud: Cloud) -> None:
    async def crowd() -> None:
        call: dict[str, Any] = {"model": "azure/d", "messages": MESSAGES, "api_base": server.base_url[:-3]}
        await asyncio.gather(
            *(eq.acompletion(**call, **{**APPLICATION, "client_id": "crowd"}) for _ in range(8))
        )

    asyncio.run(crowd())
    assert (len(cloud.forms), len(cloud.calls)) == (1, 8)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_refused_token_is_renewed_once(server: Loopback, cloud: Cloud, mode: str) -> None:
    cloud.refused = {"token-canary-1"}
    ask(server, mode, **{**APPLICATION, "client_id": f"renewed-{mode}"})
    assert sent(cloud) == ["Bearer token-canary-1", "Bearer token-canary-2"]
    cloud.refused = {f"token-canary-{i}" for i in range(9)}
    with pytest.raises(eq.AuthenticationError) as caught:
        ask(server, mode, **{**APPLICATION, "client_id": f"refused-{mode}"})
    assert "canary" not in str(caught.value)


def test_what_entra_refuses_is_an_authentication_error(server: Loopback, cloud: Cloud) -> None:
    cloud.status = 401
    with pytest.raises(eq.AuthenticationError, match="AADSTS7000215") as caught:
        ask(server, **{**APPLICATION, "client_id": "unknown"})
    assert "canary" not in str(caught.value)
    assert cloud.calls == []


def test_the_environment_names_an_application(
    server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in APPLICATION.items():
        monkeypatch.setenv(f"AZURE_{name.upper()}", value)
    monkeypatch.setenv("AZURE_SCOPE", "https://ai.azure.com/.default")
    ask(server)
    assert cloud.forms[0]["scope"] == "https://ai.azure.com/.default"
    # A key is nearer.
    monkeypatch.setenv("AZURE_API_KEY", "key-of-azure")
    ask(server)
    assert sent(cloud)[-1] == "key-of-azure"


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("option", ["azure_ad_token_provider", "azure_ad_token"])
def test_a_callable_gives_out_tokens(server: Loopback, cloud: Cloud, mode: str, option: str) -> None:
    given: list[int] = []

    def provider() -> str:
        given.append(threading.get_ident())
        return f"provided-{len(given)}"

    async def provider_async() -> str:
        await asyncio.sleep(0)
        return "provided-async"

    ask(server, mode, **{option: provider})
    ask(server, mode, **{option: provider})
    ask(server, mode, **{option: provider_async})
    assert sent(cloud) == ["Bearer provided-1", "Bearer provided-2", "Bearer provided-async"]
    assert threading.get_ident() not in given


def test_a_callable_that_fails_says_nothing_secret(server: Loopback, cloud: Cloud) -> None:
    def provider() -> str:
        raise RuntimeError("canary")

    with pytest.raises(eq.AuthenticationError, match="RuntimeError") as caught:
        ask(server, azure_ad_token_provider=provider)
    assert "canary" not in str(caught.value)
    assert cloud.calls == []


def test_a_token_given_or_of_the_environment(
    server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(server, azure_ad_token="token-given")
    monkeypatch.setenv("AZURE_AD_TOKEN", "token-of-environment")
    ask(server)
    assert sent(cloud) == ["Bearer token-given", "Bearer token-of-environment"]


def test_the_machines_identity(server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = pytest.importorskip("azure.identity")
    from azure.core.credentials import AccessToken

    scopes: list[str] = []

    class Default:
        def get_token(self, *asked: str) -> AccessToken:
            scopes.extend(asked)
            return AccessToken("token-of-machine", int(time.time()) + 3600)

    monkeypatch.setattr(identity, "DefaultAzureCredential", Default)
    eq.enable_azure_ad_token_refresh = True
    ask(server)
    ask(server)
    assert sent(cloud) == ["Bearer token-of-machine"] * 2
    assert scopes == ["https://cognitiveservices.azure.com/.default"]


def test_nothing_named_is_refused_before_sending(server: Loopback, cloud: Cloud) -> None:
    with pytest.raises(eq.AuthenticationError, match="AZURE_OPENAI_API_KEY"):
        ask(server)
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (
            {
                "message": "The response was filtered due to the prompt triggering the content policy.",
                "code": "content_filter",
                "innererror": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_result": {"hate": {"filtered": True, "severity": "high"}},
                },
            },
            400,
            eq.ContentPolicyViolationError,
        ),
        (
            {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}},
            400,
            eq.ContentPolicyViolationError,
        ),
        ({"message": "no", "code": "context_length_exceeded"}, 400, eq.ContextWindowExceededError),
        (
            {"message": "The API deployment for this resource does not exist", "code": "DeploymentNotFound"},
            404,
            eq.NotFoundError,
        ),
        ({"message": "Requests have exceeded call rate limit", "code": "429"}, 429, eq.RateLimitError),
        (
            {"message": "Access denied due to invalid subscription key", "code": "401"},
            401,
            eq.AuthenticationError,
        ),
        ({"message": "Access denied", "code": "PermissionDenied"}, 403, eq.PermissionDeniedError),
    ],
)
def test_errors_have_their_class(body: dict[str, Any], status: int, kind: type[Exception]) -> None:
    with Loopback(lambda request: Reply({"error": body}, status)) as server, pytest.raises(kind) as caught:
        ask(server, api_key="k")
    assert getattr(caught.value, "status_code", None) == status


SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "a", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
}


def test_versions_before_schemas_are_asked_by_a_tool() -> None:
    def answer(request: Request) -> dict[str, Any]:
        call = {
            "id": "c",
            "type": "function",
            "function": {"name": "json_tool_call", "arguments": '{"n": 1}'},
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])

    with Loopback(answer) as server:
        got = ask(server, api_key="k", api_version="2024-02-15-preview", response_format=SCHEMA)
        assert server.bodies[0]["tools"][0]["function"]["parameters"] == SCHEMA["json_schema"]["schema"]  # type: ignore[index]
        assert (got.choices[0].message.content, got.choices[0].finish_reason) == ('{"n": 1}', "stop")
        with pytest.raises(eq.UnsupportedParamsError, match="tool_choice"):
            ask(server, api_key="k", api_version="2024-02-15-preview", tools=[{}], tool_choice="required")
    with Loopback() as server:
        ask(server, api_key="k", api_version="2024-10-21", response_format=SCHEMA)
        assert server.bodies[0]["response_format"] == SCHEMA


def test_a_family_named_before_the_deployment() -> None:
    with Loopback() as server:
        ask(server, api_key="k", model="azure/o_series/team-1", max_tokens=5)
        ask(server, api_key="k", model="azure/prod-o4-mini", max_tokens=5)
        ask(server, api_key="k", model="azure/team-1", max_tokens=5)
        bodies = server.bodies
        assert [body["model"] for body in bodies] == ["team-1", "prod-o4-mini", "team-1"]
        assert ["max_completion_tokens" in body for body in bodies] == [True, True, False]
        assert server.requests[0].path == "/openai/deployments/team-1/chat/completions"
        unified = f"{server.base_url[:-3]}/openai/v1/"
        ask(server, api_key="k", model="azure/team-1", api_base=unified)
        assert (server.requests[-1].path, server.requests[-1].query) == ("/openai/v1/chat/completions", {})
        with pytest.raises(eq.UnsupportedParamsError, match="reasoning_effort"):
            ask(server, api_key="k", model="azure/my-gpt-4o", reasoning_effort="low")
