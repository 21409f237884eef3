"""Callbacks: who is told what, and how often; and those that may change a call."""

from __future__ import annotations

import asyncio
import logging
import pickle
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import AuthenticationError, InternalServerError
from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import flush
from recorder import CALL, HI, Recorder


async def _read(**call: Any) -> list[Any]:
    stream = await edgequake_python.acompletion(stream=True, **call)
    return [chunk async for chunk in stream]


def test_a_synchronous_call_tells_the_plain_hooks_in_order(recorder: Recorder) -> None:
    answer = edgequake_python.completion(**CALL, metadata={"tags": ["a"]}, user="bob", temperature=0.5)
    assert recorder.names() == ["pre", "post", "success"]
    _, kwargs, told = recorder.told[-1]
    assert told is answer
    assert kwargs["model"] == "gpt-4o" and kwargs["messages"] == HI and kwargs["temperature"] == 0.5
    assert kwargs["optional_params"]["temperature"] == 0.5 and kwargs["call_type"] == "completion"
    assert kwargs["litellm_params"]["metadata"] == {"tags": ["a"]}
    assert kwargs["response_cost"] == answer._hidden_params["response_cost"] > 0
    assert kwargs["start_time"] <= kwargs["end_time"]
    standard = kwargs["standard_logging_object"]
    assert standard["status"] == "success" and standard["custom_llm_provider"] == "openai"
    assert standard["prompt_tokens"] == answer.usage.prompt_tokens
    assert standard["total_tokens"] == answer.usage.total_tokens
    assert standard["request_tags"] == ["a"] and standard["end_user"] == "bob"
    assert standard["response"]["choices"][0]["message"]["content"] == answer.choices[0].message.content
    assert standard["cost_breakdown"]["total_cost"] == kwargs["response_cost"]
    assert standard["error_information"]["error_class"] == "" and standard["error_str"] is None
    assert answer.choices[0].message.content in kwargs["original_response"]
    assert kwargs["llm_api_duration_ms"] > 0 and kwargs["has_logged_sync_success"] is True
    assert kwargs["litellm_params"]["model_alias_map"] is None
    assert "sk-simulated" not in repr(kwargs)
    pickle.dumps(standard)


def test_an_asynchronous_call_tells_the_others(recorder: Recorder) -> None:
    asyncio.run(edgequake_python.acompletion(**CALL))
    assert recorder.names() == ["pre", "post", "async success"]
    assert recorder.told[-1][1]["call_type"] == "acompletion"
    asyncio.run(edgequake_python.aembedding("openai/text-embedding-3-small", input=["a"]))
    assert recorder.names()[-1] == "async success"
    assert recorder.told[-1][1]["call_type"] == "aembedding"


def test_streams_tell_their_chunks_and_once_the_whole(recorder: Recorder) -> None:
    chunks = list(edgequake_python.completion(stream=True, **CALL))
    assert recorder.names() == ["pre", *["chunk"] * len(chunks), "post", "success"]
    _, kwargs, whole = recorder.told[-1]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert whole.choices[0].message.content == text
    assert kwargs["complete_streaming_response"] is whole
    assert kwargs["response_cost"] > 0 and kwargs["stream"] is True
    assert kwargs["start_time"] <= kwargs["completion_start_time"] <= kwargs["end_time"]
    recorder.told.clear()
    asyncio.run(_read(**CALL))
    assert recorder.names() == ["pre", "post", "async success"]
    assert recorder.told[-1][2].choices[0].message.content == text


def test_failures(recorder: Recorder) -> None:
    broken: dict[str, Any] = {"model": "openai/sim/500", "messages": HI, "num_retries": 0}
    with pytest.raises(InternalServerError) as caught:
        edgequake_python.completion(**broken)
    assert recorder.names() == ["pre", "post", "failure"]
    kwargs = recorder.told[-1][1]
    assert kwargs["exception"] is caught.value
    standard = kwargs["standard_logging_object"]
    assert standard["status"] == "failure"
    assert standard["error_information"]["error_class"] == "InternalServerError"
    assert standard["error_information"]["error_code"] == "500"
    recorder.told.clear()
    with pytest.raises(InternalServerError):
        asyncio.run(edgequake_python.acompletion(**broken))
    assert recorder.names() == ["pre", "async failure"]


def test_a_cut_stream_is_a_failure_and_a_left_one_is_counted(recorder: Recorder) -> None:
    cut: dict[str, Any] = {"model": "openai/sim/cut?after=2", "messages": HI}
    with pytest.raises(edgequake_python.IncompleteStreamError):
        list(edgequake_python.completion(stream=True, **cut))
    assert recorder.names()[-1] == "failure"
    assert recorder.names().count("failure") == 1
    recorder.told.clear()
    stream = edgequake_python.completion(stream=True, **CALL)
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()
    assert recorder.names()[-1] == "success"
    _, kwargs, partial = recorder.told[-1]
    assert kwargs["stream_abandoned"] is True
    assert partial.choices[0].finish_reason is None
    assert partial.usage.estimated is True and partial.usage.completion_tokens > 0


