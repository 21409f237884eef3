"""Google Cloud's tokens: asked for once in a lifetime, whoever gives them out, and never shown."""

from __future__ import annotations

import asyncio
import base64
import datetime
import json
import pathlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import google.auth.credentials
import google.auth.exceptions
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

import edgequake_python as eq
from google_cloud import MODEL, Cloud, account, call
from loopback import MESSAGES
from service_account import key


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.stop()


def read(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return decoded


@pytest.mark.parametrize("form", ["dict", "text", "path", "environment"])
def test_a_service_account_signs_for_itself_in_whatever_form_it_is_given(
    cloud: Cloud, form: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = account(cloud, f"signs-{form}")
    path = tmp_path / "key.json"
    path.write_text(json.dumps(info))
    given: dict[str, Any] = {"dict": info, "text": json.dumps(info), "path": path}
    if form == "environment":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    more = {"vertex_credentials": given[form]} if form in given else {}
    assert call(cloud, **more).choices[0].message.content == "Hello!"
    request = cloud.calls[-1]
    assert (
        request.path
        == "/v1/projects/proj/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent"
    )
    assert request.headers["authorization"] == f"Bearer {cloud.given[-1]}"
    assert cloud.forms[-1]["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = cloud.forms[-1]["assertion"].split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    key().public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert read(head) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    said = read(claims)
    assert (said["iss"], said["aud"]) == (info["client_email"], info["token_uri"])
    assert said["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    assert said["exp"] - said["iat"] == 3600


def test_a_user_asks_with_a_refresh_token(cloud: Cloud) -> None:
    user = {
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "refresh",
        "quota_project_id": "quota",
        "token_uri": f"{cloud.base_url}/token",
    }
    call(cloud, vertex_credentials=user, vertex_location="global")
    assert cloud.forms[-1]["grant_type"] == "refresh_token"
    assert "/projects/quota/locations/global/" in cloud.calls[-1].path


def test_one_token_for_many_calls_at_once(cloud: Cloud) -> None:
    cloud.slow = 0.2
    info = account(cloud, "many")

    async def crowd() -> list[Any]:
        one = eq.acompletion
        calls = [
            one(model=MODEL, messages=MESSAGES, api_base=cloud.base_url, vertex_credentials=info)
            for _ in range(20)
        ]
        return await asyncio.gather(*calls)

    assert len(asyncio.run(crowd())) == 20
    assert len(cloud.given) == 1
    threads = [
        threading.Thread(target=call, args=(cloud,), kwargs={"vertex_credentials": info}) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Synchronous code shares it, and nobody asked again.
    assert len(cloud.given) == 1
    assert len(cloud.calls) == 28


def test_a_token_is_renewed_when_its_life_is_over(cloud: Cloud) -> None:
    cloud.lifetime = 0.2
    info = account(cloud, "short")
    call(cloud, vertex_credentials=info)
    time.sleep(0.3)
    call(cloud, vertex_credentials=info)
    assert len(cloud.given) == 2
    assert cloud.calls[-1].headers["authorization"] == f"Bearer {cloud.given[1]}"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_refused_token_is_renewed_once(cloud: Cloud, asynchronous: bool) -> None:
    info = account(cloud, f"refused-{asynchronous}")

    def ask() -> Any:
        arguments: dict[str, Any] = {
            "model": MODEL,
            "messages": MESSAGES,
            "api_base": cloud.base_url,
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


def test_a_refusal_of_the_token_service_is_an_authentication_error(cloud: Cloud) -> None:
    cloud.status = 400
    with pytest.raises(eq.AuthenticationError, match="invalid_grant") as caught:
        call(cloud, vertex_credentials=account(cloud, "unknown"))
    assert "PRIVATE KEY" not in str(caught.value)
    assert not cloud.calls


def test_nothing_is_sent_without_credentials_that_can_be_read(cloud: Cloud) -> None:
    for wrong in ("/no/such/file.json", "{not json canary", json.dumps({"type": "service_account"})):
        with pytest.raises(eq.AuthenticationError) as caught:
            call(cloud, vertex_credentials=wrong, vertex_project="p")
        assert "canary" not in str(caught.value)
    assert not cloud.calls


class Credentials(google.auth.credentials.Credentials):
    """Credentials of google-auth's kind that need no network."""

    refreshed = 0

    def refresh(self, request: Any) -> None:
        self.refreshed += 1
        self.token = f"refreshed-token-{self.refreshed}"
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        self.expiry = now + datetime.timedelta(hours=1)


def test_credentials_of_google_auth(cloud: Cloud) -> None:
    credentials = Credentials()
    for _ in range(3):
        call(cloud, vertex_credentials=credentials, vertex_project="p")
    assert credentials.refreshed == 1
    cloud.refused.add("refreshed-token-1")
    call(cloud, vertex_credentials=credentials, vertex_project="p")
    assert credentials.refreshed == 2
    assert cloud.calls[-1].headers["authorization"] == "Bearer refreshed-token-2"


def test_what_the_machine_offers_is_found_by_google_auth(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(scopes: Any) -> Any:
        raise google.auth.exceptions.DefaultCredentialsError("nothing")

    credentials = Credentials()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "google.auth", None)
        with pytest.raises(eq.AuthenticationError, match=r"edgequake-python\[google\]"):
            call(cloud, vertex_project="p")
    monkeypatch.setattr("google.auth.default", nothing)
    with pytest.raises(eq.AuthenticationError, match="GOOGLE_APPLICATION_CREDENTIALS"):
        call(cloud, vertex_project="p")
    assert not cloud.calls
    monkeypatch.setattr("google.auth.default", lambda scopes: (credentials, "p"))
    for _ in range(2):
        call(cloud, vertex_project="p")
    assert cloud.calls[-1].headers["authorization"] == "Bearer refreshed-token-1"


def test_credentials_that_google_auth_does_not_know_either(cloud: Cloud) -> None:
    with pytest.raises(eq.AuthenticationError, match="never_heard_of"):
        call(cloud, vertex_project="p", vertex_credentials={"type": "never_heard_of", "secret": "canary"})
