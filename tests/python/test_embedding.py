"""`embedding`, through OPENAI_API_BASE and the loopback server."""

from __future__ import annotations

import asyncio
import base64
import pickle
import struct
from typing import Any

import pytest

import edgequake_python
from edgequake_python import EmbeddingResponse, aembedding, embedding
from edgequake_python.exceptions import BadRequestError
from loopback import Loopback, embeddings

MODEL = "text-embedding-3-small"


def vector(answer: EmbeddingResponse, index: int = 0) -> Any:
    return answer.data[index]["embedding"]


@pytest.mark.usefixtures("openai_simulated")
class TestSimulated:
    def test_embedding(self) -> None:
        response = embedding(model=MODEL, input=["Hello world"])
        assert isinstance(response, EmbeddingResponse)
        assert response.object == "list"
        assert response.model
        assert len(response.data) == 1
        assert response.data[0]["object"] == "embedding"
        assert response.data[0]["index"] == 0
        assert len(vector(response)) == 1536
        assert all(type(number) is float for number in vector(response))
        assert response.usage is not None
        assert response.usage.prompt_tokens > 0
        assert response.usage.total_tokens > 0

    def test_aembedding(self) -> None:
        async def main() -> Any:
            return await aembedding(model=MODEL, input=["Hello world"])

        assert vector(asyncio.run(main())) == vector(embedding(model=MODEL, input=["Hello world"]))

    def test_positional(self) -> None:
        assert len(vector(embedding(MODEL, ["a"], 4))) == 4

    def test_a_text_alone_is_a_list_of_one(self) -> None:
        assert vector(embedding(model=MODEL, input="same")) == vector(embedding(model=MODEL, input=["same"]))

    def test_order_is_that_of_the_inputs(self) -> None:
        texts = [f"text {number}" for number in range(50)]
        together = embedding(model=MODEL, input=texts, dimensions=8)
        assert [item["index"] for item in together.data] == list(range(50))
        for index in (0, 7, 49):
            alone = embedding(model=MODEL, input=[texts[index]], dimensions=8)
            assert vector(together, index) == vector(alone)
        assert vector(together, 0) != vector(together, 1)

    @pytest.mark.parametrize("dimensions", [1, 3, 256, 1536])
    def test_dimensions(self, dimensions: int) -> None:
        assert len(vector(embedding(model=MODEL, input="a", dimensions=dimensions))) == dimensions

    def test_base64_holds_the_same_numbers(self) -> None:
        floats = vector(embedding(model=MODEL, input="a", dimensions=16, encoding_format="float"))
        text = vector(embedding(model=MODEL, input="a", dimensions=16, encoding_format="base64"))
        assert isinstance(text, str)
        assert list(struct.unpack("<16f", base64.b64decode(text))) == pytest.approx(floats, abs=1e-7)

    @pytest.mark.parametrize(("given", "vectors"), [([1, 2, 3], 1), ([[1, 2], [3], [4]], 3)])
    def test_tokens(self, given: list[Any], vectors: int) -> None:
        assert len(embedding(model=MODEL, input=given).data) == vectors

    def test_a_large_batch(self) -> None:
        response: Any = embedding(model=MODEL, input=[f"text {number}" for number in range(256)])
        assert len(response.data) == 256
        assert {len(item["embedding"]) for item in response.data} == {1536}

    def test_response_object(self) -> None:
        response: Any = embedding(model=MODEL, input=["a"], dimensions=2)
        assert response["data"] is response.data
        assert response.get("nothing", 5) == 5
        assert "usage" in response
        assert response.request_id.startswith("req_")
        assert response.headers["content-type"] == "application/json"
        assert response._hidden_params["attempts"] == 1
        twin = pickle.loads(pickle.dumps(response))
        assert twin.model_dump() == response.model_dump()


class TestWire:
    def call(self, server: Loopback, **more: Any) -> Any:
        where = {"model": f"openai/{MODEL}", "api_base": server.base_url, "api_key": "sk-loopback"}
        return embedding(**{**where, "input": ["a"], **more})

    def test_what_is_sent(self, server: Loopback) -> None:
        self.call(server, dimensions=3, encoding_format="float", user="me", input_type="query")
        request = server.requests[0]
        assert request.path == "/v1/embeddings"
        assert request.headers["authorization"] == "Bearer sk-loopback"
        assert request.json == {
            "model": MODEL,
            "input": ["a"],
            "dimensions": 3,
            "encoding_format": "float",
            "user": "me",
            "input_type": "query",
        }

    def test_nothing_is_sent_that_was_not_given(self, server: Loopback) -> None:
        self.call(server, caching=True, api_type="x", litellm_call_id="y", logger_fn=print, timeout=30)
        assert server.bodies == [{"model": MODEL, "input": ["a"]}]

    def test_a_text_stays_a_text(self, server: Loopback) -> None:
        self.call(server, input="alone")
        assert server.bodies[0]["input"] == "alone"

    def test_other_inputs_are_the_servers_to_judge(self, server: Loopback) -> None:
        self.call(server, input=[{"image": "data:,"}, ""])
        assert server.bodies[0]["input"] == [{"image": "data:,"}, ""]

    def test_results_are_sorted_by_index(self, server: Loopback) -> None:
        def reversed_(request: Any) -> dict[str, Any]:
            answer = embeddings(request)
            answer["data"].reverse()
            return answer

        server.handler = reversed_
        answer = self.call(server, input=["a", "b", "c"])
        assert [item["embedding"] for item in answer.data] == [[0.0, 0.5], [1.0, 0.5], [2.0, 0.5]]

    def test_settings_count(self, server: Loopback) -> None:
        edgequake_python.api_base = server.base_url
        edgequake_python.openai_key = "sk-setting"
        embedding(model=MODEL, input=["a"])
        assert server.requests[0].headers["authorization"] == "Bearer sk-setting"

    @pytest.mark.parametrize("given", [[], (), None, 5, {"a": 1}, ["a", None], [True]], ids=repr)
    @pytest.mark.parametrize("way", ["sync", "async"])
    def test_input_that_cannot_be_embedded(self, server: Loopback, given: Any, way: str) -> None:
        call = {"model": MODEL, "api_base": server.base_url, "api_key": "k", "input": given}
        with pytest.raises(BadRequestError, match="input"):
            if way == "sync":
                embedding(**call)
            else:
                asyncio.run(aembedding(**call))
        assert server.requests == []

    def test_no_input_at_all(self, server: Loopback) -> None:
        with pytest.raises(BadRequestError, match="input"):
            embedding(model=MODEL, api_base=server.base_url, api_key="k")
        assert server.requests == []
