"""OpenAI's own client judges the simulator's endpoints beside chat; this library says the same of them."""

from __future__ import annotations

import asyncio
import io
import json
import time
from base64 import b64decode
from typing import Any

import pytest

import edgequake_python
from edgequake_python.responses.ids import decode

openai = pytest.importorskip("openai")

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}


def ours(simulator: edgequake_python.Simulator, **more: Any) -> dict[str, Any]:
    return {"api_base": simulator.base_url, "api_key": "sk-simulated", "num_retries": 0, **more}


def both(name: str, **call: Any) -> list[Any]:
    """What the function and its asynchronous twin give."""
    twin = getattr(edgequake_python, f"a{name}")
    return [getattr(edgequake_python, name)(**call), asyncio.run(twin(**call))]


def dumped(item: Any) -> Any:
    """An object of theirs or ours as plain data, without what is not there and names this request."""
    value = item.model_dump() if hasattr(item, "model_dump") else item
    if isinstance(value, dict):
        kept = {key: below for key, below in value.items() if key not in ("id", "item_id", "call_id")}
        return {key: dumped(below) for key, below in kept.items() if below is not None}
    return [dumped(below) for below in value] if isinstance(value, list) else value


class TestResponses:
    def test_a_turn(self, client: Any, simulator: edgequake_python.Simulator) -> None:
        theirs = client.responses.create(model="sim/m", input="Count from 1 to 3", instructions="Be terse.")
        assert theirs.output_text == "1, 2, 3"
        assert theirs.usage.total_tokens == theirs.usage.input_tokens + theirs.usage.output_tokens
        call = {"model": "openai/sim/m", "input": "Count from 1 to 3", "instructions": "Be terse."}
        for response in both("responses", **call, **ours(simulator)):
            assert response.output_text == "1, 2, 3"
            assert dumped(response.output) == dumped(theirs.output)
            assert dumped(response.usage) == dumped(theirs.usage)

    def test_the_events(self, client: Any, simulator: edgequake_python.Simulator) -> None:
        call: dict[str, Any] = {"input": "Weather?", "reasoning": {"summary": "auto"}, "tools": [TOOL]}
        theirs = list(client.responses.create(model="sim/reasoning", stream=True, **call))
        assert theirs[-1].type == "response.completed"
        assert {event.type for event in theirs} >= {
            "response.reasoning_summary_text.delta",
            "response.function_call_arguments.delta",
        }

        async def read() -> list[Any]:
            stream: Any = await edgequake_python.aresponses(
                model="openai/sim/reasoning", stream=True, **call, **ours(simulator)
            )
            return [event async for event in stream]

        stream = edgequake_python.responses(
            model="openai/sim/reasoning", stream=True, **call, **ours(simulator)
        )
        for got in (list(stream), asyncio.run(read())):
            assert [event.type for event in got] == [event.type for event in theirs]
            for event, other in zip(got, theirs):
                if not hasattr(event, "response") or event.response is None:
                    assert dumped(event) == dumped(other)
            assert dumped(got[-1].response.output) == dumped(theirs[-1].response.output)

    def test_a_tool_and_its_result(self, client: Any, simulator: edgequake_python.Simulator) -> None:
        """The whole loop, once with the items sent back and once with the id of the turn before."""
        first = client.responses.create(model="sim/m", input="Weather in Paris?", tools=[TOOL])
        [call] = [item for item in first.output if item.type == "function_call"]
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
        second = client.responses.create(model="sim/m", input=[result], previous_response_id=first.id)
        assert "Sunny" in second.output_text

        question = {"role": "user", "content": "Weather in Paris?"}
        where = {"model": "openai/sim/m", **ours(simulator)}
        turn: Any = edgequake_python.responses(input=[question], tools=[TOOL], **where)
        [call] = [item for item in turn.output if item.type == "function_call"]
        assert json.loads(call.arguments)["city"]
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
        items = [question, *turn.output, result]
        next_turn: Any = edgequake_python.responses(input=items, tools=[TOOL], **where)
        assert "Sunny" in next_turn.output_text
        again: Any = edgequake_python.responses(input=[result], previous_response_id=turn.id, **where)
        assert "Sunny" in again.output_text

    def test_structured(self, client: Any, simulator: edgequake_python.Simulator) -> None:
        pydantic = pytest.importorskip("pydantic")
        person = pydantic.create_model("Person", name=(str, ...), age=(int, ...))
        theirs = client.responses.parse(model="sim/m", input="Ada, 36", text_format=person)
        assert theirs.output_parsed.name
        response: Any = edgequake_python.responses(
            model="openai/sim/m", input="Ada, 36", text_format=person, **ours(simulator)
        )
        assert person.model_validate_json(response.output_text) == theirs.output_parsed

    def test_stored(self, client: Any, simulator: edgequake_python.Simulator) -> None:
        made: Any = edgequake_python.responses(
            model="openai/sim/m", input="Keep this", background=True, **ours(simulator)
        )
        plain_id = (
            edgequake_python.responses_id(made.id) if hasattr(edgequake_python, "responses_id") else None
        )
        plain_id = decode(made.id).response_id
        assert client.responses.retrieve(plain_id).output_text == made.output_text
        for got in both("get_responses", response_id=made.id, **ours(simulator)):
            assert (got.id, got.output_text) == (made.id, made.output_text)
        for page in both("list_input_items", response_id=made.id, **ours(simulator)):
            assert page["data"][0]["content"][0]["text"] == "Keep this"
        assert [item.type for item in client.responses.input_items.list(plain_id)] == ["message"]
        for got in both("cancel_responses", response_id=made.id, **ours(simulator)):
            assert got.status == "cancelled"
        assert edgequake_python.delete_responses(made.id, **ours(simulator)).deleted
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(plain_id)
        with pytest.raises(edgequake_python.NotFoundError):
            edgequake_python.get_responses(made.id, **ours(simulator))

    @pytest.mark.parametrize("wrong", [{"max_output_tokens": 3}, {"nonsense": 1}, {"input": [{"role": "x"}]}])
    def test_what_is_wrong(
        self, client: Any, simulator: edgequake_python.Simulator, wrong: dict[str, Any]
    ) -> None:
        body = {"model": "sim/m", "input": "Hi", **wrong}
        with pytest.raises(openai.BadRequestError):
            client.post("/responses", body=body, cast_to=object)
        with pytest.raises(edgequake_python.BadRequestError):
            edgequake_python.responses(**{**body, "model": "openai/sim/m"}, **ours(simulator))

    @pytest.mark.parametrize(
        ("model", "kind"),
        [
            ("sim/401", edgequake_python.AuthenticationError),
            ("sim/429", edgequake_python.RateLimitError),
            ("sim/500", edgequake_python.InternalServerError),
            ("sim/context_window", edgequake_python.ContextWindowExceededError),
            ("sim/content_policy", edgequake_python.ContentPolicyViolationError),
        ],
    )
    def test_refusals(self, simulator: edgequake_python.Simulator, model: str, kind: type[Exception]) -> None:
        for stream in (False, True):
            with pytest.raises(kind):
                edgequake_python.responses(
                    model=f"openai/{model}", input="Hi", stream=stream, **ours(simulator)
                )

    def test_broken_streams(self, simulator: edgequake_python.Simulator) -> None:
        def read(model: str) -> list[Any]:
            return list(edgequake_python.responses(model=model, input="Hi", stream=True, **ours(simulator)))

        for model in ("openai/sim/cut", "openai/sim/cut_clean", "openai/sim/cut_event"):
            with pytest.raises(edgequake_python.IncompleteStreamError) as caught:
                read(model)
            assert caught.value.partial
        with pytest.raises(edgequake_python.RateLimitError):
            read("openai/sim/error_event?status=429")
        with pytest.raises(edgequake_python.Timeout):
            list(
                edgequake_python.responses(
                    model="openai/sim/stall", input="Hi", stream=True, timeout=0.2, **ours(simulator)
                )
            )

    def test_a_closed_stream_closes_its_socket(self, simulator: edgequake_python.Simulator) -> None:
        before = simulator.stats["aborted"]
        stream = edgequake_python.responses(
            model="openai/sim/stall", input="Hi", stream=True, **ours(simulator)
        )
        next(stream)
        stream.close()
        deadline = time.monotonic() + 5
        while simulator.stats["aborted"] == before and time.monotonic() < deadline:
            time.sleep(0.005)
        assert simulator.stats["aborted"] > before


