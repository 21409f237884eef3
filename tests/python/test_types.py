"""Response classes: reading, writing, presence, dumps and the constructors' coercions."""

# The tests hand over what callers hand over, dicts for classes and extras included.
# mypy: no-check-untyped-defs

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, ValidationError

from edgequake_python.types import utils as types
from edgequake_python.types.utils import (
    ChatCompletionDeltaToolCall,
    ChatCompletionMessageCustomToolCall,
    ChatCompletionMessageToolCall,
    Choices,
    Delta,
    Embedding,
    EmbeddingResponse,
    Function,
    FunctionCall,
    Message,
    ModelResponse,
    ModelResponseStream,
    StreamingChoices,
    TextChoices,
    TextCompletionResponse,
    Usage,
)

# One instance of each class, a key it has, and whether `x[key] = value` works on it.
MATRIX = [
    (ModelResponse(), "choices", False),
    (ModelResponseStream(), "choices", False),
    (Choices(), "message", True),
    (StreamingChoices(), "delta", True),
    (Message(content="hi"), "content", True),
    (Delta(content="hi"), "content", True),
    (Usage(), "total_tokens", True),
    (ChatCompletionMessageToolCall(function={"name": "f"}), "function", True),
    (ChatCompletionDeltaToolCall(function=Function(name="f"), index=0), "function", True),
    (Function(name="f"), "name", True),
    (FunctionCall(name="f"), "name", True),
    (EmbeddingResponse(), "data", True),
    (Embedding(embedding=[1.0], index=0), "embedding", True),
    (TextCompletionResponse(), "choices", True),
    (TextChoices(text="hi"), "text", True),
]
# Names that are absent, not None, when there is nothing to say.
ABSENT = [
    (
        Message(),
        ["reasoning_content", "thinking_blocks", "annotations", "audio", "images", "reasoning_items"],
    ),
    (Delta(), ["reasoning_content", "thinking_blocks", "annotations", "images", "reasoning_items"]),
    (Choices(), ["logprobs", "provider_specific_fields"]),
    (StreamingChoices(), ["provider_specific_fields"]),
    (ModelResponse(), ["usage"]),
    (ModelResponseStream(), ["usage"]),
    (Usage(), ["server_tool_use", "cost", "cache_read_input_tokens", "cache_creation_input_tokens"]),
]


@pytest.mark.parametrize(("instance", "key", "assignable"), MATRIX, ids=lambda v: type(v).__name__)
def test_item_access(instance, key, assignable):
    assert instance[key] is getattr(instance, key)
    assert instance.get(key) is getattr(instance, key)
    assert key in instance
    assert "nothing" not in instance
    assert instance.get("nothing") is None
    assert instance.get("nothing", 7) == 7
    with pytest.raises(AttributeError):
        instance["nothing"]
    assert instance.json() == instance.dict() == instance.to_dict() == instance.model_dump()
    copy = instance.model_copy()
    if assignable:
        copy[key] = "new"
        assert copy[key] == "new"
        assert copy.model_dump()[key] == "new"
    else:
        with pytest.raises(TypeError):
            copy[key] = "new"


@pytest.mark.parametrize(("instance", "names"), ABSENT, ids=lambda v: type(v).__name__)
def test_absent_fields(instance, names):
    for name in names:
        assert not hasattr(instance, name)
        assert name not in instance
        assert instance.get(name) is None
        assert name not in instance.model_dump()
        assert name not in json.loads(instance.model_dump_json())
        with pytest.raises(AttributeError):
            getattr(instance, name)
        # and they come and go like any attribute
        changed = instance.model_copy()
        setattr(changed, name, "given")
        assert changed[name] == changed.model_dump()[name] == "given"
        delattr(changed, name)
        assert changed == instance
        assert not hasattr(changed, name)


def test_every_public_name_is_exported_lazily_too():
    import edgequake_python.types as package

    for name in package.__all__:
        assert getattr(package, name) is getattr(types, name)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError):
        package.NoSuchClass  # noqa: B018


def test_response_defaults_and_dump_order():
    response = ModelResponse(usage=Usage(prompt_tokens=1), service_tier="default")
    assert list(response.model_dump()) == [
        "id",
        "created",
        "model",
        "object",
        "system_fingerprint",
        "choices",
        "usage",
        "service_tier",
    ]
    assert response.id.startswith("chatcmpl-")
    assert response.object == "chat.completion"
    assert response.created > 1_600_000_000
    choice = response.choices[0]
    assert list(choice.model_dump()) == ["finish_reason", "index", "message"]
    assert choice.finish_reason == "stop"
    assert choice.message.model_dump() == {
        "content": None,
        "role": "assistant",
        "tool_calls": None,
        "function_call": None,
    }
    assert ModelResponse().id != ModelResponse().id
    assert ModelResponse(stream=True).object == "chat.completion.chunk"
    assert isinstance(ModelResponse(stream=True).choices[0], StreamingChoices)


def test_model_fields_hold_usage_though_it_may_be_absent():
    assert {"id", "object", "created", "model", "choices", "usage"} <= set(ModelResponse.model_fields)
    assert "usage" in ModelResponse.model_json_schema(mode="serialization")["properties"]
    with_usage = ModelResponse(usage={"prompt_tokens": 2})
    assert with_usage.usage.prompt_tokens == 2
    del with_usage.usage
    assert not hasattr(with_usage, "usage")
    assert "usage" not in with_usage.model_dump()


