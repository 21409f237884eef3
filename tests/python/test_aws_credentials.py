"""AWS's credentials: whoever has them, found by one call, kept as long as they last, and never shown."""

from __future__ import annotations

import asyncio
import datetime
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any, Optional

import boto3
import botocore.credentials
import botocore.session
import pytest

import edgequake_python as eq
from loopback import MESSAGES, Loopback, Reply, Request

MODEL = "bedrock/anthropic.claude-3-haiku-20240307-v1:0"
ANSWER = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hello!"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5},
}
EXPIRED = Reply(
    {"message": "The security token included in the request is expired"},
    403,
    {"x-amzn-errortype": "ExpiredTokenException"},
)


class Cloud:
    """STS and a model behind it, which takes the keys that are good."""

    def __init__(self) -> None:
        self.lifetime = 3600
        self.forms: list[dict[str, str]] = []
        self.signers: list[str] = []
        self.calls: list[Request] = []
        self.refused: set[str] = set()
        self.slow = 0.0
        self.denied = False
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        if "/model/" in request.path:
            self.calls.append(request)
            return EXPIRED if access_key(request) in self.refused else Reply(ANSWER)
        time.sleep(self.slow)
        with self.lock:
            self.forms.append(dict(urllib.parse.parse_qsl(request.body.decode())))
            self.signers.append(access_key(request))
            if self.denied:
                return Reply(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you"
                    "</Message></Error><RequestId>1</RequestId></ErrorResponse>",
                    403,
                    {"content-type": "text/xml"},
                )
            action = self.forms[-1]["Action"]
            expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime)
            keys = (
                f"<AccessKeyId>ASIA{len(self.forms):03}</AccessKeyId>"
                f"<SecretAccessKey>secret-canary</SecretAccessKey>"
                f"<SessionToken>token-canary-{len(self.forms)}</SessionToken>"
                f"<Expiration>{expiry:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
            )
        result = f"<{action}Result><Credentials>{keys}</Credentials></{action}Result>"
        body = f"<{action}Response>{result}</{action}Response>"
        return Reply(body, headers={"content-type": "text/xml"})


def access_key(request: Request) -> str:
    return request.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Loopback]:
    with Loopback(cloud) as server:
        yield server


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """Files of nobody's, and no service of the machine's."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def call(server: Loopback, **more: Any) -> Any:
    base = server.base_url.removesuffix("/v1")
    return eq.completion(
        MODEL, MESSAGES, **{"aws_bedrock_runtime_endpoint": base, "num_retries": 0, "timeout": 20, **more}
    )


def role(server: Loopback, name: str, **more: Any) -> dict[str, Any]:
    """A role of its own, so that no test meets another's keys."""
    base = server.base_url.removesuffix("/v1")
    return {"aws_role_name": f"arn:aws:iam::123456789012:role/{name}", "aws_sts_endpoint": base, **more}


STATIC = {"aws_access_key_id": "AKIASTATIC", "aws_secret_access_key": "static-secret"}


