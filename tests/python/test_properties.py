"""What holds for any input: prices add up to the last decimal, and no dialect loses a word."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edgequake_python as eq

#: No test is about time.
unhurried = settings(deadline=None)
_PRICED = ["gpt-4o", "gpt-4o-mini", "claude-haiku-4-5", "gemini/gemini-2.5-flash"]
_COUNTS = st.integers(min_value=0, max_value=100_000)
#: Beyond what 64 bits hold, too.
_NUMBERS = st.integers(min_value=-(10**40), max_value=10**40) | st.floats(
    allow_nan=False, allow_infinity=False
)
_KEY = {"api_key": "sk-properties"}
_CALLS: dict[str, dict[str, Any]] = {
    "openai": {"model": "openai/m", **_KEY},
    "azure": {
        "model": "azure/m",
        "api_base": "https://mine.openai.azure.com",
        "api_version": "2024-10-21",
        **_KEY,
    },
    "anthropic": {"model": "anthropic/m", **_KEY},
    "gemini": {"model": "gemini/m", **_KEY},
    "vertex_ai": {
        "model": "vertex_ai/m",
        "vertex_project": "p",
        "vertex_location": "us-central1",
        "api_key": "ya29.properties",
    },
    "bedrock": {
        "model": "bedrock/m",
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "secret-properties",
        "aws_region_name": "us-east-1",
    },
    "mistral": {"model": "mistral/m", **_KEY},
    "cohere": {"model": "cohere/command-a-03-2025", **_KEY},
    "ollama": {"model": "ollama_chat/llama3"},
}

#: Any text a program can send, with something in it that is no white space.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip() != "")


class TestCost:
    @unhurried
    @given(model=st.sampled_from(_PRICED), prompt=_COUNTS, completion=_COUNTS)
    def test_it_is_the_tokens_at_their_prices(self, model: str, prompt: int, completion: int) -> None:
        known = eq.model_cost[model]
        per_input, per_output = (
            Decimal(str(known[f"{side}_cost_per_token"])) for side in ("input", "output")
        )
        asked, answered = eq.cost_per_token(model=model, prompt_tokens=prompt, completion_tokens=completion)
        assert asked == float(per_input * prompt)
        assert answered == float(per_output * completion)

    @unhurried
    @given(model=st.sampled_from(_PRICED), prompt=_COUNTS, completion=_COUNTS, part=st.floats(0, 1))
    def test_what_comes_from_a_cache_costs_no_more(
        self, model: str, prompt: int, completion: int, part: float
    ) -> None:
        def cost(cached: int) -> float:
            usage: dict[str, Any] = {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
                "prompt_tokens_details": {"cached_tokens": cached},
            }
            answer = eq.ModelResponse(model=model.rsplit("/", maxsplit=1)[-1], usage=eq.Usage(**usage))
            return eq.completion_cost(answer, model=model)

        cached = int(prompt * part)
        assert 0 <= cost(prompt) <= cost(cached) <= cost(0)

    @unhurried
    @given(model=st.sampled_from(_PRICED), prompt=_COUNTS, more=_COUNTS)
    def test_more_never_costs_less(self, model: str, prompt: int, more: int) -> None:
        few = eq.cost_per_token(model=model, prompt_tokens=prompt, completion_tokens=prompt)
        many = eq.cost_per_token(model=model, prompt_tokens=prompt + more, completion_tokens=prompt + more)
        assert few[0] <= many[0] and few[1] <= many[1]


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


@pytest.mark.parametrize("dialect", _CALLS)
class TestMessages:
    @unhurried
    @given(texts=st.lists(_TEXTS, min_size=1, max_size=6), system=st.none() | _TEXTS, parts=st.booleans())
    def test_every_word_arrives_in_its_order(
        self, dialect: str, texts: list[str], system: str | None, parts: bool
    ) -> None:
        said = [f"<{number}>{text}</{number}>" for number, text in enumerate(texts)]
        messages: list[dict[str, Any]] = [] if system is None else [{"role": "system", "content": system}]
        for number, text in enumerate(said):
            role = "assistant" if number % 2 else "user"
            content: Any = [{"type": "text", "text": text}] if parts and role == "user" else text
            messages.append({"role": role, "content": content})
        if len(said) % 2 == 0:
            messages.append({"role": "user", "content": "<last>"})
        before = copy.deepcopy(messages)
        shown: Any = eq.completion(messages=messages, dry_run=True, **_CALLS[dialect])
        assert messages == before
        sent = "".join(_strings(json.loads(shown.body)))
        at = -1
        for text in said:
            at = sent.find(text, at + 1)
            assert at >= 0, text
        assert system is None or system in sent
        again: Any = eq.completion(messages=messages, dry_run=True, **_CALLS[dialect])
        assert again.body == shown.body

    @unhurried
    @given(arguments=st.dictionaries(_TEXTS, _NUMBERS | _TEXTS | st.none(), max_size=4))
    def test_arguments_of_tools_keep_their_values(self, dialect: str, arguments: dict[str, Any]) -> None:
        function = {"name": "look", "arguments": json.dumps(arguments)}
        messages = [
            {"role": "user", "content": "Look"},
            {
                "role": "assistant",
                "tool_calls": [{"id": "call_1abcdefg", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": "call_1abcdefg", "content": "seen"},
        ]
        tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
        shown: Any = eq.completion(messages=messages, tools=tools, dry_run=True, **_CALLS[dialect])
        assert arguments in list(_objects(json.loads(shown.body)))


def _objects(value: Any) -> Iterator[Any]:
    """Every object in a JSON value, those written as text among them."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, str) and value.startswith("{"):
        try:
            yield json.loads(value)
        except ValueError:
            return