def test_a_cancelled_call_is_told_with_what_its_question_cost(recorder: Recorder) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(
            edgequake_python.acompletion(model="openai/sim/latency?ms=20000", messages=HI)
        )
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert recorder.names() == ["pre", "async failure"]
    assert isinstance(recorder.told[-1][1]["exception"], asyncio.CancelledError)
    assert recorder.told[-1][1]["standard_logging_object"]["prompt_tokens"] > 0


def test_functions(openai_simulated: edgequake_python.Simulator, restored_settings: None) -> None:
    told: list[tuple[str, Any]] = []

    def before(kwargs: dict[str, Any]) -> None:
        told.append(("before", kwargs["model"]))

    def success(kwargs: dict[str, Any], response: Any, start: Any, end: Any) -> None:
        told.append(("success", response.id))

    async def success_async(kwargs: dict[str, Any], response: Any, start: Any, end: Any) -> None:
        told.append(("async", response.id))

    def failure(kwargs: dict[str, Any], response: Any, start: Any, end: Any) -> None:
        told.append(("failure", type(kwargs["exception"]).__name__))

    edgequake_python.input_callback = [before]
    edgequake_python.success_callback = [success, success_async]
    edgequake_python.failure_callback = [failure]
    answer = edgequake_python.completion(**CALL)
    flush(10)
    assert told == [("before", "gpt-4o"), ("success", answer.id), ("async", answer.id)]
    told.clear()
    with pytest.raises(AuthenticationError):
        edgequake_python.completion(model="openai/sim/401", messages=HI)
    flush(10)
    assert told == [("before", "sim/401"), ("failure", "AuthenticationError")]
    told.clear()
    mine: list[str] = []
    edgequake_python.completion(**CALL, success_callback=[lambda *event: mine.append(event[1].id)])
    flush(10)
    assert len(mine) == 1 and len(told) == 3
    told.clear()
    edgequake_python.completion(**{**CALL, "no-log": True})
    flush(10)
    assert not told


def test_answers_of_the_cache_and_mocks_are_told_too(recorder: Recorder, restored_settings: None) -> None:
    edgequake_python.cache = edgequake_python.Cache()
    for more in ({}, {}, {"mock_response": "mocked"}):
        edgequake_python.completion(**CALL, **more)
        flush(10)  # the next call's first event does not wait for this one's last
    edgequake_python.cache = None
    assert recorder.names() == ["pre", "post", "success"] * 3
    first, second = (recorder.told[index][1] for index in (2, 5))
    assert not first["cache_hit"] and second["cache_hit"] is True
    assert second["response_cost"] == 0.0
    assert second["standard_logging_object"]["saved_cache_cost"] == first["response_cost"] > 0


def test_each_fallback_is_a_call_of_its_own(recorder: Recorder) -> None:
    edgequake_python.completion(
        model="openai/sim/500", messages=HI, num_retries=0, fallbacks=["openai/gpt-4o"]
    )
    assert flush(10)
    # Each call's own events are in order; the second begins while the first's end is being told.
    calls: dict[str, list[str]] = {}
    for name, kwargs, _ in recorder.told:
        calls.setdefault(kwargs["litellm_call_id"], []).append(name)
    assert list(calls.values()) == [["pre", "post", "failure"], ["pre", "post", "success"]]


