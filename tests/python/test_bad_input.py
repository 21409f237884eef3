"""Bad input gets a typed error that names the place, and nothing is sent."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest

from edgequake_python import aembedding, completion, embedding
from edgequake_python.exceptions import BadRequestError, EdgeQuakeError
from loopback import Loopback, Request, chat

HELLO = {"role": "user", "content": "Hello"}


def circular_list() -> list[Any]:
    items: list[Any] = [1]
    items.append(items)
    return items


def circular_dict() -> dict[str, Any]:
    items: dict[str, Any] = {}
    items["self"] = items
    return items


class Exploding:
    """Fails when it is looked into."""

    def model_dump(self, **options: Any) -> Any:
        raise ValueError("boom")


def failing() -> Any:
    yield HELLO
    raise ValueError("boom")


#: Values that no JSON text can hold.
UNWRITABLE: dict[str, Any] = {
    "bytes": b"x",
    "bytearray": bytearray(b"x"),
    "memoryview": memoryview(b"x"),
    "object": object(),
    "set": {1, 2},
    "frozenset": frozenset([1]),
    "class": int,
    "function": print,
    "complex": 1j,
    "nan": math.nan,
    "inf": math.inf,
    "negative inf": -math.inf,
    "surrogate": "a\ud800b",
    "surrogate key": {"\ud800": 1},
    "65 bits": 2**64,
    "65 bits negative": -(2**63) - 1,
    "huge int": 10**5000,
    "tuple key": {(1, 2): 3},
    "bytes key": {b"a": 1},
    "None key": {None: 1},
    "circular list": circular_list(),
    "circular dict": circular_dict(),
    "exploding": Exploding(),
}

#: name: (arguments, what the text must name)
CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "empty model": ({"model": ""}, "model"),
    "blank model": ({"model": "  "}, "model"),
    "None model": ({"model": None}, "model"),
    "int model": ({"model": 5}, "model"),
    "bytes model": ({"model": b"gpt-4o"}, "model"),
    "list model": ({"model": ["gpt-4o"]}, "model"),
    "unknown provider": ({"model": "nobody/model"}, "nobody/model"),
    "provider alone": ({"model": "openai/"}, "openai/"),
    "surrogate model": ({"model": "openai/\ud800"}, "model"),
    "unknown custom provider": ({"custom_llm_provider": "nobody"}, "unknown"),
    "no messages": ({"messages": []}, "messages"),
    "None messages": ({"messages": None}, "messages"),
    "str messages": ({"messages": "Hello"}, "messages is a str"),
    "dict messages": ({"messages": HELLO}, "messages is a dict"),
    "int messages": ({"messages": 5}, "messages"),
    "bytes messages": ({"messages": b"x"}, "messages"),
    "set messages": ({"messages": {1}}, "messages"),
    "empty generator": ({"messages": iter([])}, "messages"),
    "failing generator": ({"messages": failing()}, "messages"),
    "str message": ({"messages": [HELLO, "Hello"]}, "messages[1]"),
    "None message": ({"messages": [HELLO, None]}, "messages[1]"),
    "list message": ({"messages": [[HELLO]]}, "messages[0]"),
    "empty message": ({"messages": [{}]}, "messages[0]"),
    "no role": ({"messages": [HELLO, {"content": "x"}]}, "messages[1] has no role"),
    "empty role": ({"messages": [{"role": "", "content": "x"}]}, "messages[0].role"),
    "None role": ({"messages": [{"role": None, "content": "x"}]}, "messages[0].role"),
    "int role": ({"messages": [{"role": 5, "content": "x"}]}, "messages[0].role"),
    "relative base": ({"api_base": "localhost:8000/v1"}, "api_base"),
    "no scheme": ({"api_base": "example.com"}, "api_base"),
    "other scheme": ({"api_base": "ftp://example.com"}, "api_base"),
    "file scheme": ({"api_base": "file:///etc/passwd"}, "api_base"),
    "no host": ({"api_base": "http://"}, "api_base"),
    "bad port": ({"api_base": "http://127.0.0.1:99999/v1"}, "api_base"),
    "space in host": ({"api_base": "http://exa mple.com"}, "api_base"),
    "open bracket": ({"api_base": "http://[::1"}, "api_base"),
    "negative timeout": ({"timeout": -1}, "timeout"),
    "zero timeout": ({"timeout": 0}, "timeout"),
    "nan timeout": ({"timeout": math.nan}, "timeout"),
    "text timeout": ({"timeout": "soon"}, "timeout"),
    "bool timeout": ({"timeout": True}, "timeout"),
    "list timeout": ({"timeout": [1, 2]}, "timeout"),
    "unknown limit": ({"timeout": {"conect": 1}}, "conect"),
    "negative limit": ({"timeout": {"idle": -1}}, "timeout.idle"),
    "text limit": ({"timeout": {"idle": "x"}}, "timeout.idle"),
    "negative num_retries": ({"num_retries": -1}, "num_retries"),
    "fractional num_retries": ({"num_retries": 1.5}, "num_retries"),
    "text num_retries": ({"num_retries": "two"}, "num_retries"),
    "bool num_retries": ({"num_retries": True}, "num_retries"),
    "huge num_retries": ({"num_retries": 2**40}, "num_retries"),
    "negative max_retries": ({"max_retries": -1}, "max_retries"),
    "newline in a header": ({"extra_headers": {"x-a": "b\r\nx-evil: 1"}}, "x-a"),
    "newline in a header's name": ({"extra_headers": {"x-a\r\nx-evil": "b"}}, "header"),
    "empty header name": ({"extra_headers": {"": "b"}}, "header"),
    "space in a header's name": ({"extra_headers": {"x a": "b"}}, "x a"),
    "list header": ({"extra_headers": {"x-a": ["b"]}}, "extra_headers"),
    "headers a list": ({"extra_headers": [("a", "b")]}, "extra_headers"),
    "headers a str": ({"headers": "a: b"}, "headers"),
    "newline in the organization": ({"organization": "a\nb"}, "organization"),
    "newline in the key": ({"api_key": "sk-a\nb"}, "api_key"),
    "int key": ({"api_key": 5}, "api_key"),
    "extra_body a str": ({"extra_body": "x"}, "extra_body"),
    "extra_body a list": ({"extra_body": [1]}, "extra_body"),
    "unwritable extra_body": ({"extra_body": {"a": [b"x"]}}, "extra_body.a[0]"),
    "extra_query a str": ({"extra_query": "a=b"}, "extra_query"),
    "nested extra_query": ({"extra_query": {"a": {"b": 1}}}, "extra_query"),
    "missing certificates": (
        {"ssl_verify": "/nonexistent/ca.pem", "api_base": "https://127.0.0.1:1"},
        "/nonexistent/ca.pem",
    ),
    "ssl_verify a number": ({"ssl_verify": 1.5}, "ssl_verify"),
    "missing client certificate": (
        {"ssl_certificate": "/nonexistent/client.pem", "api_base": "https://127.0.0.1:1"},
        "/nonexistent/client.pem",
    ),
    "drops a str": ({"additional_drop_params": "seed"}, "additional_drop_params"),
    "allowed a list of ints": ({"allowed_openai_params": [1]}, "allowed_openai_params"),
    "a class without schema": ({"response_format": int}, "response_format"),
}


def refused(server: Loopback, complete: Any, place: str, **arguments: Any) -> None:
    with pytest.raises(EdgeQuakeError) as caught:
        complete(**server.call(**arguments))
    assert isinstance(caught.value, BadRequestError)
    assert place in str(caught.value)
    assert caught.value.status_code == 400
    assert server.requests == []
    assert server.connections == 0


class TestCalls:
    @pytest.mark.parametrize("name", CALLS)
    def test_plain(self, server: Loopback, complete: Any, name: str) -> None:
        arguments, place = CALLS[name]
        if name == "failing generator":
            arguments = {"messages": failing()}
        refused(server, complete, place, **arguments)

    @pytest.mark.parametrize("name", ["empty model", "str messages", "no role", "no host", "zero timeout"])
    def test_streamed(self, server: Loopback, streamed: Any, name: str) -> None:
        arguments, place = CALLS[name]
        refused(server, streamed, place, **arguments)

    def test_model_missing(self) -> None:
        with pytest.raises(TypeError, match="model"):
            completion(messages=[HELLO])  # type: ignore[call-overload]

    def test_messages_missing(self, server: Loopback, complete: Any) -> None:
        call = server.call()
        del call["messages"]
        with pytest.raises(BadRequestError, match="messages"):
            complete(**call)

    def test_the_words_programs_look_for(self) -> None:
        with pytest.raises(BadRequestError, match="LLM Provider NOT provided"):
            completion(model="some-model", messages=[HELLO])

    def test_the_end_of_the_line_is_no_part_of_a_key(self, server: Loopback) -> None:
        completion(**server.call(api_key=" sk-canary\r\n"))
        assert server.requests[0].headers["authorization"] == "Bearer sk-canary"

    def test_secrets_are_not_quoted(self, server: Loopback, complete: Any) -> None:
        for bad in (
            {"extra_headers": {"x-key": "sk-canary\n"}},
            {"api_key": "sk-canary\nb"},
            {"api_base": "http://user:sk-canary@host:bad/v1?key=sk-canary"},
            {"extra_headers": {"authorization": "Bearer sk-canary\x00"}},
        ):
            with pytest.raises(BadRequestError) as caught:
                complete(**server.call(**bad))
            assert "canary" not in repr(caught.value) + str(caught.value)


class TestContent:
    """The place is named wherever in the request it is."""

    @pytest.mark.parametrize("name", UNWRITABLE)
    def test_in_a_message(self, server: Loopback, complete: Any, name: str) -> None:
        parts = [{"type": "text", "text": "x"}, {"type": "text", "text": UNWRITABLE[name]}]
        messages = [HELLO, {"role": "user", "content": parts}]
        refused(server, complete, "messages[1].content[1].text", messages=messages)

    @pytest.mark.parametrize("name", UNWRITABLE)
    def test_in_a_parameter(self, server: Loopback, name: str) -> None:
        refused(server, completion, "made_up.deep[1]", made_up={"deep": [0, UNWRITABLE[name]]})

    @pytest.mark.parametrize("name", ["temperature", "stop", "tools", "user", "seed", "response_format"])
    def test_in_every_parameter(self, server: Loopback, name: str) -> None:
        refused(server, completion, name, **{name: [b"x"]})

    @pytest.mark.parametrize("name", UNWRITABLE)
    def test_in_an_embedding(self, server: Loopback, name: str) -> None:
        call: dict[str, Any] = {
            "model": "openai/e",
            "api_base": server.base_url,
            "api_key": "k",
            "input": ["a", UNWRITABLE[name]],
        }
        for run in (embedding, lambda **call: asyncio.run(aembedding(**call))):
            with pytest.raises(BadRequestError) as caught:
                run(**call)
            assert "input[1]" in str(caught.value)
        assert server.requests == []

    def test_a_deep_but_finite_structure(self, server: Loopback) -> None:
        deep: Any = "x"
        for _ in range(100):
            deep = [deep]
        completion(**server.call(made_up=deep))
        assert server.bodies[0]["made_up"] == deep
        for _ in range(100_000):
            deep = [deep]
        refused_server_requests = len(server.requests)
        with pytest.raises(BadRequestError, match="made_up"):
            completion(**server.call(made_up=deep))
        assert len(server.requests) == refused_server_requests
        while isinstance(deep, list):  # or Python frees it by recursion
            deep = deep.pop()


class TestLarge:
    """What is large is not bad."""

    def test_a_hundred_megabytes(self, server: Loopback) -> None:
        sizes: list[int] = []

        def handler(request: Request) -> Any:
            sizes.append(len(request.body))
            return chat()

        server.handler = handler
        answer = completion(**server.call(messages=[{"role": "user", "content": "x" * 100_000_000}]))
        assert answer.choices[0].message.content == "Hello!"
        assert 100_000_000 < sizes[0] < 100_001_000

    def test_a_hundred_thousand_messages(self, server: Loopback, complete: Any) -> None:
        counts: list[int] = []

        def handler(request: Request) -> Any:
            counts.append(len(json.loads(request.body)["messages"]))
            return chat()

        server.handler = handler
        complete(**server.call(messages=[HELLO] * 100_000))
        assert counts == [100_000]
