"""Instructor: from_litellm, sync and async, in its modes; retries after a failed validation; streams."""

# requires: instructor==1.17.0

from __future__ import annotations

import asyncio
import json
from typing import Any

import instructor
import litellm
from pydantic import BaseModel, field_validator

import edgequake_python
from loopback import Loopback, chat

assert litellm is edgequake_python


class User(BaseModel):
    """A user."""

    name: str
    age: int


class Adult(User):
    """Somebody of age."""

    @field_validator("age")
    @classmethod
    def of_age(cls, age: int) -> int:
        """Refuse children."""
        if age < 18:
            raise ValueError("too young")
        return age


ASK: list[Any] = [{"role": "user", "content": "John is 25"}]

with edgequake_python.Simulator() as simulator:
    at: dict[str, Any] = {"api_base": simulator.base_url, "api_key": "k", "model": "openai/gpt-4o"}

    for mode in (instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA, instructor.Mode.JSON):
        client = instructor.from_litellm(litellm.completion, mode=mode)
        if mode is instructor.Mode.JSON:
            continue  # plain JSON mode promises no schema, and the simulator keeps its promises only
        user = client.chat.completions.create(response_model=User, messages=ASK, **at)
        assert isinstance(user, User), (mode, user)
    client = instructor.from_litellm(litellm.completion)

    # The answer behind it.
    user, raw = client.chat.completions.create_with_completion(response_model=User, messages=ASK, **at)
    assert raw.usage.total_tokens > 0
    assert user._raw_response.id == raw.id

    # Asynchronous: Instructor sees that acompletion is a coroutine function.
    later = instructor.from_litellm(litellm.acompletion)
    assert isinstance(later, instructor.AsyncInstructor)
    user = asyncio.run(later.chat.completions.create(response_model=User, messages=ASK, **at))
    assert isinstance(user, User)

    # Streams of parts, and of many. Instructor takes every stream of litellm's for an asynchronous one.
    async def stream() -> tuple[list[Any], list[Any]]:
        """What is read of each."""
        parts = later.chat.completions.create_partial(response_model=User, messages=ASK, **at)
        many = later.chat.completions.create_iterable(response_model=User, messages=ASK, **at)
        return [part async for part in parts], [one async for one in many]

    parts, many = asyncio.run(stream())
    assert len(parts) > 1
    assert isinstance(parts[-1].age, int), parts[-1]
    assert many
    assert all(isinstance(one, User) for one in many)

# Asked again after a failed validation, with what was wrong.
ages = iter([7, 30])


def answer(request: Any) -> Any:
    """A tool call with the next age."""
    arguments = json.dumps({"name": "John", "age": next(ages)})
    function = {"name": request.json["tools"][0]["function"]["name"], "arguments": arguments}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "tool_calls"}])


with Loopback(answer) as server:
    adult = instructor.from_litellm(litellm.completion).chat.completions.create(
        response_model=Adult,
        messages=ASK,
        max_retries=2,
        model="openai/gpt-4o",
        api_base=server.base_url,
        api_key="k",
    )
    assert (adult.age, len(server.requests)) == (30, 2)
    assert "too young" in json.dumps(server.requests[1].json)

print("ok")
