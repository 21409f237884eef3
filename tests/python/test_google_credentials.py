"""Google Cloud's tokens: asked for once in a lifetime, whoever gives them out, and never shown."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import datetime
import json
import pathlib
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any, Optional

import google.auth.credentials
import google.auth.exceptions
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, Request

MODEL = "vertex_ai/gemini-2.5-flash"
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Hello!"}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5},
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Cloud:
    """A token service and a model behind it, which takes the tokens that are good."""

    def __init__(self) -> None:
        self.lifetime = 3600.0
        self.given: list[str] = []
        self.refused: set[str] = set()
        self.forms: list[dict[str, str]] = []
        self.calls: list[Request] = []
        self.slow = 0.0
        self.status = 200
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        if request.path != "/v1/token":
            self.calls.append(request)
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if token in self.refused or not token:
                error = {"code": 401, "message": f"no: {token}", "status": "UNAUTHENTICATED"}
                return Reply({"error": error}, status=401)
            return Reply(ANSWER)
        time.sleep(self.slow)
        with self.lock:
            self.forms.append(dict(urllib.parse.parse_qsl(request.body.decode())))
            if self.status != 200:
                body = {"error": "invalid_grant", "error_description": "Account not found"}
                return Reply(body, status=self.status)
            token = f"ya29.canary-number-{len(self.given)}"
            self.given.append(token)
        return Reply({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Loopback]:
    with Loopback(cloud) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    for name in (
        "VERTEXAI_CREDENTIALS",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "VERTEXAI_PROJECT",
        "VERTEXAI_LOCATION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))


def account(server: Loopback, name: str) -> dict[str, Any]:
    """A service account of its own, so that no test meets another's token."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pem = KEY.private_bytes(encoding, form, serialization.NoEncryption()).decode()
    return {
        "type": "service_account",
        "project_id": "proj",
        "private_key_id": "key-1",
        "private_key": pem,
        "client_email": f"{name}@proj.iam.gserviceaccount.com",
        "token_uri": f"{server.base_url}/token",
    }


def call(server: Loopback, **more: Any) -> Any:
    return eq.completion(model=MODEL, messages=MESSAGES, api_base=server.base_url, num_retries=0, **more)


