"""`rerank` at AWS, judged by botocore's model of the operation, and at Google Cloud."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import botocore.session
import botocore.validate
import pytest

import edgequake_python as eq
from edgequake_python.exceptions import (
    APIResponseValidationError,
    AuthenticationError,
    BadRequestError,
    PermissionDeniedError,
    RateLimitError,
    Timeout,
    UnsupportedParamsError,
)
from loopback import Loopback, Reply, Request

DOCUMENTS: list[Any] = ["zero", {"text": "one", "title": "One"}, "two"]
KEYS: dict[str, Any] = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "secret-rerank",
    "aws_region_name": "eu-central-1",
}
DRY: dict[str, Any] = {"dry_run": True}
GOOGLE: dict[str, Any] = {"vertex_project": "my-project", "api_key": "ya29.rerank"}
COHERE = "bedrock/cohere.rerank-v3-5:0"
RANKER = "vertex_ai/semantic-ranker-default@latest"
AGENTS = botocore.session.get_session().get_service_model("bedrock-agent-runtime")
#: In the shape of AWS's document of the operation.
RANKED = {
    "results": [
        {"index": 2, "relevanceScore": 0.75, "document": {"type": "TEXT", "textDocument": {"text": "two"}}},
        {"index": 0, "relevanceScore": 0.25},
    ]
}
#: In the shape of Google's.
RECORDS = {"records": [{"id": "2", "score": 0.98}, {"id": "1", "score": 0.64}, {"id": "0"}]}


@pytest.fixture(params=["sync", "async"])
def rank(request: pytest.FixtureRequest) -> Any:
    if request.param == "sync":
        return eq.rerank
    return lambda **call: asyncio.run(eq.arerank(**call))


def aws(server: Loopback, **more: Any) -> dict[str, Any]:
    base = server.base_url.removesuffix("/v1")
    return {"model": COHERE, "query": "q", "documents": DOCUMENTS, "api_base": base, "num_retries": 0, **more}


def google(server: Loopback, **more: Any) -> dict[str, Any]:
    return {**aws(server), "model": RANKER, **GOOGLE, **more}


def judged(body: dict[str, Any]) -> dict[str, Any]:
    """A body that AWS's own model of the operation accepts."""
    shape = AGENTS.operation_model("Rerank").input_shape
    assert set(body) <= set(shape.members)
    report = botocore.validate.ParamValidator().validate(body, shape)
    assert not report.has_errors(), report.generate_report()
    return body


