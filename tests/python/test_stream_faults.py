"""Streams that go wrong: what came is delivered, then the right error; nothing is made up or repeated."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

import edgequake_python as eq
from raw_server import GUARD, MESSAGES, USAGE, Exchange, RawServer, chunk, event, read

#: The pieces that the simulator counts in.
PIECES = ["1,", " 2,", " 3,", " 4,", " 5"]

FAULTS = [
    ("cut", eq.IncompleteStreamError),
    ("cut_event", eq.IncompleteStreamError),
    ("cut_clean", eq.IncompleteStreamError),
    ("malformed", eq.APIResponseValidationError),
    ("error_event", eq.RateLimitError),
    ("stall", eq.Timeout),
]


@pytest.fixture(params=["sync", "async"])
def mode(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest.fixture
def openai(openai_simulated: eq.Simulator) -> eq.Simulator:
    return openai_simulated


def call(model: str, **more: Any) -> dict[str, Any]:
    limits = eq.Timeouts(first_token=GUARD, idle=0.3)
    return {"model": f"openai/{model}", "messages": MESSAGES, "timeout": limits, **more}


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
@pytest.mark.parametrize("after", [0, 1, 4])
class TestInTheMiddle:
    def test_what_came_is_delivered_and_then_the_error(
        self, openai: Any, mode: str, fault: str, kind: Any, after: int
    ) -> None:
        before = openai.stats["requests"]
        reading = read(mode, **call(f"{fault}?after={after}", num_retries=3))
        assert type(reading.error) is kind
        assert [chunk.choices[0].delta.content for chunk in reading.chunks] == PIECES[:after]
        assert reading.error.partial == "".join(PIECES[:after])
        # An answer that broke off has no reason for its end, and is not asked for again.
        assert reading.finishes == []
        assert openai.stats["requests"] == before + 1

    def test_the_error_says_whose_it_is(
        self, openai: Any, mode: str, fault: str, kind: Any, after: int
    ) -> None:
        reading = read(mode, **call(f"{fault}?after={after}"))
        error = reading.error
        assert isinstance(error, eq.EdgeQuakeError)
        assert (error.llm_provider, error.model) == ("openai", f"{fault}?after={after}")
        assert error.request_id == reading.stream.request_id != ""
        assert error.headers["x-request-id"] == error.request_id
        assert "sk-simulated" not in str(error) + repr(vars(error))
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), copy.partial, str(copy)) == (kind, "".join(PIECES[:after]), str(error))


class TestErrorEvents:
    """An error inside a 200 is the error that its status would have been."""

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, eq.BadRequestError),
            (401, eq.AuthenticationError),
            (403, eq.PermissionDeniedError),
            (429, eq.RateLimitError),
            (500, eq.InternalServerError),
            (503, eq.ServiceUnavailableError),
        ],
    )
    def test_class_and_status(self, openai: Any, mode: str, status: int, kind: Any) -> None:
        reading = read(mode, **call(f"error_event?after=2&status={status}"))
        assert type(reading.error) is kind
        assert reading.error.status_code == status
        assert reading.error.partial == reading.text == "1, 2,"

    def test_its_body(self, openai: Any, mode: str) -> None:
        error = read(mode, **call("error_event?status=429")).error
        assert error.body["message"].startswith("Rate limit reached")
        assert (error.code, error.body["code"]) == ("429", 429)
        assert error.body["message"] in str(error)

    def test_one_without_a_status(self, mode: str) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start()
            exchange.events("one")
            exchange.send(event({"error": {"message": "the engine is on fire", "type": "server_error"}}))
            exchange.until_hangup()

        with RawServer(handler) as server:
            reading = read(mode, **server.call())
            server.wait_hangup()  # whatever else the server would say
        assert isinstance(reading.error, (eq.APIError, eq.InternalServerError))
        assert "the engine is on fire" in str(reading.error)
        assert reading.error.partial == "one"


class TestEnds:
    def test_done_without_anything_before_it(self, openai: Any, mode: str) -> None:
        reading = read(mode, **call("empty"))
        assert (reading.chunks, reading.error) == ([], None)

    def test_a_finish_without_done_is_whole(self, openai: Any, mode: str) -> None:
        reading = read(mode, **call("cut_done", stream_options={"include_usage": True}))
        assert (reading.text, reading.finishes, reading.error) == ("1, 2, 3, 4, 5", ["stop"], None)
        assert reading.chunks[-1].usage.total_tokens > 0

    def test_a_body_without_a_single_byte(self, mode: str) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start()
            exchange.connection.sendall(b"0\r\n\r\n")

        with RawServer(handler) as server:
            reading = read(mode, **server.call())
        assert isinstance(reading.error, eq.IncompleteStreamError)
        assert reading.error.partial == ""

    def test_one_of_two_alternatives_unfinished(self, mode: str) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start()
            for index in (0, 1):
                frame = chunk(f"text {index}")
                frame["choices"][0]["index"] = index
                exchange.send(event(frame))
            exchange.send(event(chunk(finish="stop")))
            exchange.connection.sendall(b"0\r\n\r\n")

        with RawServer(handler) as server:
            reading = read(mode, **server.call(n=2))
        assert isinstance(reading.error, eq.IncompleteStreamError)
        assert (reading.finishes, reading.error.partial) == (["stop"], "text 0")

    def test_counts_that_came_before_the_cut(self, mode: str) -> None:
        def handler(exchange: Exchange) -> None:
            exchange.start()
            exchange.send(event(chunk("one", usage=USAGE)))
            exchange.connection.sendall(b"0\r\n\r\n")

        with RawServer(handler) as server:
            reading = read(mode, **server.call())
        assert isinstance(reading.error, eq.IncompleteStreamError)
        assert reading.error.usage.total_tokens == reading.stream.usage.total_tokens == 3

    @pytest.mark.parametrize(("calls", "finish"), [(False, "stop"), (True, "tool_calls")])
    def test_whole_without_a_reason(self, mode: str, calls: bool, finish: str) -> None:
        """The provider says that it is whole, and not why: callers who wait for a finish are given one."""
        piece = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        delta = {"tool_calls": [piece]} if calls else {"content": "one"}

        def handler(exchange: Exchange) -> None:
            exchange.start()
            exchange.send(
                event({**chunk(), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
            )
            exchange.send(event(chunk(usage=USAGE, choices=[])))
            exchange.send(event("[DONE]"))
            exchange.connection.sendall(b"0\r\n\r\n")

        with RawServer(handler) as server:
            reading = read(mode, **server.call(stream_options={"include_usage": True}))
        assert reading.error is None
        reasons = [choice.finish_reason for one in reading.chunks for choice in one.choices]
        assert reasons == [None, finish, None]
        assert reading.chunks[-1].usage.total_tokens == 3

    def test_reading_on_after_the_error_ends(self) -> None:
        stream = eq.completion(model="sim/cut", messages=MESSAGES, stream=True)
        with pytest.raises(eq.IncompleteStreamError):
            list(stream)
        assert list(stream) == []


class TestTimeLimits:
    def test_the_first_token(self, openai: Any, mode: str) -> None:
        limits = eq.Timeouts(first_token=0.2, idle=GUARD)
        reading = read(mode, **call("slow_first?ms=60000", timeout=limits, num_retries=0))
        assert type(reading.error) is eq.Timeout
        assert "first_token" in str(reading.error) and reading.error.partial == ""

    def test_silence_between_chunks(self, openai: Any, mode: str) -> None:
        reading = read(mode, **call("stall?after=1"))
        assert type(reading.error) is eq.Timeout and "idle" in str(reading.error)

    def test_a_number_does_not_cut_off_a_stream_that_talks(self, openai: Any, mode: str) -> None:
        reading = read(mode, **call("tokens?n=8&ms=150", timeout=0.6))
        assert (reading.error, reading.finishes) == (None, ["stop"])

    def test_the_total_cuts_off_a_stream_that_talks(self, openai: Any, mode: str) -> None:
        reading = read(mode, **call("tokens?n=10000&ms=50", timeout=eq.Timeouts(total=0.4)))
        assert type(reading.error) is eq.Timeout and "total" in str(reading.error)
        assert reading.error.partial == reading.text != ""


class TestBeforeTheFirstByte:
    """What fails before an answer began is tried again, as with a plain call."""

    @pytest.mark.parametrize("fault", ["503?", "500?", "429?retry_after_ms=1&", "408?"])
    def test_a_status_that_may_pass(self, openai: Any, mode: str, fault: str) -> None:
        before = openai.stats["requests"]
        reading = read(mode, **call(f"{fault}times=1&{mode}", num_retries=1))
        assert (reading.text, reading.error) == ("1, 2, 3, 4, 5", None)
        assert openai.stats["requests"] == before + 2
        assert reading.stream._hidden_params["attempts"] == 2

    def test_as_often_as_was_asked_for(self, openai: Any, mode: str) -> None:
        before = openai.stats["requests"]
        reading = read(mode, **call("429?retry_after_ms=1", num_retries=2))
        assert type(reading.error) is eq.RateLimitError
        assert openai.stats["requests"] == before + 3
        assert not reading.chunks and reading.stream is None  # raised by the call itself

    def test_not_what_will_not_pass(self, openai: Any, mode: str) -> None:
        before = openai.stats["requests"]
        reading = read(mode, **call("401", num_retries=2))
        assert type(reading.error) is eq.AuthenticationError
        assert openai.stats["requests"] == before + 1

    def test_silence(self, openai: Any, mode: str) -> None:
        limits = eq.Timeouts(first_token=0.3)
        reading = read(mode, **call(f"latency?ms=60000&times=1&{mode}", timeout=limits, num_retries=1))
        assert (reading.text, reading.error) == ("1, 2, 3, 4, 5", None)

    def test_a_connection_that_breaks(self, mode: str) -> None:
        def handler(exchange: Exchange) -> None:
            if len(exchange.server.requests) == 1:
                raise OSError("closes the connection")
            exchange.stream("one")

        with RawServer(handler) as server:
            reading = read(mode, **server.call(num_retries=1))
            assert (reading.text, reading.error) == ("one", None)
            assert len(server.requests) == 2
            bodies = [json.loads(exchange.body) for exchange in server.requests]
            assert bodies[0] == bodies[1]