def read(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return decoded


@pytest.mark.parametrize("form", ["dict", "text", "path", "environment"])
def test_a_service_account_signs_for_itself_in_whatever_form_it_is_given(
    server: Loopback, cloud: Cloud, form: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = account(server, f"signs-{form}")
    path = tmp_path / "key.json"
    path.write_text(json.dumps(info))
    given: dict[str, Any] = {"dict": info, "text": json.dumps(info), "path": path}
    if form == "environment":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    more = {"vertex_credentials": given[form]} if form in given else {}
    assert call(server, **more).choices[0].message.content == "Hello!"
    request = cloud.calls[-1]
    assert (
        request.path
        == "/v1/projects/proj/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent"
    )
    assert request.headers["authorization"] == f"Bearer {cloud.given[-1]}"
    assert cloud.forms[-1]["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = cloud.forms[-1]["assertion"].split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    KEY.public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert read(head) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    said = read(claims)
    assert (said["iss"], said["aud"]) == (info["client_email"], info["token_uri"])
    assert said["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    assert said["exp"] - said["iat"] == 3600


def test_a_user_asks_with_a_refresh_token(server: Loopback, cloud: Cloud) -> None:
    user = {
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "refresh",
        "quota_project_id": "quota",
        "token_uri": f"{server.base_url}/token",
    }
    call(server, vertex_credentials=user, vertex_location="global")
    assert cloud.forms[-1]["grant_type"] == "refresh_token"
    assert "/projects/quota/locations/global/" in cloud.calls[-1].path


def test_one_token_for_many_calls_at_once(server: Loopback, cloud: Cloud) -> None:
    cloud.slow = 0.2
    info = account(server, "many")

    async def crowd() -> list[Any]:
        one = eq.acompletion
        calls = [
            one(model=MODEL, messages=MESSAGES, api_base=server.base_url, vertex_credentials=info)
            for _ in range(20)
        ]
        return await asyncio.gather(*calls)

    assert len(asyncio.run(crowd())) == 20
    assert len(cloud.given) == 1
    threads = [
        threading.Thread(target=call, args=(server,), kwargs={"vertex_credentials": info}) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Synchronous code shares it, and nobody asked again.
    assert len(cloud.given) == 1
    assert len(cloud.calls) == 28


def test_a_token_is_renewed_when_its_life_is_over(server: Loopback, cloud: Cloud) -> None:
    cloud.lifetime = 0.2
    info = account(server, "short")
    call(server, vertex_credentials=info)
    time.sleep(0.3)
    call(server, vertex_credentials=info)
    assert len(cloud.given) == 2
    assert cloud.calls[-1].headers["authorization"] == f"Bearer {cloud.given[1]}"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_refused_token_is_renewed_once(server: Loopback, cloud: Cloud, asynchronous: bool) -> None:
    info = account(server, f"refused-{asynchronous}")

    def ask() -> Any:
        arguments: dict[str, Any] = {
            "model": MODEL,
            "messages": MESSAGES,
            "api_base": server.base_url,
            "vertex_credentials": info,
        }
        return asyncio.run(eq.acompletion(**arguments)) if asynchronous else eq.completion(**arguments)

    ask()
    cloud.refused.add(cloud.given[0])
    assert ask().choices[0].message.content == "Hello!"
    assert len(cloud.given) == 2
    # A provider that refuses every token is not asked for ever.
    cloud.refused.update(f"ya29.canary-number-{number}" for number in range(9))
    with pytest.raises(eq.AuthenticationError) as caught:
        ask()
    assert len(cloud.given) == 3
    assert "canary" not in str(caught.value) + repr(caught.value)


def test_a_refusal_of_the_token_service_is_an_authentication_error(server: Loopback, cloud: Cloud) -> None:
    cloud.status = 400
    with pytest.raises(eq.AuthenticationError, match="invalid_grant") as caught:
        call(server, vertex_credentials=account(server, "unknown"))
    assert "PRIVATE KEY" not in str(caught.value)
    assert not cloud.calls


def test_nothing_is_sent_without_credentials_that_can_be_read(server: Loopback, cloud: Cloud) -> None:
    for wrong in ("/no/such/file.json", "{not json canary", json.dumps({"type": "service_account"})):
        with pytest.raises(eq.AuthenticationError) as caught:
            call(server, vertex_credentials=wrong, vertex_project="p")
        assert "canary" not in str(caught.value)
    assert not cloud.calls


def test_a_callable_that_returns_a_text_is_asked_for_every_call(server: Loopback, cloud: Cloud) -> None:
    tokens = iter(["first-token", "second-token"])
    threads: list[Optional[int]] = []

    def give() -> str:
        threads.append(threading.get_ident())
        return next(tokens)

    for expected in ("first-token", "second-token"):
        call(server, vertex_credentials=give, vertex_project="p")
        assert cloud.calls[-1].headers["authorization"] == f"Bearer {expected}"
    assert threading.get_ident() not in threads


def test_a_callable_that_says_how_long_is_asked_once(server: Loopback, cloud: Cloud) -> None:
    asked = []

    def give() -> tuple[str, float]:
        asked.append(1)
        return "lasting-token", time.time() + 3600

    for _ in range(3):
        call(server, vertex_credentials=give, vertex_project="p")
    assert len(asked) == 1


def test_a_coroutine_function_gives_tokens_without_stopping_the_loop(server: Loopback, cloud: Cloud) -> None:
    ticks = 0

    async def give() -> str:
        await asyncio.sleep(0.2)
        return "awaited-token"

    async def main() -> None:
        nonlocal ticks
        task = asyncio.ensure_future(
            eq.acompletion(
                model=MODEL,
                messages=MESSAGES,
                api_base=server.base_url,
                vertex_credentials=give,
                vertex_project="p",
            )
        )
        while not task.done():
            ticks += 1
            await asyncio.sleep(0.01)
        await task

    asyncio.run(main())
    assert ticks > 5
    assert cloud.calls[-1].headers["authorization"] == "Bearer awaited-token"


def test_what_a_callable_raises_is_an_error_without_its_words(server: Loopback, cloud: Cloud) -> None:
    def give() -> str:
        raise ValueError("refused secret-canary")

    with pytest.raises(eq.AuthenticationError, match="ValueError") as caught:
        call(server, vertex_credentials=give, vertex_project="p")
    assert "canary" not in str(caught.value)
    for nothing in (None, "", 3):
        with pytest.raises(eq.AuthenticationError, match="without a token"):
            call(server, vertex_credentials=lambda nothing=nothing: nothing, vertex_project="p")
    assert not cloud.calls


class Credentials(google.auth.credentials.Credentials):
    """Credentials of google-auth's kind that need no network."""

    refreshed = 0

    def refresh(self, request: Any) -> None:
        self.refreshed += 1
        self.token = f"refreshed-token-{self.refreshed}"
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        self.expiry = now + datetime.timedelta(hours=1)


def test_credentials_of_google_auth(server: Loopback, cloud: Cloud) -> None:
    credentials = Credentials()
    for _ in range(3):
        call(server, vertex_credentials=credentials, vertex_project="p")
    assert credentials.refreshed == 1
    cloud.refused.add("refreshed-token-1")
    call(server, vertex_credentials=credentials, vertex_project="p")
    assert credentials.refreshed == 2
    assert cloud.calls[-1].headers["authorization"] == "Bearer refreshed-token-2"


def test_what_the_machine_offers_is_found_by_google_auth(
    server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(scopes: Any) -> Any:
        raise google.auth.exceptions.DefaultCredentialsError("nothing")

    credentials = Credentials()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "google.auth", None)
        with pytest.raises(eq.AuthenticationError, match=r"edgequake-python\[google\]"):
            call(server, vertex_project="p")
    monkeypatch.setattr("google.auth.default", nothing)
    with pytest.raises(eq.AuthenticationError, match="GOOGLE_APPLICATION_CREDENTIALS"):
        call(server, vertex_project="p")
    assert not cloud.calls
    monkeypatch.setattr("google.auth.default", lambda scopes: (credentials, "p"))
    for _ in range(2):
        call(server, vertex_project="p")
    assert cloud.calls[-1].headers["authorization"] == "Bearer refreshed-token-1"


def test_credentials_that_google_auth_does_not_know_either(server: Loopback) -> None:
    with pytest.raises(eq.AuthenticationError, match="never_heard_of"):
        call(server, vertex_project="p", vertex_credentials={"type": "never_heard_of", "secret": "canary"})


def test_a_callable_sees_for_whom_the_call_is(server: Loopback, cloud: Cloud) -> None:
    tenant = contextvars.ContextVar("tenant", default="nobody")

    async def give() -> str:
        return f"token-of-{tenant.get()}"

    async def one(name: str) -> None:
        tenant.set(name)
        await eq.acompletion(
            model=MODEL,
            messages=MESSAGES,
            api_base=server.base_url,
            vertex_credentials=give,
            vertex_project="p",
        )

    async def both() -> None:
        await asyncio.gather(one("ann"), one("bob"))

    asyncio.run(both())
    seen = {request.headers["authorization"] for request in cloud.calls}
    assert seen == {"Bearer token-of-ann", "Bearer token-of-bob"}


def test_a_project_that_nobody_names_is_an_error_that_says_where(server: Loopback) -> None:
    with pytest.raises(eq.BadRequestError, match="VERTEXAI_PROJECT"):
        call(server, vertex_credentials=lambda: "token")


def test_a_token_and_settings_of_the_module(
    server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eq, "vertex_project", "from-module", raising=False)
    monkeypatch.setattr(eq, "vertex_location", "europe-west1", raising=False)
    call(server, vertex_credentials="ya29.given-token")
    request = cloud.calls[-1]
    assert "/projects/from-module/locations/europe-west1/" in request.path
    assert request.headers["authorization"] == "Bearer ya29.given-token"
