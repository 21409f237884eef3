"""Plain answers: what is asked for, and the response object that comes of it."""

from __future__ import annotations

import asyncio
import copy
import enum
import inspect
import json
import pickle
from typing import Any
from unittest import mock

import pydantic
import pytest

import edgequake_python
from edgequake_python import acompletion, aembedding, completion, embedding
from loopback import MESSAGES, Loopback, chat
from native import TIME, WEATHER

TOOLS = [WEATHER, TIME]


class TestAnswers:
    def test_plain(self, complete: Any) -> None:
        answer = complete(model="sim/gpt-4o", messages=MESSAGES)
        assert answer.choices[0].message.content.startswith("You said: Hello")
        assert answer.choices[0].message.role == "assistant"
        assert answer.choices[0].finish_reason == "stop"
        assert answer.choices[0].index == 0
        assert answer.created > 0

    def test_several_choices(self, complete: Any) -> None:
        answer = complete(model="sim/gpt-4o", messages=MESSAGES, n=3)
        assert [choice.index for choice in answer.choices] == [0, 1, 2]
        assert len({choice.message.content for choice in answer.choices}) > 1

    def test_a_tool_call_and_its_follow_up(self, complete: Any) -> None:
        messages: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
        answer = complete(model="sim/gpt-4o", messages=messages, tools=TOOLS)
        message = answer.choices[0].message
        assert answer.choices[0].finish_reason == "tool_calls"
        assert message.content is None
        [call] = message.tool_calls
        assert (call.type, call.function.name) == ("function", "get_weather")
        assert set(json.loads(call.function.arguments)) == {"city"}
        messages += [message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
        follow_up = complete(model="sim/gpt-4o", messages=messages, tools=TOOLS)
        assert follow_up.choices[0].finish_reason == "stop"
        assert follow_up.choices[0].message.content
        assert follow_up.choices[0].message.tool_calls is None

    def test_a_message_handed_back_is_a_valid_one(self) -> None:
        message: Any = completion(model="sim/gpt-4o", messages=MESSAGES, tools=TOOLS).choices[0].message
        body = echo(messages=[*MESSAGES, message, {"role": "tool", "tool_call_id": "1", "content": "x"}])
        sent = body["messages"][1]
        assert sent["role"] == "assistant"
        assert sent["tool_calls"] == [call.model_dump() for call in message.tool_calls]
        # OpenAI refuses both of these when they hold nothing.
        assert "function_call" not in sent
        assert "provider_specific_fields" not in sent

    def test_a_text_message_handed_back_has_no_empty_tool_calls(self) -> None:
        message: Any = completion(model="sim/gpt-4o", messages=MESSAGES).choices[0].message
        sent = echo(messages=[*MESSAGES, message, *MESSAGES])["messages"][1]
        assert sent["content"] == message.content
        assert not {"tool_calls", "function_call"} & set(sent)

    def test_parallel_tools(self, complete: Any) -> None:
        messages = [{"role": "user", "content": "Weather and time in Paris?"}]
        calls = complete(model="sim/gpt-4o", messages=messages, tools=TOOLS).choices[0].message.tool_calls
        assert [call.function.name for call in calls] == ["get_weather", "get_time"]
        assert len({call.id for call in calls}) == 2
        single = complete(model="sim/gpt-4o", messages=messages, tools=TOOLS, parallel_tool_calls=False)
        assert len(single.choices[0].message.tool_calls) == 1

    def test_legacy_functions(self) -> None:
        functions = [TOOLS[0]["function"]]
        answer: Any = completion(model="sim/gpt-4o", messages=MESSAGES, functions=functions)
        assert answer.choices[0].finish_reason == "function_call"
        assert answer.choices[0].message.function_call.name == "get_weather"
        assert json.loads(answer.choices[0].message.function_call.arguments)
        none = completion(model="sim/gpt-4o", messages=MESSAGES, functions=functions, function_call="none")
        assert none.choices[0].message.content

    def test_logprobs(self) -> None:
        answer: Any = completion(model="sim/gpt-4o", messages=MESSAGES, logprobs=True, top_logprobs=2)
        tokens = answer.choices[0].logprobs.content
        assert "".join(token.token for token in tokens) == answer.choices[0].message.content
        assert all(len(token.top_logprobs) == 2 for token in tokens)
        assert tokens[0].logprob <= 0

    def test_unicode_survives(self) -> None:
        text = "naïve 🦀 \u2028 \x00 \ud83e\udd80".encode("utf-16", "surrogatepass").decode("utf-16")
        assert echo(messages=[{"role": "user", "content": text}])["messages"][0]["content"] == text

    def test_reasoning_and_refusal(self) -> None:
        message: Any = completion(model="sim/reasoning", messages=MESSAGES).choices[0].message
        assert message.reasoning_content and message.content
        refused: Any = completion(model="sim/refusal", messages=MESSAGES).choices[0].message
        assert refused.content is None
        assert "can't help" in refused.provider_specific_fields["refusal"]

    def test_five_megabytes(self) -> None:
        answer: Any = completion(model="sim/huge?mb=5", messages=MESSAGES)
        assert len(answer.choices[0].message.content) > 4_000_000

    def test_compressed(self) -> None:
        assert completion(model="sim/gzip", messages=MESSAGES).choices[0].message.content


class Weather(pydantic.BaseModel):
    class Unit(enum.Enum):
        C = "c"
        F = "f"

    city: str
    degrees: float
    unit: Unit
    hints: list[str] = []


class TestStructured:
    def test_a_pydantic_class(self, complete: Any) -> None:
        answer = complete(model="sim/gpt-4o", messages=MESSAGES, response_format=Weather)
        weather = Weather.model_validate_json(answer.choices[0].message.content)
        assert isinstance(weather.unit, Weather.Unit)

    def test_it_is_sent_as_a_strict_schema(self) -> None:
        sent = echo(response_format=Weather)["response_format"]
        assert sent["type"] == "json_schema"
        assert (sent["json_schema"]["name"], sent["json_schema"]["strict"]) == ("Weather", True)
        schema = sent["json_schema"]["schema"]
        assert schema["additionalProperties"] is False
        assert schema["required"] == ["city", "degrees", "unit", "hints"]

    def test_a_dict_goes_as_it_is(self) -> None:
        given = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
        assert echo(response_format=given)["response_format"] == given


class TestResponse:
    """What programs do with an answer."""

    @pytest.fixture
    def answer(self) -> Any:
        return completion(model="sim/gpt-4o", messages=MESSAGES)

    def test_items(self, answer: Any) -> None:
        assert answer["choices"][0]["message"]["content"] == answer.choices[0].message.content
        assert answer.get("id") == answer.id
        assert answer.get("nothing", "default") == "default"
        assert "usage" in answer
        assert "nothing" not in answer
        with pytest.raises(AttributeError):  # LiteLLM's choice
            answer["nothing"]

    def test_copies(self, answer: Any) -> None:
        for twin in (pickle.loads(pickle.dumps(answer)), copy.deepcopy(answer)):
            assert twin == answer
            assert twin is not answer
            assert twin.model_dump() == answer.model_dump()
            assert twin.choices[0].message is not answer.choices[0].message
            assert twin._hidden_params["attempts"] == 1
            assert twin.request_id == answer.request_id

    def test_dumps(self, answer: Any) -> None:
        dumped = answer.model_dump()
        assert json.loads(answer.model_dump_json()) == dumped
        assert dumped["choices"][0]["message"]["content"] == answer.choices[0].message.content
        assert type(answer).model_validate(dumped).model_dump() == dumped
        assert json.loads(json.dumps(answer.json())) == dumped

    def test_metadata(self, answer: Any) -> None:
        hidden = answer._hidden_params
        assert hidden["custom_llm_provider"] == "sim"
        assert hidden["_response_ms"] == answer._response_ms > 0
        assert hidden["attempts"] == 1
        assert answer.request_id.startswith("req_")
        assert answer.headers["x-request-id"] == answer.request_id
        assert answer.dropped_params == []
        assert "_hidden_params" not in answer.model_dump()

    def test_it_can_be_changed(self, answer: Any) -> None:
        answer.choices[0].message.content = "mine"
        answer.model = "other"
        answer._hidden_params["response_cost"] = 0.5
        assert answer.model_dump()["choices"][0]["message"]["content"] == "mine"
        assert answer.model == "other"
        assert answer._hidden_params["response_cost"] == 0.5

    def test_unknown_fields_are_kept(self, server: Loopback) -> None:
        def handler(request: Any) -> Any:
            answer = chat(citations=["a"], deep={"er": [1, None]})
            answer["choices"][0]["message"]["mood"] = "fine"
            answer["choices"][0]["more"] = 1
            answer["usage"]["coins"] = 2
            return answer

        server.handler = handler
        answer: Any = completion(**server.call())
        assert answer.citations == ["a"]
        assert answer["deep"] == {"er": [1, None]}
        message, choice = answer.choices[0].message, answer.choices[0]
        assert message.provider_specific_fields["mood"] == "fine"
        assert choice.get("more", (choice.provider_specific_fields or {}).get("more")) == 1
        assert answer.usage.coins == 2
        assert answer.model_dump()["citations"] == ["a"]


class TestInterface:
    CHAT = (
        "model messages timeout temperature top_p n stream stream_options stop max_completion_tokens "
        "max_tokens modalities prediction audio presence_penalty frequency_penalty logit_bias user "
        "reasoning_effort verbosity response_format seed tools tool_choice logprobs top_logprobs "
        "parallel_tool_calls web_search_options include_server_side_tool_invocations deployment_id "
        "extra_headers safety_identifier service_tier store prompt_cache_key functions function_call "
        "base_url api_version api_key model_list thinking shared_session enable_json_schema_validation "
        "kwargs"
    )
    ASYNC_CHAT = (
        "model messages functions function_call timeout temperature top_p n stream stream_options stop "
        "max_tokens max_completion_tokens modalities prediction audio presence_penalty frequency_penalty "
        "logit_bias user response_format seed tools tool_choice parallel_tool_calls logprobs "
        "top_logprobs deployment_id reasoning_effort verbosity safety_identifier service_tier store "
        "prompt_cache_key base_url api_version api_key model_list extra_headers thinking "
        "web_search_options include_server_side_tool_invocations shared_session "
        "enable_json_schema_validation kwargs"
    )
    EMBED = (
        "model input dimensions encoding_format timeout api_base api_version api_key api_type caching "
        "user custom_llm_provider litellm_call_id logger_fn kwargs"
    )

    @pytest.mark.parametrize(
        ("function", "names"), [(completion, CHAT), (acompletion, ASYNC_CHAT), (embedding, EMBED)]
    )
    def test_order_of_parameters(self, function: Any, names: str) -> None:
        assert list(inspect.signature(function).parameters) == names.split()

    def test_defaults(self) -> None:
        parameters = dict(inspect.signature(completion).parameters)
        assert parameters.pop("model").default is inspect.Parameter.empty
        assert parameters.pop("messages").default == []
        assert parameters.pop("kwargs").kind is inspect.Parameter.VAR_KEYWORD
        assert {parameter.default for parameter in parameters.values()} == {None}

    def test_positional(self) -> None:
        assert completion("sim/gpt-4o", MESSAGES).choices
        assert asyncio.run(acompletion("sim/gpt-4o", MESSAGES)).choices

    def test_kinds_of_functions(self) -> None:
        assert inspect.iscoroutinefunction(acompletion)
        assert inspect.iscoroutinefunction(aembedding)
        assert not inspect.iscoroutinefunction(completion)

    def test_patching(self) -> None:
        with mock.patch("edgequake_python.completion", return_value="patched") as patched:
            assert edgequake_python.completion(model="x") == "patched"
        patched.assert_called_once_with(model="x")
        assert edgequake_python.completion is completion


def echo(**call: Any) -> Any:
    """The body that went over the wire."""
    answer = completion(**{"model": "sim/echo", "messages": MESSAGES, **call})
    return json.loads(answer.choices[0].message.content)
