"""What calls beside chat cost, in what they return and in what callbacks are told: also of streams."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import edgequake_python
from edgequake_python import completion_cost
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import flush
from loopback import Loopback, Request

HI = [{"role": "user", "content": "Hello there"}]


class Listener(CustomLogger):
    """Keeps the payloads, and what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[dict[str, Any], Any]] = []

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.told.append((kwargs["standard_logging_object"], response_obj))

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self.told.append((kwargs["standard_logging_object"], response_obj))

    def count(self) -> int:
        """How many events were told."""
        assert flush(10)
        return len(self.told)

    def only(self) -> tuple[dict[str, Any], Any]:
        """The one event that was told."""
        assert flush(10)
        (told,) = self.told
        self.told.clear()
        return told


@pytest.fixture
def told(openai_simulated: edgequake_python.Simulator, monkeypatch: pytest.MonkeyPatch) -> Listener:
    listener = Listener()
    monkeypatch.setattr(edgequake_python, "callbacks", [listener])
    return listener


def test_a_stream_of_a_response_is_told_when_it_ends(told: Listener) -> None:
    stream: Any = edgequake_python.responses(model="openai/gpt-4o", input="Hi", stream=True)
    assert told.count() == 0
    assert stream._hidden_params.get("response_cost") is None
    list(stream)
    payload, whole = told.only()
    assert whole is stream.response and whole.usage.total_tokens == payload["total_tokens"] > 0
    assert payload["response_cost"] == stream._hidden_params["response_cost"] == completion_cost(whole) > 0
    list(stream)
    stream.close()
    assert told.count() == 0

    async def read() -> None:
        stream: Any = await edgequake_python.aresponses(model="openai/gpt-4o", input="Hi", stream=True)
        async for _ in stream:
            pass

    asyncio.run(read())
    assert told.only()[0]["response_cost"] == payload["response_cost"]


@pytest.mark.parametrize("way", ["closed", "forgotten"])
def test_a_stream_that_is_left_has_an_estimate(told: Listener, way: str) -> None:
    stream: Any = edgequake_python.responses(model="openai/gpt-4o", input="Hi there", stream=True)
    while next(stream).type != "response.output_text.delta":
        pass
    if way == "closed":
        stream.close()
    del stream
    payload, answer = told.only()
    assert answer["usage"].estimated is True and answer["usage"].completion_tokens > 0
    assert payload["response_cost"] > 0


def test_a_stream_of_text_is_told_with_what_was_counted_or_estimated(told: Listener) -> None:
    call: dict[str, Any] = {"model": "openai/gpt-3.5-turbo-instruct", "prompt": "Hi", "stream": True}
    uncounted: Any = edgequake_python.text_completion(**call)
    assert uncounted._hidden_params["response_cost"] is None
    list(uncounted)
    payload, answer = told.only()
    assert uncounted._hidden_params["response_cost"] == payload["response_cost"]
    assert uncounted._hidden_params["response_cost_estimated"] is True
    assert answer["usage"].estimated is True and answer["usage"].completion_tokens > 0
    assert payload["response_cost"] > 0
    stream: Any = edgequake_python.text_completion(**call, stream_options={"include_usage": True})
    list(stream)
    payload, answer = told.only()
    if stream.usage is not None:
        assert answer.choices[0].text and answer.usage == stream.usage
        assert payload["response_cost"] == stream._hidden_params["response_cost"] > 0


@pytest.mark.parametrize("given", [None, "a name of mine"])
def test_an_answer_has_the_name_of_its_call(told: Listener, given: str | None) -> None:
    name: dict[str, Any] = {} if given is None else {"litellm_call_id": given}
    chat: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hi"}], **name}

    async def asked() -> Any:
        return await edgequake_python.acompletion(**chat)

    async def embedded() -> Any:
        return await edgequake_python.aembedding(model="openai/text-embedding-3-small", input=["Hi"], **name)

    answers = [
        lambda: edgequake_python.completion(**chat),
        lambda: edgequake_python.completion(**chat, stream=True),
        lambda: edgequake_python.completion(**chat, mock_response="Hello"),
        lambda: asyncio.run(asked()),
        lambda: asyncio.run(embedded()),
        lambda: edgequake_python.embedding(model="openai/text-embedding-3-small", input=["Hi"], **name),
        lambda: edgequake_python.responses(model="openai/gpt-4o", input="Hi", **name),
        lambda: edgequake_python.responses(model="openai/gpt-4o", input="Hi", stream=True, **name),
        lambda: edgequake_python.text_completion(
            model="openai/gpt-3.5-turbo-instruct", prompt="Hi", stream=True, **name
        ),
    ]
    names = []
    for answer in answers:
        found: Any = answer()
        if type(found).__name__.endswith(("Wrapper", "Iterator")):
            list(found)
        payload, _ = told.only()
        assert found._hidden_params["litellm_call_id"] == payload["litellm_call_id"]
        assert found._hidden_params["custom_llm_provider"] == "openai"
        names.append(payload["litellm_call_id"])
    assert names == [given] * len(names) if given else len(set(names)) == len(names)


