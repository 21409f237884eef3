"""Marks of prompt caching keep their places; equal requests are equal bytes, in every process."""

from __future__ import annotations

import child
import edgequake_python as eq

PROOFS = [
    "test_anthropic.py::test_cache_marks_keep_their_places",
    "test_same_bytes.py",
    "test_inputs.py::TestUnchanged",
    "test_router_choices.py::test_a_prompt_goes_where_it_is_cached",
]


PROGRAM = """
properties = {"b": {"type": "string"}, "a": {"type": "integer"}}
schema = {"type": "object", "properties": properties, "required": ["b", "a"]}
tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
call["model"] = "openai/echo"
print(text(eq.completion(**call, tools=tools, tool_choice="none", user="u", metadata={"z": "1", "a": "2"})))
"""


def test_equal_bytes_in_every_process(simulator: eq.Simulator) -> None:
    assert len({child.run(PROGRAM, simulator.base_url) for _ in range(3)}) == 1
