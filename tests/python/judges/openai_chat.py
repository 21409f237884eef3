"""What the files share in which OpenAI's own client judges the simulator's chat.

Every answer has to survive the client's own parsing, a second, validating pass over the parsed
object, and a look for fields that a real answer has and this one lacks.
"""

from __future__ import annotations

from typing import Any

import pydantic

_OF_A_CITY = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city", "unit"],
    "additionalProperties": False,
}
WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": _OF_A_CITY, "strict": True},
}
USER = [{"role": "user", "content": "What is the weather in Paris and London?"}]
# Optional for the client, but always there in a real answer. Required fields need no list.
ALWAYS_THERE = {
    "ChatCompletion": {"usage", "service_tier", "system_fingerprint"},
    "ChatCompletionMessage": {"content", "refusal", "annotations"},
    "ChatCompletionChunk": {"service_tier", "system_fingerprint"},
    "Choice": {"logprobs", "finish_reason"},
    "ChoiceLogprobs": {"content", "refusal"},
    "CompletionUsage": {"prompt_tokens_details", "completion_tokens_details"},
    "PromptTokensDetails": {"cached_tokens", "audio_tokens"},
    "CompletionTokensDetails": {
        "reasoning_tokens",
        "audio_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    },
}


def check(obj: Any) -> Any:
    """Validates a parsed answer again, and every model inside it for missing fields."""
    assert isinstance(obj, pydantic.BaseModel)
    type(obj).model_validate(obj.model_dump(), strict=False)
    walk(obj)
    return obj


def walk(obj: Any) -> None:
    if isinstance(obj, pydantic.BaseModel):
        name = type(obj).__name__.split("[")[0].replace("Parsed", "")
        fields = type(obj).model_fields
        # The client constructs leniently: a required field can be missing without an error.
        needed = {key for key, field in fields.items() if field.is_required()}
        missing = (needed | ALWAYS_THERE.get(name, set())) - obj.model_fields_set
        assert not missing, f"{name} lacks {missing}"
        for key in obj.model_fields_set:
            walk(getattr(obj, key))
    elif isinstance(obj, (list, tuple)):
        for item in obj:
            walk(item)


def chat(client: Any, **kwargs: Any) -> Any:
    kwargs.setdefault("model", "gpt-4o")
    kwargs.setdefault("messages", [{"role": "user", "content": "Hello"}])
    return client.chat.completions.create(**kwargs)


def stream(client: Any, **kwargs: Any) -> list[Any]:
    return [check(chunk) for chunk in chat(client, stream=True, **kwargs)]


def joined(chunks: list[Any], index: int = 0) -> str:
    choices = [c for chunk in chunks for c in chunk.choices if c.index == index]
    return "".join(c.delta.content or "" for c in choices)
