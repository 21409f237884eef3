"""The seed's own test of `completion`, through OPENAI_API_BASE."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from edgequake_python import ModelResponse, acompletion, completion

pytestmark = pytest.mark.usefixtures("openai_simulated")

MESSAGES = [{"role": "user", "content": "Say hello in one word."}]


def check(response: Any) -> None:
    assert isinstance(response, ModelResponse)
    assert response.choices[0].message.content is not None
    assert response.choices[0].message.content != ""
    assert response.usage.total_tokens > 0
    assert response.id.startswith("chatcmpl")
    assert response.object == "chat.completion"
    assert response.model


def test_completion() -> None:
    check(completion(model="gpt-4o-mini", messages=MESSAGES))


def test_acompletion() -> None:
    async def main() -> Any:
        return await acompletion(model="gpt-4o-mini", messages=MESSAGES)

    check(asyncio.run(main()))


def test_acompletion_many_at_once() -> None:
    async def main() -> list[Any]:
        return await asyncio.gather(*(acompletion(model="gpt-4o-mini", messages=MESSAGES) for _ in range(20)))

    answers = asyncio.run(main())
    assert len(answers) == 20
    for answer in answers:
        check(answer)


def test_the_provider_may_be_spelt_out() -> None:
    check(completion(model="openai/gpt-4o-mini", messages=MESSAGES))


def test_model_fields() -> None:
    assert {"id", "object", "created", "model", "choices", "usage"} <= set(ModelResponse.model_fields)


def test_usage_adds_up() -> None:
    usage = completion(model="gpt-4o-mini", messages=MESSAGES).usage
    assert usage.prompt_tokens > 0
    assert usage.completion_tokens > 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