def test_completions(client: Any, simulator: edgequake_python.Simulator) -> None:
    theirs = client.completions.create(model="sim/instruct", prompt=["Count from 1 to 3", "Hi"], echo=True)
    call: dict[str, Any] = {
        "model": "openai/sim/instruct",
        "prompt": ["Count from 1 to 3", "Hi"],
        "echo": True,
    }
    for response in both("text_completion", **call, **ours(simulator)):
        assert [choice.text for choice in response.choices] == [choice.text for choice in theirs.choices]
        assert response.usage.total_tokens == theirs.usage.total_tokens
    chunks = list(client.completions.create(model="sim/instruct", prompt="Hi", stream=True))
    call = {"model": "openai/sim/instruct", "prompt": "Hi", "stream": True, **ours(simulator)}
    got = list(edgequake_python.text_completion(**call))
    assert [chunk.choices[0].text for chunk in got] == [chunk.choices[0].text for chunk in chunks]
    with pytest.raises(edgequake_python.IncompleteStreamError):
        list(edgequake_python.text_completion(**{**call, "model": "text-completion-openai/sim/cut_clean"}))


def test_moderations(client: Any, simulator: edgequake_python.Simulator) -> None:
    theirs = client.moderations.create(input=["I will kill you", "Hello"])
    assert [result.flagged for result in theirs.results] == [True, False]
    for response in both("moderation", input=["I will kill you", "Hello"], **ours(simulator)):
        assert [result.flagged for result in response.results] == [True, False]
        assert response.results[0].categories.violence is True
        assert response.results[0].category_scores.self_harm == theirs.results[0].category_scores.self_harm


