"""rigging: a chat over its litellm generator, with a model parsed from the text."""

# requires: rigging
# requires: jinja2

from __future__ import annotations

import asyncio

import litellm
import rigging

import edgequake_python

assert litellm is edgequake_python


async def work(base_url: str) -> None:
    """A chat, and a second turn of it."""
    generator = rigging.get_generator(f"litellm!openai/gpt-4o,api_base={base_url},api_key=k")
    said = await generator.chat("Say something").run()
    assert said.last.content, said
    assert said.usage and said.usage.total_tokens > 0, said.usage
    again = await said.continue_("And more").run()
    assert len(again.all) == 4, again.all
    many = await generator.chat("Say something").run_many(3)
    assert all(one.last.content for one in many), many


with edgequake_python.Simulator() as simulator:
    asyncio.run(work(simulator.base_url))

print("ok")
