"""What a call may be given: many kinds of objects, none of them changed, each sent to its place."""

from __future__ import annotations

import array
import asyncio
import collections
import copy
import dataclasses
import enum
import json
import types
from collections.abc import Iterator, Mapping
from typing import Any

import pydantic
import pytest

import edgequake_python
from edgequake_python import completion
from edgequake_python.types import Message
from loopback import MESSAGES, Loopback


def echo(**call: Any) -> Any:
    """The body that went over the wire."""
    answer = completion(**{"model": "sim/echo", "messages": MESSAGES, **call})
    return json.loads(answer.choices[0].message.content)


class TestPlaces:
    """Body, query and headers."""

    def test_unknown_parameters_are_sent(self, complete: Any) -> None:
        answer = complete(model="sim/echo", messages=MESSAGES, top_k=5, min_p=0.1, made_up={"deep": [1]})
        body = json.loads(answer.choices[0].message.content)
        assert (body["top_k"], body["min_p"], body["made_up"]) == (5, 0.1, {"deep": [1]})

    def test_nothing_else_is_sent(self) -> None:
        assert echo() == {"model": "echo", "messages": MESSAGES}
        assert echo(temperature=None, made_up=None) == {"model": "echo", "messages": MESSAGES}

    def test_extra_body(self, server: Loopback, complete: Any) -> None:
        complete(**server.call(temperature=0.5, extra_body={"top_k": 5, "temperature": 0.7, "null": None}))
        body = server.bodies[0]
        assert body["top_k"] == 5
        assert body["temperature"] == 0.7
        assert body["null"] is None
        assert "extra_body" not in body

    def test_extra_query(self, server: Loopback, complete: Any) -> None:
        complete(**server.call(extra_query={"version": "2", "odd": "a b&c=ü", "number": 1}))
        assert server.requests[0].query == {"version": "2", "odd": "a b&c=ü", "number": "1"}
        assert "extra_query" not in server.bodies[0]

    def test_a_query_of_the_base_is_kept(self, server: Loopback) -> None:
        completion(**server.call(api_base=server.base_url + "?a=1", extra_query={"b": "2"}))
        assert server.requests[0].path == "/v1/chat/completions"
        assert server.requests[0].query == {"a": "1", "b": "2"}

    @pytest.mark.parametrize("name", ["extra_headers", "headers"])
    def test_headers(self, server: Loopback, complete: Any, name: str) -> None:
        complete(**server.call(**{name: {"X-Mine": "1", "User-Agent": "me"}}))
        assert server.requests[0].headers["x-mine"] == "1"
        assert server.requests[0].headers["user-agent"] == "me"
        assert name not in server.bodies[0]

    def test_an_own_authorization_header_wins(self, server: Loopback) -> None:
        completion(**server.call(extra_headers={"Authorization": "Basic mine"}))
        assert server.requests[0].headers["authorization"] == "Basic mine"

    def test_organization_and_project(self, server: Loopback) -> None:
        completion(**server.call(organization="org-1", project="proj-1"))
        assert server.requests[0].headers["openai-organization"] == "org-1"
        assert server.requests[0].headers["openai-project"] == "proj-1"
        assert not {"organization", "project"} & set(server.bodies[0])

    @pytest.mark.parametrize("name", ["api_base", "base_url"])
    @pytest.mark.parametrize("end", ["", "/", "/deep/er"])
    def test_path(self, server: Loopback, name: str, end: str) -> None:
        call = server.call()
        base = call.pop("api_base") + end
        completion(**call, **{name: base})
        assert server.requests[0].path == "/v1" + end.rstrip("/") + "/chat/completions"

    def test_a_provider_named_apart(self, server: Loopback) -> None:
        completion(**server.call(model="org/model", custom_llm_provider="openai"))
        completion(**server.call(model="custom_openai/org/model"))
        assert [body["model"] for body in server.bodies] == ["org/model", "org/model"]


class Role(enum.Enum):
    USER = "user"


class TextRole(str, enum.Enum):
    USER = "user"


class Turn(pydantic.BaseModel):
    role: str = "user"
    content: str = "Hello"


class Vector:
    """Stands for numpy's arrays and scalars."""

    def tolist(self) -> list[float]:
        return [1.5, 2.0]


class Frozen(Mapping):
    def __init__(self, items: dict[str, Any]) -> None:
        self._items = items

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def generated() -> Iterator[dict[str, str]]:
    yield from MESSAGES