def test_images(client: Any, simulator: edgequake_python.Simulator) -> None:
    theirs = client.images.generate(model="gpt-image-1", prompt="A cat", n=2)
    call = {"model": "openai/gpt-image-1", "prompt": "A cat", "n": 2}
    for response in both("image_generation", **call, **ours(simulator)):
        # The pictures themselves depend on the body, and versions of the SDK write it in different orders.
        pictures = ([b64decode(image.b64_json)[:8] for image in r.data] for r in (response, theirs))
        assert list(pictures) == [[b"\x89PNG\r\n\x1a\n"] * 2] * 2
        assert response.usage.total_tokens == theirs.usage.total_tokens
    png = b"\x89PNG\r\n\x1a\n...."
    edited = client.images.edit(model="gpt-image-1", prompt="A hat", image=[("a.png", png), ("b.png", png)])
    assert edited.data[0].b64_json
    call = {"model": "openai/gpt-image-1", "prompt": "A hat", "image": [png, png]}
    for response in both("image_edit", **call, **ours(simulator)):
        assert response.data[0].b64_json
    for response in both("image_variation", image=png, **ours(simulator)):
        assert response.data[0].url


def test_speech_and_transcription(client: Any, simulator: edgequake_python.Simulator) -> None:
    with client.audio.speech.with_streaming_response.create(
        model="sim/tts", voice="alloy", input="Hello", response_format="wav"
    ) as streamed:
        sound = streamed.read()
    assert sound.startswith(b"RIFF")
    call: dict[str, Any] = {
        "model": "openai/sim/tts",
        "voice": "alloy",
        "input": "Hello",
        "response_format": "wav",
    }
    for response in both("speech", **call, **ours(simulator)):
        assert response.content == sound
    with pytest.raises(openai.BadRequestError):
        client.audio.speech.create(model="sim/tts", voice="nobody", input="Hello")
    for kind in ("json", "verbose_json", "text", "srt", "vtt"):
        theirs = client.audio.transcriptions.create(
            model="whisper-1", file=("a.wav", sound), response_format=kind
        )
        text = theirs if isinstance(theirs, str) else theirs.text
        call = {
            "model": "openai/whisper-1",
            "file": ("a.wav", sound),
            "response_format": kind,
        }
        for response in both("transcription", **call, **ours(simulator)):
            assert response.text == text
            assert str(len(sound)) in text
    words = edgequake_python.transcription(
        model="openai/whisper-1", file=sound, timestamp_granularities=["word"], **ours(simulator)
    ).words
    assert words[0].word == str(len(sound))


