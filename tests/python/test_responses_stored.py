"""What can be done with a stored response, over loopback."""

from __future__ import annotations

import asyncio
import base64
import inspect
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import (
    BadRequestError,
)
from loopback import Loopback, Request
from responses_wire import RESPONSE


class TestStored:
    """Each function, sync and async, with the id as `responses` gives it."""

    ID = (
        "resp_"
        + base64.b64encode(b"litellm:custom_llm_provider:openai;model_id:None;response_id:resp_1").decode()
    )

    def both(self, name: str, server: Loopback, **call: Any) -> list[Any]:
        where = {"api_base": server.base_url, "api_key": "k", **call}
        twin = getattr(edgequake_python, f"a{name}")
        assert inspect.iscoroutinefunction(twin)
        return [getattr(edgequake_python, name)(**where), asyncio.run(twin(**where))]

    def asked(self, server: Loopback) -> set[tuple[str, str]]:
        return {(request.method, request.path) for request in server.requests}

    def test_get(self, server: Loopback) -> None:
        server.handler = lambda _: RESPONSE
        for response in self.both("get_responses", server, response_id=self.ID):
            assert (response.id, response.output_text) == (self.ID, "Hello!")
        assert self.asked(server) == {("GET", "/v1/responses/resp_1")}
        assert server.requests[0].body == b""

    def test_the_providers_own_id(self, server: Loopback) -> None:
        server.handler = lambda _: RESPONSE
        self.both("get_responses", server, response_id="resp_1/../x?y")
        assert self.asked(server) == {("GET", "/v1/responses/resp_1%2F..%2Fx%3Fy")}

    def test_delete(self, server: Loopback) -> None:
        server.handler = lambda _: {"id": "resp_1", "object": "response", "deleted": True}
        for result in self.both("delete_responses", server, response_id=self.ID):
            assert (result.deleted, result.id) == (True, "resp_1")
        assert self.asked(server) == {("DELETE", "/v1/responses/resp_1")}

    def test_cancel(self, server: Loopback) -> None:
        server.handler = lambda _: {**RESPONSE, "status": "cancelled"}
        for response in self.both("cancel_responses", server, response_id=self.ID):
            assert response.status == "cancelled"
        assert self.asked(server) == {("POST", "/v1/responses/resp_1/cancel")}

    def test_input_items(self, server: Loopback) -> None:
        page = {"object": "list", "data": [{"type": "message"}], "has_more": False}
        server.handler = lambda _: page
        for got in self.both("list_input_items", server, response_id=self.ID, include=["a"], limit=3):
            assert got == page
        assert self.asked(server) == {("GET", "/v1/responses/resp_1/input_items")}
        assert server.requests[0].query == {"include[]": "a", "limit": "3", "order": "desc"}

    def test_compact(self, server: Loopback) -> None:
        def answer(request: Request) -> dict[str, Any]:
            return {**RESPONSE, "object": "response.compaction"}

        server.handler = answer
        for response in self.both("compact_responses", server, model="openai/gpt-5", input="Hi"):
            assert response.object == "response.compaction"
        assert self.asked(server) == {("POST", "/v1/responses/compact")}

    def test_a_missing_id(self, server: Loopback) -> None:
        with pytest.raises(BadRequestError):
            edgequake_python.get_responses("", api_base=server.base_url, api_key="k")
        assert server.requests == []