def test_dicts_become_classes_and_come_back():
    response = ModelResponse(
        choices=[
            {
                "finish_reason": "tool_use",
                "message": {
                    "content": "hi",
                    "tool_calls": [
                        {"id": "c1", "function": {"name": "f", "arguments": {"a": 1}}, "index": 3},
                        {"id": "c2", "type": "custom", "custom": {"name": "g", "input": "raw"}},
                    ],
                    "reasoning_content": "because",
                    "function_call": {"name": "f", "arguments": None},
                },
                "logprobs": {"content": [{"token": "h", "logprob": -0.5, "top_logprobs": None}]},
            }
        ],
        usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.5},
        citations=["https://a"],
    )
    choice = response.choices[0]
    function_call, custom_call = choice.message.tool_calls
    assert isinstance(function_call, ChatCompletionMessageToolCall)
    assert function_call.function.arguments == '{"a": 1}'
    assert function_call.type == "function"
    assert function_call.index == 3
    assert isinstance(custom_call, ChatCompletionMessageCustomToolCall)
    assert custom_call.custom.input == "raw"
    assert isinstance(choice.message.function_call, FunctionCall)
    assert choice.message.function_call.arguments == ""
    assert choice.logprobs.content[0].top_logprobs == []
    assert response.citations == ["https://a"]
    assert ModelResponse(**response.model_dump()) == response
    assert ModelResponse.model_validate(response.model_dump()) == response
    assert ModelResponse.model_validate_json(response.model_dump_json()) == response
    assert json.loads(response.model_dump_json()) == response.model_dump()


class TheirFunction(BaseModel):
    name: str
    arguments: str


class TheirCall(BaseModel):
    id: str
    type: str = "function"
    function: TheirFunction


class TheirMessage(BaseModel):
    role: str
    content: str
    tool_calls: list[TheirCall]


def test_other_libraries_models_are_taken():
    theirs = TheirCall(id="c", function=TheirFunction(name="f", arguments="{}"))
    choice = Choices(message=TheirMessage(role="assistant", content="hi", tool_calls=[theirs]))
    assert isinstance(choice.message, Message)
    assert isinstance(choice.message.tool_calls[0], ChatCompletionMessageToolCall)
    assert isinstance(Delta(tool_calls=[theirs]).tool_calls[0], ChatCompletionDeltaToolCall)


def test_message_coercions():
    assert Message(role=None).role == "assistant"
    assert Message(tool_calls=[]).tool_calls is None
    assert Message(annotations=[]).annotations == []
    assert Message("text").content == "text"
    audio = {"data": "UklG", "expires_at": 1, "transcript": "hi"}
    assert Message(audio=audio).audio.transcript == "hi"
    assert Function(name="f", parameters={"a": 1}).arguments == '{"a": 1}'
    call = ChatCompletionMessageToolCall(function=Function(name="f"))
    assert len(call.id) == 36
    assert list(call.model_dump()) == ["function", "id", "type"]
    with pytest.raises(ValidationError):
        Message(content=123)


def test_provider_specific_fields_of_a_message():
    message = Message()
    assert message.provider_specific_fields is None
    assert "provider_specific_fields" not in message.model_dump()
    message.provider_specific_fields = {"refusal": None}
    assert message.model_dump()["provider_specific_fields"] == {"refusal": None}
    assert message.get("provider_specific_fields") == {"refusal": None}
    message["provider_specific_fields"] = None
    assert message == Message()
    assert Delta(provider_specific_fields={"a": 1}).provider_specific_fields == {"a": 1}
    choice = Choices()
    types.add_provider_specific_fields(choice, {})
    assert not hasattr(choice, "provider_specific_fields")
    types.add_provider_specific_fields(choice, {"a": 1})
    assert choice.provider_specific_fields == {"a": 1}


def test_delta_coercions():
    delta = Delta(
        reasoning="hm",
        refusal=None,
        tool_calls=[{"function": {"name": "f"}}, {"id": "c", "index": 7, "type": None, "function": None}],
    )
    assert delta.reasoning_content == "hm"
    assert not hasattr(delta, "reasoning")
    assert Delta(reasoning="a", reasoning_content="b").model_dump()["reasoning"] == "a"
    assert "refusal" in delta
    first, second = delta.tool_calls
    assert (first.index, first.type, first.id, first.function.name) == (0, "function", None, "f")
    assert (second.index, second.type, second.id, second.function.arguments) == (7, "function", "c", "")
    assert [call.index for call in Delta(tool_calls=[{}, {}]).tool_calls] == [0, 1]
    assert list(Delta().model_dump()) == ["content", "role", "function_call", "tool_calls", "audio"]
    chunk = ModelResponseStream(choices=[{"delta": {"content": "x"}}], usage={"total_tokens": 3})
    assert chunk.object == "chat.completion.chunk"
    assert chunk.choices[0].delta.content == "x"
    assert chunk.choices[0].logprobs is None
    assert chunk.usage.total_tokens == 3
    assert ModelResponseStream(**chunk.model_dump()) == chunk


def test_equality_and_repr():
    response = ModelResponse(id="a", created=1, choices=[{"message": {"content": "hi"}}])
    assert response == ModelResponse(id="a", created=1, choices=[{"message": {"content": "hi"}}])
    assert response != ModelResponse(id="a", created=1, choices=[{"message": {"content": "ho"}}])
    assert response != ModelResponse(id="a", created=1, choices=[{"message": {"content": "hi"}}], extra=1)
    assert Message() != Delta()
    assert Message() != {"content": None}
    assert "None" not in repr(response)
    assert "Message(content='hi', role='assistant')" in repr(response)