def test_files_and_batches(client: Any, simulator: edgequake_python.Simulator) -> None:
    """A batch from its file to its results, once by each client."""
    lines = [
        {
            "custom_id": f"n{number}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "messages": [{"role": "user", "content": "Count from 1 to 2"}]},
        }
        for number, model in enumerate(["sim/m", "sim/m", "sim/404"])
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()

    theirs = client.files.create(file=("b.jsonl", text), purpose="batch")
    file = edgequake_python.create_file(
        file=("b.jsonl", io.BytesIO(text)), purpose="batch", **ours(simulator)
    )
    assert dumped(file) == dumped(theirs)
    assert [one.id for one in client.files.list(purpose="batch")].count(file.id) == 1
    for got in both("file_content", file_id=file.id, **ours(simulator)):
        assert got.content == text
    started = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    call = {"input_file_id": file.id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    for batch in both("create_batch", **call, metadata={"k": "v"}, **ours(simulator)):
        assert (batch.status, batch.request_counts.total, batch.metadata["k"]) == ("validating", 3, "v")
    finished = client.batches.retrieve(started.id)
    assert finished.status == "completed"
    for done in both("retrieve_batch", batch_id=batch.id, **ours(simulator)):
        assert (done.request_counts.completed, done.request_counts.failed) == (2, 1)
    results = edgequake_python.file_content(done.output_file_id, **ours(simulator)).text.splitlines()
    answers = {line["custom_id"]: line["response"] for line in map(json.loads, results)}
    assert answers["n0"]["body"]["choices"][0]["message"]["content"] == "1, 2"
    [failed] = edgequake_python.file_content(done.error_file_id, **ours(simulator)).text.splitlines()
    assert json.loads(failed)["response"]["status_code"] == 404
    assert batch.id in [one.id for one in edgequake_python.list_batches(**ours(simulator)).data]
    with pytest.raises(edgequake_python.EdgeQuakeError):
        edgequake_python.cancel_batch(batch.id, **ours(simulator))
    assert edgequake_python.file_delete(file.id, **ours(simulator)).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_models(client: Any, simulator: edgequake_python.Simulator) -> None:
    theirs = [model.id for model in client.models.list()]
    for page in both("list_models", **ours(simulator)):
        assert [model.id for model in page.data] == theirs


def test_rerank(simulator: edgequake_python.Simulator) -> None:
    documents = ["The moon is far.", "Paris is the capital of France.", "Berlin is in Germany."]
    call = {"query": "capital of France", "documents": documents, "top_n": 2, "return_documents": True}
    for response in both("rerank", model="jina_ai/sim/m", **call, **ours(simulator)):
        assert response.results[0]["index"] == 1
        assert response.results[0]["document"]["text"] == documents[1]
        assert len(response.results) == 2
    host = simulator.base_url.removesuffix("/v1")
    for response in both("rerank", model="cohere/sim/m", **call, **ours(simulator, api_base=host)):
        assert response.results[0]["index"] == 1
        assert response.meta["billed_units"]["search_units"] == 1


def test_cohere_judges_reranking(simulator: edgequake_python.Simulator) -> None:
    cohere = pytest.importorskip("cohere")
    host = simulator.base_url.removesuffix("/v1")
    with cohere.ClientV2(api_key="sk-simulated", base_url=host) as client:
        answer = client.rerank(model="sim/m", query="b", documents=["a", "b"], top_n=1)
    assert [result.index for result in answer.results] == [1]