def test_a_role_is_asked_for_once_by_whoever_comes_first(server: Loopback, cloud: Cloud) -> None:
    cloud.slow = 0.1
    arguments = role(server, "once", aws_session_name="mine", aws_external_id="ext", **STATIC)
    threads = [threading.Thread(target=call, args=(server,), kwargs=arguments) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [form["Action"] for form in cloud.forms] == ["AssumeRole"]
    form = cloud.forms[0]
    assert (form["RoleArn"], form["RoleSessionName"], form["ExternalId"]) == (
        "arn:aws:iam::123456789012:role/once",
        "mine",
        "ext",
    )
    assert cloud.signers == ["AKIASTATIC"]
    assert {access_key(request) for request in cloud.calls} == {"ASIA001"}
    assert {request.headers["x-amz-security-token"] for request in cloud.calls} == {"token-canary-1"}


def test_keys_that_expired_are_renewed_and_the_call_repeated_once(server: Loopback, cloud: Cloud) -> None:
    arguments = role(server, "expired", **STATIC)
    call(server, **arguments)
    cloud.refused = {"ASIA001"}
    assert call(server, **arguments).choices[0].message.content == "Hello!"
    assert [access_key(request) for request in cloud.calls] == ["ASIA001", "ASIA001", "ASIA002"]
    cloud.refused = {"ASIA002", "ASIA003"}
    with pytest.raises(eq.AuthenticationError):
        call(server, **arguments)
    assert len(cloud.forms) == 3


def test_keys_are_renewed_before_they_expire(server: Loopback, cloud: Cloud) -> None:
    cloud.lifetime = 1
    arguments = role(server, "short", **STATIC)
    call(server, **arguments)
    time.sleep(1.2)
    call(server, **arguments)
    assert len(cloud.forms) == 2


async def _together(server: Loopback, arguments: dict[str, Any]) -> int:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    heart = asyncio.ensure_future(beat())
    base = server.base_url.removesuffix("/v1")
    calls = [
        eq.acompletion(MODEL, MESSAGES, aws_bedrock_runtime_endpoint=base, num_retries=0, **arguments)
        for _ in range(3)
    ]
    await asyncio.gather(*calls)
    heart.cancel()
    return beats


def test_the_event_loop_goes_on_while_a_role_is_asked_for(server: Loopback, cloud: Cloud) -> None:
    cloud.slow = 0.5
    assert asyncio.run(_together(server, role(server, "loop", **STATIC))) > 5
    assert len(cloud.forms) == 1


def test_a_web_identity(server: Loopback, cloud: Cloud, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "token"
    file.write_text("jwt.canary.file\n")
    for token, expected in (("jwt.canary.plain", "jwt.canary.plain"), (str(file), "jwt.canary.file")):
        cloud.forms.clear()
        call(server, **role(server, f"web-{expected}", aws_web_identity_token=token, aws_session_name="mine"))
        assert cloud.forms[0]["Action"] == "AssumeRoleWithWebIdentity"
        assert cloud.forms[0]["WebIdentityToken"] == expected
        assert cloud.signers[-1] == ""


def test_a_profile_and_its_region(server: Loopback, cloud: Cloud, home: pathlib.Path) -> None:
    (home / "config").write_text("[profile work]\nregion = eu-central-1\n")
    (home / "credentials").write_text(
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\naws_session_token = t\n"
    )
    call(server, aws_profile_name="work")
    sent = cloud.calls[0].headers
    assert (
        "Credential=AKIAWORK/" in sent["authorization"] and "/eu-central-1/bedrock/" in sent["authorization"]
    )
    assert sent["x-amz-security-token"] == "t"
    with pytest.raises(eq.AuthenticationError, match="nobody"):
        call(server, aws_profile_name="nobody")


def test_the_search_of_aws(
    server: Loopback, cloud: Cloud, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(eq.AuthenticationError, match="AWS_ACCESS_KEY_ID") as caught:
        call(server, aws_region_name="eu-west-1")
    assert "looked for" in str(caught.value)
    script = home / "give.py"
    keys = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}
    script.write_text(f"print({json.dumps(json.dumps(keys))})")
    (home / "config").write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    call(server, aws_region_name="eu-west-1")
    assert access_key(cloud.calls[-1]) == "AKIAPROCESS"
    # Keys in the environment need no search.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    call(server)
    assert access_key(cloud.calls[-1]) == "AKIAENV"


class Given:
    """A callable that gives keys out, counted."""

    def __init__(self, lifetime: Optional[int]) -> None:
        self.lifetime = lifetime
        self.count = 0

    def __call__(self) -> dict[str, Any]:
        self.count += 1
        answer: dict[str, Any] = {
            "AccessKeyId": f"AKIAGIVEN{self.count}",
            "SecretAccessKey": "s",
            "SessionToken": "t",
        }
        if self.lifetime:
            now = datetime.datetime.now(datetime.timezone.utc)
            answer["Expiration"] = now + datetime.timedelta(seconds=self.lifetime)
        return answer


def test_callables_sessions_and_credentials_of_the_callers(server: Loopback, cloud: Cloud) -> None:
    lasting, fleeting = Given(3600), Given(None)
    for _ in range(2):
        call(server, aws_credentials=lasting)
        call(server, aws_credentials=fleeting)
    assert (lasting.count, fleeting.count) == (1, 2)
    session = boto3.Session(aws_access_key_id="AKIASESSION", aws_secret_access_key="s")
    call(server, aws_session=session)
    low = botocore.session.Session()
    low.set_credentials("AKIALOW", "s")
    call(server, aws_session=low)
    call(server, aws_credentials=botocore.credentials.Credentials("AKIACREDENTIALS", "s", "t"))
    assert [access_key(request) for request in cloud.calls[-3:]] == [
        "AKIASESSION",
        "AKIALOW",
        "AKIACREDENTIALS",
    ]
    with pytest.raises(eq.BadRequestError, match="aws_credentials"):
        call(server, aws_credentials=object())
    with pytest.raises(eq.AuthenticationError, match="aws_credentials"):
        call(server, aws_credentials=lambda: {"AccessKeyId": "half"})


def test_what_is_refused_says_why_and_shows_nothing(server: Loopback, cloud: Cloud) -> None:
    cloud.denied = True
    with pytest.raises(eq.AuthenticationError, match="AccessDenied: not you") as caught:
        call(server, **role(server, "denied", **STATIC))
    assert "static-secret" not in str(caught.value)
    cloud.denied = False
    arguments = role(server, "shown", **STATIC)
    cloud.refused = {"ASIA002", "ASIA003"}
    with pytest.raises(eq.AuthenticationError) as caught:
        call(server, **arguments)
    assert "canary" not in str(caught.value) + repr(caught.value)


def test_bad_options_are_refused_before_anything_is_sent(server: Loopback, cloud: Cloud) -> None:
    for wrong, named in (
        ({"aws_access_key_id": "A"}, "aws_secret_access_key"),
        ({"aws_web_identity_token": "t"}, "aws_role_name"),
    ):
        with pytest.raises(eq.AuthenticationError, match=named):
            call(server, **wrong)
    with pytest.raises(eq.BadRequestError, match="region"):
        call(server, aws_region_name="evil.example/#", **STATIC)
    assert not cloud.calls and not cloud.forms


def test_without_boto3_the_error_names_the_extra(server: Loopback, tmp_path: pathlib.Path) -> None:
    (tmp_path / "boto3.py").write_text("raise ImportError('no boto3 here')")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import edgequake_python as eq
try:
    eq.completion({MODEL!r}, {MESSAGES!r}, aws_profile_name="p", num_retries=0,
                  aws_bedrock_runtime_endpoint={server.base_url!r})
except eq.AuthenticationError as error:
    assert "edgequake_python[aws]" in str(error), error
    print("ok")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "ok"


def test_plain_keys_import_nothing(server: Loopback) -> None:
    base = server.base_url.removesuffix("/v1")
    program = f"""
import sys
import edgequake_python as eq
eq.completion({MODEL!r}, {MESSAGES!r}, aws_access_key_id="A", aws_secret_access_key="s",
              aws_bedrock_runtime_endpoint={base!r})
assert not {{"boto3", "botocore", "edgequake_python._credentials"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], timeout=60, check=True)


def test_a_bearer_key_wins(server: Loopback, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    call(server, api_key="bedrock-api-key-1", **STATIC)
    assert cloud.calls[-1].headers["authorization"] == "Bearer bedrock-api-key-1"
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-2")
    call(server)
    assert cloud.calls[-1].headers["authorization"] == "Bearer bedrock-api-key-2"
    call(server, extra_headers={"Authorization": "Bearer mine"})
    assert cloud.calls[-1].headers["authorization"] == "Bearer mine"
