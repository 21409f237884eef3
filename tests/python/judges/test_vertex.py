"""Google's and Anthropic's clients judge what the simulator has of Vertex AI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_python

genai = pytest.importorskip("google.genai")
pytest.importorskip("google.auth")
pytest.importorskip("cryptography")

from google.auth.exceptions import RefreshError  # noqa: E402
from google.oauth2.service_account import Credentials  # noqa: E402

from service_account import service_account  # noqa: E402

QUESTION = "What is the weather in Paris?"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@pytest.fixture(scope="module")
def account(simulator: edgequake_python.Simulator) -> dict[str, str]:
    return service_account(simulator.root_url)


@pytest.fixture(scope="module")
def client(simulator: edgequake_python.Simulator, account: dict[str, str]) -> Iterator[Any]:
    credentials = Credentials.from_service_account_info(account, scopes=SCOPES)
    client = genai.Client(
        vertexai=True,
        project="p",
        location="us-central1",
        credentials=credentials,
        http_options={"base_url": simulator.root_url},
    )
    yield client
    client.close()


def test_a_service_account_gets_its_token(client: Any, simulator: edgequake_python.Simulator) -> None:
    answer = client.models.generate_content(model="gemini-simulated", contents=QUESTION)
    assert answer.text.startswith(f"You said: {QUESTION}")
    paths = [request["path"] for request in simulator.requests]
    assert "/token" in paths
    wanted = "/projects/p/locations/us-central1/publishers/google/models/gemini-simulated:generateContent"
    assert any(path.endswith(wanted) for path in paths)
    chunks = client.models.generate_content_stream(model="gemini-simulated", contents=QUESTION)
    assert "".join(chunk.text or "" for chunk in chunks) == answer.text


def test_an_account_without_a_scope_gets_none(account: dict[str, str]) -> None:
    from google.auth.transport.requests import Request

    credentials = Credentials.from_service_account_info(account, scopes=[])
    transport = Request()
    with pytest.raises(RefreshError, match="invalid_scope"):
        credentials.refresh(transport)
    transport.session.close()


def test_refusals_name_their_reason(client: Any) -> None:
    with pytest.raises(genai.errors.ClientError) as caught:
        client.models.generate_content(model="429", contents=QUESTION)
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")


def test_embeddings(client: Any) -> None:
    answer = client.models.embed_content(model="text-embedding-005", contents=["a dog"])
    assert len(answer.embeddings[0].values) == 3072


def test_claude(simulator: edgequake_python.Simulator) -> None:
    anthropic = pytest.importorskip("anthropic")
    messages = [{"role": "user", "content": QUESTION}]
    with anthropic.AnthropicVertex(
        region="us-east5",
        project_id="p",
        access_token="t",
        base_url=simulator.root_url + "/v1",
        max_retries=0,
    ) as client:
        call = {"model": "claude-simulated", "max_tokens": 100, "messages": messages}
        plain = client.messages.create(**call)
        with client.messages.stream(**call) as stream:
            assert "".join(stream.text_stream) == plain.content[0].text
        with pytest.raises(anthropic.BadRequestError, match="Extra inputs"):
            client.messages.create(**call, extra_body={"stop": ["x"]})
        with pytest.raises(anthropic.RateLimitError):
            client.messages.create(**{**call, "model": "429"})