HELLO = {"role": "user", "content": "Hello"}


class TestKinds:
    @pytest.mark.parametrize(
        "messages",
        [
            (HELLO,),
            generated(),
            collections.deque([HELLO]),
            iter([HELLO]),
            map(dict, [HELLO]),
            [types.MappingProxyType(HELLO)],
            [Frozen(HELLO)],
            [collections.OrderedDict(HELLO)],
            [collections.ChainMap({"role": "user"}, {"content": "Hello"})],
            [Turn()],
            [Message(role="user", content="Hello")],
            [{"role": Role.USER, "content": "Hello"}],
            [{"role": TextRole.USER, "content": "Hello"}],
        ],
        ids=lambda messages: f"{type(messages).__name__}",
    )
    def test_messages(self, messages: Any) -> None:
        sent = echo(messages=messages)["messages"]
        assert [{"role": m["role"], "content": m["content"]} for m in sent] == [HELLO]

    @pytest.mark.parametrize(
        ("given", "sent"),
        [
            (Vector(), [1.5, 2.0]),
            (array.array("d", [1.5]), [1.5]),
            (range(3), [0, 1, 2]),
            ((1, (2, [3])), [1, [2, [3]]]),
            (TextRole.USER, "user"),
            (enum.IntEnum("Size", {"BIG": 7}).BIG, 7),  # type: ignore[attr-defined]
            (True, True),
            (0, 0),
            (1.0, 1.0),
            (1e300, 1e300),
            (2**63, 2**63),
            (-(2**63), -(2**63)),
            ("", ""),
            ({}, {}),
            ([], []),
            ({50256: -100}, {"50256": -100}),
            ({"a": None}, {"a": None}),
            (Turn(), {"role": "user", "content": "Hello"}),
        ],
        ids=lambda value: repr(value)[:30],
    )
    def test_values(self, given: Any, sent: Any) -> None:
        assert echo(made_up=given)["made_up"] == sent
        assert type(echo(made_up=given)["made_up"]) is type(sent)

    def test_secret_texts(self, server: Loopback) -> None:
        completion(**server.call(api_key=pydantic.SecretStr("sk-secret")))
        assert server.requests[0].headers["authorization"] == "Bearer sk-secret"

    def test_messages_of_parts(self) -> None:
        parts = [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
            {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
        ]
        assert echo(messages=[{"role": "user", "content": parts}])["messages"][0]["content"] == parts

    def test_large_floats_and_order_survive(self) -> None:
        given = {"z": 0.1, "a": 1e-7, "m": 123456789.123456789}
        body = echo(made_up=given)["made_up"]
        assert list(body.items()) == list(given.items())


class TestUnchanged:
    def test_inputs_are_never_changed(self, complete: Any) -> None:
        call = {
            "messages": [
                {
                    "role": "system",
                    "content": [{"type": "text", "text": "x", "cache_control": {"type": "e"}}],
                },
                {"role": "assistant", "content": None, "tool_calls": [], "function_call": None},
                HELLO,
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {}, "strict": True}}],
            "metadata": {"a": [1]},
            "extra_body": {"a": {"b": 1}},
            "extra_headers": {"x-a": "1"},
            "stop": ["a"],
            "response_format": {"type": "json_object"},
            "additional_drop_params": ["tools[*].function.strict"],
            "drop_params": True,
            "thinking": {"type": "enabled"},
        }
        before = copy.deepcopy(call)
        complete(model="sim/gpt-4o", **call)
        assert call == before

    def test_the_same_input_gives_the_same_bytes(self, server: Loopback, complete: Any) -> None:
        call = {"tools": [{"type": "function", "function": {"name": "f"}}], "z": 1, "a": {"y": 1, "b": [0.1]}}
        for _ in range(3):
            complete(**server.call(**copy.deepcopy(call)))
        assert len({request.body for request in server.requests}) == 1

    def test_sync_and_async_send_the_same_bytes(self, server: Loopback) -> None:
        completion(**server.call(temperature=0.5, seed=1, z=1, a=2))
        asyncio.run(edgequake_python.acompletion(**server.call(temperature=0.5, seed=1, z=1, a=2)))
        first, second = server.bodies
        assert first == second

    def test_dataclasses_are_refused_and_not_guessed_at(self) -> None:
        @dataclasses.dataclass
        class Point:
            x: int = 1

        with pytest.raises(edgequake_python.BadRequestError, match="made_up"):
            completion(model="sim/echo", messages=MESSAGES, made_up=Point())