class TestBedrock:
    def test_a_request_and_its_answer(self, server: Loopback, rank: Any) -> None:
        server.handler = lambda _: RANKED
        response = rank(**aws(server), **KEYS, top_n=2, return_documents=True)
        assert isinstance(response, eq.RerankResponse)
        assert response.results == [
            {"index": 2, "relevance_score": 0.75, "document": {"text": "two"}},
            {"index": 0, "relevance_score": 0.25, "document": {"text": "zero"}},
        ]
        assert response.id and response.meta == {"billed_units": {"search_units": 1}}
        assert response._hidden_params["custom_llm_provider"] == "bedrock"
        assert response._hidden_params["response_cost"] == pytest.approx(0.002)
        [request] = server.requests
        assert (request.method, request.path) == ("POST", "/rerank")
        scope = request.headers["authorization"].split("Credential=")[1].split(",")[0]
        assert scope.split("/", maxsplit=1)[0] == KEYS["aws_access_key_id"]
        assert scope.endswith("/eu-central-1/bedrock/aws4_request")
        assert judged(request.json) == {
            "queries": [{"type": "TEXT", "textQuery": {"text": "q"}}],
            "sources": [
                {
                    "type": "INLINE",
                    "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": "zero"}},
                },
                {"type": "INLINE", "inlineDocumentSource": {"type": "JSON", "jsonDocument": DOCUMENTS[1]}},
                {"type": "INLINE", "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": "two"}}},
            ],
            "rerankingConfiguration": {
                "type": "BEDROCK_RERANKING_MODEL",
                "bedrockRerankingConfiguration": {
                    "numberOfResults": 2,
                    "modelConfiguration": {
                        "modelArn": "arn:aws:bedrock:eu-central-1::foundation-model/cohere.rerank-v3-5:0"
                    },
                },
            },
        }

    def test_an_arn_goes_as_it_is_and_tells_the_region(self, server: Loopback) -> None:
        server.handler = lambda _: RANKED
        arn = "arn:aws:bedrock:us-west-2::foundation-model/amazon.rerank-v1:0"
        keys = {name: value for name, value in KEYS.items() if name != "aws_region_name"}
        eq.rerank(**{**aws(server), "model": f"bedrock/{arn}"}, **keys)
        [request] = server.requests
        chosen = judged(request.json)["rerankingConfiguration"]["bedrockRerankingConfiguration"]
        assert chosen == {"modelConfiguration": {"modelArn": arn}, "numberOfResults": 3}
        assert "/us-west-2/bedrock/" in request.headers["authorization"]

    def test_more_than_there_are_is_all_of_them_and_the_models_own_words_go_along(
        self, server: Loopback
    ) -> None:
        server.handler = lambda _: {**RANKED, "nextToken": "n2"}
        response: Any = eq.rerank(
            **aws(server), **KEYS, top_n=99, max_tokens_per_doc=64, nextToken="n1", return_documents=False
        )
        body = judged(server.bodies[0])
        chosen = body["rerankingConfiguration"]["bedrockRerankingConfiguration"]
        assert chosen["numberOfResults"] == 3
        fields = chosen["modelConfiguration"]["additionalModelRequestFields"]
        assert fields == {"max_tokens_per_doc": 64}
        assert body["nextToken"] == "n1"
        assert response.nextToken == "n2"
        assert "document" not in response.results[0]

    @pytest.mark.parametrize(
        ("region", "host", "partition"),
        [
            ("us-west-2", "bedrock-agent-runtime.us-west-2.amazonaws.com", "aws"),
            ("us-gov-west-1", "bedrock-agent-runtime.us-gov-west-1.amazonaws.com", "aws-us-gov"),
            ("cn-north-1", "bedrock-agent-runtime.cn-north-1.amazonaws.com.cn", "aws-cn"),
        ],
    )
    def test_the_agents_have_a_host_of_their_own(self, region: str, host: str, partition: str) -> None:
        shown: Any = eq.rerank(COHERE, "q", ["a"], **{**KEYS, "aws_region_name": region}, **DRY)
        assert shown.url == f"https://{host}/rerank"
        chosen = json.loads(shown.body)["rerankingConfiguration"]["bedrockRerankingConfiguration"]
        arn = f"arn:{partition}:bedrock:{region}::foundation-model/cohere.rerank-v3-5:0"
        assert chosen["modelConfiguration"]["modelArn"] == arn

    def test_a_private_endpoint_is_followed(self) -> None:
        private = "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com"
        shown: Any = eq.rerank(COHERE, "q", ["a"], **KEYS, aws_bedrock_runtime_endpoint=private, **DRY)
        assert shown.url == private.replace("bedrock-runtime", "bedrock-agent-runtime") + "/rerank"

    def test_an_api_key_opens_models_and_not_the_agents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-canary")
        with pytest.raises(AuthenticationError, match="cannot rerank") as caught:
            eq.rerank(COHERE, "q", ["a"], aws_region_name="us-west-2", api_key="bedrock-api-key-canary")
        assert "canary" not in str(caught.value)
        # Keys are found although the environment has an API key for everything else.
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["aws_access_key_id"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-rerank")
        shown: Any = eq.rerank(COHERE, "q", ["a"], aws_region_name="us-west-2", **DRY)
        assert "x-amz-date" in shown.headers

    @pytest.mark.parametrize(
        ("status", "name", "expected"),
        [
            (400, "ValidationException", BadRequestError),
            (403, "AccessDeniedException", PermissionDeniedError),
            (429, "ThrottlingException", RateLimitError),
        ],
    )
    def test_errors(self, server: Loopback, rank: Any, status: int, name: str, expected: Any) -> None:
        headers = {"x-amzn-errortype": name}
        server.handler = lambda _: Reply({"message": "no such thing"}, status, headers)
        with pytest.raises(expected, match="no such thing") as caught:
            rank(**aws(server), **KEYS)
        assert caught.value.llm_provider == "bedrock"

    def test_what_is_refused(self, server: Loopback, rank: Any) -> None:
        wrongs: list[dict[str, Any]] = [{"documents": []}, {"query": None}, {"query": ["a"]}]
        for wrong in wrongs:
            with pytest.raises(BadRequestError):
                rank(**{**aws(server), **KEYS, **wrong})
        with pytest.raises(UnsupportedParamsError, match="rank_fields"):
            rank(**aws(server), **KEYS, rank_fields=["text"])
        assert server.requests == []
        server.handler = lambda _: {"results": None}
        with pytest.raises(APIResponseValidationError):
            rank(**aws(server), **KEYS)


class TestVertex:
    def test_a_request_and_its_answer(self, server: Loopback, rank: Any) -> None:
        server.handler = lambda _: RECORDS
        response = rank(**google(server), top_n=2, return_documents=True)
        assert response.results == [
            {"index": 2, "relevance_score": 0.98, "document": {"text": "two"}},
            {"index": 1, "relevance_score": 0.64, "document": DOCUMENTS[1]},
        ]
        assert response.meta == {"billed_units": {"search_units": 1}}
        assert response._hidden_params["custom_llm_provider"] == "vertex_ai"
        [request] = server.requests
        place = "/v1/projects/my-project/locations/global/rankingConfigs/default_ranking_config:rank"
        assert request.path == place
        assert request.headers["authorization"] == "Bearer ya29.rerank"
        assert request.headers["x-goog-user-project"] == "my-project"
        assert request.json == {
            "model": "semantic-ranker-default@latest",
            "query": "q",
            "records": [
                {"id": "0", "content": "zero"},
                {"id": "1", "title": "One", "content": "one"},
                {"id": "2", "content": "two"},
            ],
            "topN": 2,
            "ignoreRecordDetailsInResponse": True,
        }

    def test_it_is_in_one_place_for_all_locations(self) -> None:
        shown: Any = eq.rerank(RANKER, "q", ["a"], **GOOGLE, vertex_location="europe-west4", **DRY)
        assert shown.url == (
            "https://discoveryengine.googleapis.com/v1/projects/my-project/locations/global/"
            "rankingConfigs/default_ranking_config:rank"
        )

    @pytest.mark.parametrize("end", ["", ":rank"])
    def test_a_base_may_name_the_configuration(self, server: Loopback, end: str) -> None:
        server.handler = lambda _: RECORDS
        own = "/v1/projects/p/locations/eu/rankingConfigs/mine"
        eq.rerank(**google(server, api_base=server.base_url.removesuffix("/v1") + own + end))
        assert server.requests[0].path == own + ":rank"

    def test_a_hundred_documents_are_one_search(self, server: Loopback) -> None:
        server.handler = lambda _: RECORDS
        response: Any = eq.rerank(
            **google(server, documents=["d"] * 201), return_documents=False, userLabels={"a": "b"}
        )
        assert response.meta["billed_units"] == {"search_units": 3}
        assert response.results[-1] == {"index": 0, "relevance_score": 0.0}
        assert server.bodies[0]["userLabels"] == {"a": "b"}

    def test_errors(self, server: Loopback, rank: Any) -> None:
        told = {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}
        server.handler = lambda _: Reply(told, 429)
        with pytest.raises(RateLimitError, match="Quota exceeded") as caught:
            rank(**google(server))
        assert caught.value.llm_provider == "vertex_ai"

    def test_what_is_refused(self, server: Loopback, rank: Any) -> None:
        with pytest.raises(BadRequestError, match=r"documents\[1\]"):
            rank(**google(server, documents=["a", {"author": "b"}]))
        with pytest.raises(UnsupportedParamsError, match="max_tokens_per_doc"):
            rank(**google(server), max_tokens_per_doc=5)
        with pytest.raises(BadRequestError, match="rerank"):
            rank(**google(server, model="vertex_ai/gemini-2.5-flash"))
        with pytest.raises(BadRequestError, match="project"):
            rank(**{**google(server), "vertex_project": None})
        assert server.requests == []
        for wrong in ({"records": [{"id": "x", "score": 1}]}, {"x": 1}):
            server.handler = lambda _, wrong=wrong: wrong  # type: ignore[misc]
            with pytest.raises(APIResponseValidationError):
                rank(**google(server))


@pytest.mark.parametrize("call", [lambda server: {**aws(server), **KEYS}, google])
def test_a_time_limit(server: Loopback, rank: Any, call: Any) -> None:
    def late(request: Request) -> Any:
        request.server.pause(5)
        return RANKED

    server.handler = late
    with pytest.raises(Timeout):
        rank(**call(server), timeout=0.2)
