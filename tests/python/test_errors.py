"""What a failed call raises, and what the error knows."""

from __future__ import annotations

import asyncio
import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion, exceptions
from edgequake_python.exceptions import EdgeQuakeError
from loopback import CUT, DROP, MESSAGES, Loopback, Reply, error, event, events

#: The simulator's refusals: model, class, status, code.
REFUSALS: list[tuple[str, str, int, str | None]] = [
    ("400", "BadRequestError", 400, None),
    ("401", "AuthenticationError", 401, "invalid_api_key"),
    ("403", "PermissionDeniedError", 403, "permission_denied"),
    ("404", "NotFoundError", 404, "model_not_found"),
    ("408", "Timeout", 408, "request_timeout"),
    ("422", "BadRequestError", 422, None),
    ("429?retry_after_ms=1", "RateLimitError", 429, "429"),
    ("500", "InternalServerError", 500, None),
    ("502", "BadGatewayError", 502, None),
    ("503", "ServiceUnavailableError", 503, None),
    ("504", "Timeout", 504, None),
    ("529", "ServiceUnavailableError", 529, None),
    ("context_window", "ContextWindowExceededError", 400, "context_length_exceeded"),
    ("content_policy", "ContentPolicyViolationError", 400, "content_policy_violation"),
    ("quota", "RateLimitError", 429, "429"),
    ("html", "BadGatewayError", 502, None),
]


def failed(run: Any, **call: Any) -> EdgeQuakeError:
    with pytest.raises(EdgeQuakeError) as caught:
        run(**{"num_retries": 0, "messages": MESSAGES, **call})
    return caught.value


class TestRefusals:
    @pytest.mark.parametrize(("model", "name", "status", "code"), REFUSALS, ids=[row[0] for row in REFUSALS])
    def test_each_has_its_class(
        self, content: Any, model: str, name: str, status: int, code: str | None
    ) -> None:
        failure = failed(content, model=f"sim/{model}")
        expected = getattr(exceptions, name)
        assert isinstance(failure, expected)
        assert failure.status_code == (503 if status == 529 else status)  # this class always says 503
        assert failure.llm_provider == "sim"
        assert failure.model == model
        assert failure.request_id.startswith("req_")
        assert failure.headers["X-Request-Id"] == failure.request_id
        assert failure.litellm_response_headers == failure.headers
        assert failure.response.status_code == status
        assert failure.response.headers["x-request-id"] == failure.request_id
        assert str(failure).startswith("litellm.")
        if code is not None:
            assert failure.code == code
        if model != "html":
            assert failure.body["message"] in str(failure)
            assert failure.response.json()["error"] == failure.body

    @pytest.mark.parametrize("status", range(400, 600))
    def test_every_status_is_an_error_of_ours(self, server: Loopback, status: int) -> None:
        server.handler = lambda request: error(status)
        failure = failed(completion, **server.call())
        assert failure.response.status_code == status
        assert failure.status_code == (503 if status == 529 else status)

    @pytest.mark.parametrize("status", [201, 202])
    def test_every_2xx_is_good(self, server: Loopback, status: int) -> None:
        good = server.handler
        server.handler = lambda request: Reply(good(request), status)  # type: ignore[arg-type]
        assert completion(**server.call()).choices

    def test_bases(self) -> None:
        window = failed(completion, model="sim/context_window")
        assert isinstance(window, exceptions.BadRequestError)
        assert isinstance(failed(completion, model="sim/content_policy"), exceptions.BadRequestError)
        assert "ContextWindowExceededError" in str(window)

    def test_the_status_and_not_the_words_decide(self, server: Loopback) -> None:
        message = "429 rate limit reached, invalid_request_error, this model's maximum context length is 5"
        server.handler = lambda request: error(500, message)
        assert type(failed(completion, **server.call())) is exceptions.InternalServerError
        server.handler = lambda request: error(401, message)
        assert type(failed(completion, **server.call())) is exceptions.AuthenticationError

    @pytest.mark.parametrize(
        ("model", "seconds"),
        [("429?retry_after=7", 7), ("429?retry_after_ms=1500", 1.5), ("503?retry_after=3", 3), ("500", None)],
    )
    def test_retry_after(self, complete: Any, model: str, seconds: float | None) -> None:
        assert failed(complete, model=f"sim/{model}").retry_after == seconds

    def test_a_page_is_named_and_not_quoted(self, complete: Any) -> None:
        failure = failed(complete, model="sim/html")
        assert "<center>" not in str(failure)
        assert "502" in str(failure)
        assert "<center>" in failure.response.text
        assert failure.body is None

    @pytest.mark.parametrize(
        "body", [b"", b"oh no", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"error":', b"{}"]
    )
    def test_odd_bodies(self, server: Loopback, complete: Any, body: bytes) -> None:
        server.handler = lambda request: Reply(body, 500)
        failure = failed(complete, **server.call())
        assert type(failure) is exceptions.InternalServerError
        assert failure.response.content == body

    @pytest.mark.parametrize(
        "body",
        [
            '{"error": "boom"}',
            '{"message": "boom"}',
            '{"detail": "boom"}',
            '[{"error": {"message": "boom"}}]',
        ],
    )
    def test_the_message_is_found(self, server: Loopback, body: str) -> None:
        server.handler = lambda request: Reply(body, 400)
        assert str(failed(completion, **server.call())).endswith("boom")

    def test_embeddings(self) -> None:
        for run in (edgequake_python.embedding, lambda **c: asyncio.run(edgequake_python.aembedding(**c))):
            with pytest.raises(exceptions.NotFoundError) as caught:
                run(model="sim/404", input="x")
            assert caught.value.llm_provider == "sim"


class TestInside200:
    @pytest.mark.parametrize(
        "body", [b"", b"<html></html>", b'{"id": "x", "choi', b"null", b"[]", b'"text"', b"{}"]
    )
    def test_what_cannot_be_read(self, server: Loopback, complete: Any, body: bytes) -> None:
        server.handler = lambda request: Reply(body)
        failure = failed(complete, **server.call(num_retries=2))
        assert isinstance(failure, exceptions.APIResponseValidationError)
        assert failure.response.status_code == 200
        assert failure.response.content == body
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ({"message": "m", "code": 429}, "RateLimitError"),
            ({"message": "m", "code": "rate_limit_exceeded"}, "RateLimitError"),
            ({"message": "m", "type": "invalid_request_error"}, "BadRequestError"),
            ({"message": "m", "code": "context_length_exceeded"}, "ContextWindowExceededError"),
            ({"message": "m"}, "InternalServerError"),
            ("m", "InternalServerError"),
        ],
    )
    def test_an_error_object(self, server: Loopback, content: Any, said: Any, name: str) -> None:
        server.handler = lambda request: {"error": said}
        failure = failed(content, **server.call())
        assert type(failure) is getattr(exceptions, name)
        assert str(failure).endswith("m")

    @pytest.mark.parametrize(
        "kind",
        ["Text/Event-Stream; charset=utf-8", "text/plain", "application/octet-stream", "application/json"],
    )
    def test_a_stream_is_one_by_whatever_name(self, server: Loopback, streamed: Any, kind: str) -> None:
        server.handler = lambda request: Reply(events("Hel", "lo!"), headers={"content-type": kind})
        assert streamed(**server.call()) == "Hello!"

    @pytest.mark.parametrize(("status", "name"), [(429, "RateLimitError"), (503, "ServiceUnavailableError")])
    def test_an_error_event(self, streamed: Any, status: int, name: str) -> None:
        failure = failed(streamed, model=f"sim/error_event?after=2&status={status}")
        assert type(failure) is getattr(exceptions, name)
        assert failure.partial

    def test_a_malformed_event(self, streamed: Any) -> None:
        failure = failed(streamed, model="sim/malformed?after=2")
        assert isinstance(failure, exceptions.APIResponseValidationError)
        assert failure.partial