def test_what_is_told_can_be_redacted(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    secret = [{"role": "user", "content": "my secret question"}]
    quiet, loud = Recorder(turn_off_message_logging=True), Recorder()
    edgequake_python.callbacks = [quiet, loud]
    answer = edgequake_python.completion(model="openai/sim/echo", messages=secret)
    assert quiet.names() == loud.names()
    assert "secret question" not in repr(quiet.told)
    assert "secret question" in repr(loud.told)
    # The caller's answer is untouched.
    assert "secret question" in (answer.choices[0].message.content or "")
    edgequake_python.turn_off_message_logging = True
    loud.told.clear()
    edgequake_python.completion(model="openai/sim/echo", messages=secret)
    loud.names()
    assert "secret question" not in repr(loud.told)


def test_hooks_in_line_may_change_a_call(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    class Changing(CustomLogger):
        async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> Any:
            return {**kwargs, "messages": [{"role": "user", "content": "changed"}]}

        async def async_post_call_success_deployment_hook(
            self, request_data: Any, response: Any, call_type: Any
        ) -> Any:
            response.choices[0].message.content += " and changed"
            return response

        def get_chat_completion_prompt(self, *given: Any, **more: Any) -> Any:
            return given[0], [{"role": "user", "content": f"prompt {given[3]}"}], given[2]

        def logging_hook(self, kwargs: Any, result: Any, call_type: str) -> Any:
            return {**kwargs, "mine": True}, result

    changing, recorder = Changing(), Recorder()
    edgequake_python.callbacks = [changing, recorder]
    messages = list(HI)
    answer = asyncio.run(edgequake_python.acompletion(model="openai/sim/echo", messages=messages))
    content = answer.choices[0].message.content or ""
    assert "changed" in content and content.endswith(" and changed")
    assert messages == HI
    answer = edgequake_python.completion(model="openai/sim/echo", messages=HI, prompt_id="p7")
    assert "prompt p7" in (answer.choices[0].message.content or "")
    edgequake_python.callbacks = []
    with pytest.raises(edgequake_python.UnsupportedParamsError, match="prompt_id"):
        edgequake_python.completion(**CALL, prompt_id="p7")
    flush(10)


def test_unknown_names_are_said_once(
    openai_simulated: edgequake_python.Simulator,
    restored_settings: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    edgequake_python.success_callback = ["nobody-knows-it"]
    with caplog.at_level(logging.WARNING):
        edgequake_python.completion(**CALL)
        edgequake_python.completion(**CALL)
    assert len([record for record in caplog.records if "nobody-knows-it" in record.message]) == 1


def test_what_is_asked_without_messages_is_told_as_messages(recorder: Recorder) -> None:
    edgequake_python.embedding("openai/text-embedding-3-small", input=["a", "b"])
    edgequake_python.image_generation("a cat", model="openai/gpt-image-1")
    assert recorder.names() == ["pre", "post", "success"] * 2
    asked = [kwargs["messages"] for name, kwargs, _ in recorder.told if name == "success"]
    assert asked == [
        [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
        [{"role": "user", "content": "a cat"}],
    ]


def test_a_logger_function_hears_of_a_call_before_and_after(
    openai_simulated: edgequake_python.Simulator,
) -> None:
    heard: list[str] = []
    edgequake_python.completion(**CALL, logger_fn=lambda told: heard.append(told["log_event_type"]))
    assert flush(10)
    assert heard == ["pre_api_call", "post_api_call"]


def test_a_refused_call_cost_nothing(recorder: Recorder) -> None:
    with pytest.raises(edgequake_python.BadRequestError):
        edgequake_python.completion(model="openai/sim/400", messages=HI, num_retries=0)
    assert recorder.names() == ["pre", "post", "failure"]
    kwargs = recorder.told[-1][1]
    assert kwargs["response_cost"] == 0.0 == kwargs["standard_logging_object"]["response_cost"]
    assert kwargs["has_logged_sync_failure"] is True and "refuse" in kwargs["original_response"]


@pytest.mark.parametrize("kind", ["chat", "responses"])
def test_callbacks_may_change_what_a_coroutine_reads_of_a_stream(
    openai_simulated: edgequake_python.Simulator, kind: str
) -> None:
    told: list[Any] = []

    class Shouting(CustomLogger):
        async def async_post_call_streaming_deployment_hook(
            self, request_data: Any, response_chunk: Any, call_type: Any
        ) -> Any:
            told.append((request_data["model"], str(call_type)))
            if kind == "responses":
                if response_chunk.type == "response.output_text.delta":
                    response_chunk.delta = response_chunk.delta.upper()
                return None
            delta = response_chunk.choices[0].delta
            delta.content = delta.content and delta.content.upper()
            return response_chunk

        async def async_log_success_event(
            self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
        ) -> None:
            said = (
                response_obj.output_text if kind == "responses" else response_obj.choices[0].message.content
            )
            told.append(said)

    class Broken(CustomLogger):
        async def async_post_call_streaming_deployment_hook(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("no")

    async def read() -> str:
        if kind == "responses":
            events: Any = await edgequake_python.aresponses("Hi", "openai/gpt-4o", stream=True)
            text = "".join([event.delta async for event in events if event.type.endswith("text.delta")])
        else:
            chunks: Any = await edgequake_python.acompletion("openai/gpt-4o", HI, stream=True)
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])
        await edgequake_python.flush_async(20)
        return text

    edgequake_python.callbacks = [Broken(), Shouting()]
    text = asyncio.run(read())
    assert text.startswith("YOU SAID: HI")
    # What is told at the end is what the provider said.
    assert told[-1].lower().startswith("you said: hi") and told[-1].upper() == text and told[-1] != text
    assert set(told[:-1]) == {("openai/gpt-4o", "acompletion" if kind == "chat" else "aresponses")}