def test_speech_costs_its_characters(told: Listener) -> None:
    sound = edgequake_python.speech(model="openai/tts-1", input="Hello there", voice="alloy")
    assert sound._hidden_params["response_cost"] == pytest.approx(11 * 15e-6)
    assert told.only()[0]["response_cost"] == pytest.approx(11 * 15e-6)
    unknown = edgequake_python.speech(model="openai/voice-of-tomorrow", input="Hello", voice="alloy")
    assert unknown._hidden_params["response_cost"] is None


def test_images_cost_by_what_was_asked_for() -> None:
    from edgequake_python.images.main import _made

    class Known:
        """How a call to Azure went."""

        response_ms, request_id = 1.0, None

        def hidden_params(self) -> dict[str, Any]:
            return {"litellm_model_name": "azure/dall-e-3", "custom_llm_provider": "azure"}

        def headers(self) -> dict[str, Any]:
            return {}

    costs = []
    for quality in ("standard", "hd"):
        make = _made({"size": "1024x1024", "quality": quality})
        answer = {"created": 1, "data": [{"url": "https://images.example/1"}]}
        costs.append(make(answer, Known())._hidden_params["response_cost"])
    assert costs == pytest.approx([0.044, 0.088], rel=0.001)


def test_a_message_costs_what_the_cache_held_too(told: Listener) -> None:
    from edgequake_python.response_cost import of_message

    hidden = {"litellm_model_name": "anthropic/claude-sonnet-4-5", "custom_llm_provider": "anthropic"}
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 1000,
        "output_tokens": 5,
    }
    by_hand = (10 * 3 + 100 * 0.3 + 1000 * 3.75 + 5 * 15) / 1e6
    assert of_message({"usage": usage}, hidden) == pytest.approx(by_hand)


def test_an_image_costs_what_is_made_and_not_what_is_shown() -> None:
    from edgequake_python.types import ImageResponse

    def cost(model: str, **more: Any) -> float:
        image = ImageResponse(created=1, data=[{"b64_json": "eA=="}], **more)
        return edgequake_python.completion_cost(image, model=model, call_type="image_generation")

    # These price lists have both; 0 is for no image at the input.
    assert cost("bedrock/amazon.titan-image-generator-v1") == pytest.approx(0.008)
    assert cost("gemini/gemini-3-pro-image") == pytest.approx(0.134)
    # Tokens that a model of images answers are of images.
    counts = {"input_tokens": 150, "output_tokens": 1056, "total_tokens": 1206}
    usage = {**counts, "input_tokens_details": {"text_tokens": 50, "image_tokens": 100}}
    dear = 50 * 5e-6 + 100 * 8e-6 + 1056 * 3.2e-5
    assert cost("gpt-image-1.5", usage=usage) == pytest.approx(dear)
    # A list without a price is not a price of nothing.
    with pytest.raises(edgequake_python.NotFoundError):
        cost("dashscope/qwen-image-2.0")


def test_a_price_at_the_text_that_is_heard() -> None:
    from edgequake_python.types import TranscriptionResponse

    heard = TranscriptionResponse(text="x", duration=10.0)
    cost = edgequake_python.completion_cost(heard, model="soniox/stt-async-v4", call_type="transcription")
    assert cost == pytest.approx(10 * 2.77778e-05)


def test_rerankings_and_judgements_carry_their_cost(server: Loopback) -> None:
    def answer(request: Request) -> dict[str, Any]:
        if "moderations" in request.path:
            return {"id": "m", "model": "omni-moderation-latest", "results": []}
        billed = {"search_units": 3} if "rerank" in request.json["model"] else {}
        return {
            "id": "r",
            "results": [{"index": 0, "relevance_score": 0.9}],
            "meta": {"billed_units": billed},
        }

    server.handler = answer
    call: dict[str, Any] = {"api_base": server.base_url, "api_key": "sk-1"}
    ranked = edgequake_python.rerank("cohere/rerank-v3.5", query="q", documents=["a"], **call)
    assert ranked._hidden_params["response_cost"] == pytest.approx(3 * 0.002)
    judged: Any = edgequake_python.moderation(input="x", model="openai/omni-moderation-latest", **call)
    assert judged._hidden_params["response_cost"] == 0
    unknown = edgequake_python.rerank("cohere/unheard-of", query="q", documents=["a"], **call)
    assert unknown._hidden_params["response_cost"] is None