class TestConnection:
    @pytest.mark.parametrize("base", ["http://127.0.0.1:1/v1", "http://nonexistent.invalid/v1"])
    def test_nobody_there(self, content: Any, server: Loopback, base: str) -> None:
        failure = failed(content, **server.call(api_base=base, num_retries=0))
        assert type(failure) is exceptions.APIConnectionError
        assert failure.status_code == 500
        assert failure.request_id is None
        assert failure.headers == {}

    def test_closed_without_an_answer(self, server: Loopback, content: Any) -> None:
        server.handler = lambda request: DROP
        assert type(failed(content, **server.call(num_retries=0))) is exceptions.APIConnectionError

    def test_closed_in_the_middle(self, server: Loopback, complete: Any) -> None:
        server.handler = lambda request: Reply([b'{"id": "x", ', CUT])
        assert type(failed(complete, **server.call(num_retries=0))) is exceptions.APIConnectionError

    def test_a_stream_closed_in_the_middle(self, server: Loopback, streamed: Any) -> None:
        server.handler = lambda request: Reply([event(delta={"content": "Hel"}), CUT])
        failure = failed(streamed, **server.call())
        assert isinstance(failure, exceptions.IncompleteStreamError)
        assert isinstance(failure, exceptions.APIConnectionError)
        assert failure.partial == "Hel"

    def test_a_redirect_is_followed_or_an_error(self, complete: Any) -> None:
        answer = complete(model="sim/redirect", messages=MESSAGES)
        assert answer.choices[0].message.content


class TestCopies:
    @pytest.mark.parametrize("model", ["401", "429?retry_after_ms=5", "html", "context_window", "cut_event"])
    def test_pickle_and_deepcopy(self, model: str, content: Any) -> None:
        failure = failed(content, model=f"sim/{model}")
        for twin in (pickle.loads(pickle.dumps(failure)), copy.deepcopy(failure)):
            assert type(twin) is type(failure)
            assert str(twin) == str(failure)
            for name in ("status_code", "body", "request_id", "retry_after", "model", "llm_provider", "code"):
                assert getattr(twin, name) == getattr(failure, name)
            assert twin.headers == failure.headers


SCRIPT = """
import warnings
warnings.simplefilter("ignore")
{imports}
def call(fault):
    litellm.completion("sim/" + fault, [{{"role": "user", "content": "x"}}], num_retries=0)
for fault, cls in [
    ("429?retry_after_ms=1", openai.RateLimitError),
    ("401", openai.AuthenticationError),
    ("404", openai.NotFoundError),
    ("400", openai.BadRequestError),
    ("context_window", openai.BadRequestError),
    ("500", openai.InternalServerError),
    ("503", openai.APIStatusError),
    ("408", openai.APITimeoutError),
    ("cut", openai.APIConnectionError),
]:
    try:
        call(fault)
    except cls as error:
        assert isinstance(error, openai.APIError), fault
        assert isinstance(error, litellm.exceptions.EdgeQuakeError), fault
    else:
        raise AssertionError(fault + " was answered")
"""


@pytest.mark.parametrize(
    "imports", ["import openai, edgequake_python as litellm", "import edgequake_python as litellm, openai"]
)
def test_handlers_of_openai_catch_ours(imports: str) -> None:
    pytest.importorskip("openai")
    script = SCRIPT.format(imports=imports)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
