"""DSPy: predict, typed predict, tools, streaming, asynchronous calls, its cache, embeddings."""

# requires: dspy==3.4.1
# requires: numpy

from __future__ import annotations

import asyncio
import json
import os
import tempfile

os.environ["DSPY_CACHEDIR"] = tempfile.mkdtemp()

import dspy
import litellm

import edgequake_python
from loopback import Loopback, chat

assert litellm is edgequake_python


class Answer(dspy.Signature):
    """Answer the question."""

    question: str = dspy.InputField()
    answer: str = dspy.OutputField()
    score: int = dspy.OutputField()


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def requests(simulator: edgequake_python.Simulator) -> int:
    """How many requests have arrived."""
    return len(simulator.requests)


with edgequake_python.Simulator() as simulator:
    at = {"api_base": simulator.base_url, "api_key": "k", "engine": "litellm"}
    lm = dspy.LM("openai/gpt-4o", **at)
    dspy.configure(lm=lm, adapter=dspy.JSONAdapter())

    # Predict, and what it cost.
    predicted = dspy.Predict(Answer)(question="What is it?")
    assert isinstance(predicted.answer, str), predicted
    assert isinstance(predicted.score, int), predicted
    assert lm.history[-1]["usage"]["total_tokens"] > 0, lm.history[-1]

    # Its caches: in memory, and on disk after a pickle.
    before = requests(simulator)
    assert dspy.Predict(Answer)(question="What is it?").answer == predicted.answer
    assert requests(simulator) == before
    dspy.cache.reset_memory_cache()
    assert dspy.Predict(Answer)(question="What is it?").answer == predicted.answer
    assert requests(simulator) == before, "the disk cache did not give the answer back"

    # The model itself, plain and asynchronous.
    assert lm("Say something")[0]
    assert asyncio.run(lm.acall("Say something else"))[0]
    thought = dspy.ChainOfThought("question -> answer")(question="Why?")
    assert thought.reasoning
    assert thought.answer

    # Tools, by the provider's own tool calls.
    class Act(dspy.Signature):
        """Use the tools."""

        question: str = dspy.InputField()
        tools: list[dspy.Tool] = dspy.InputField()
        calls: dspy.ToolCalls = dspy.OutputField()

    with dspy.context(adapter=dspy.JSONAdapter(use_native_function_calling=True)):
        called = dspy.Predict(Act)(question="Weather in Paris?", tools=[dspy.Tool(weather)])
    (call,) = called.calls.tool_calls
    assert call.name == "weather", called
    assert isinstance(call.args["city"], str)

    # Tools, in a loop of thoughts and acts.
    steps = iter(
        [
            {"next_thought": "look", "next_tool_name": "weather", "next_tool_args": {"city": "Paris"}},
            {"next_thought": "done", "next_tool_name": "finish", "next_tool_args": {}},
            {"reasoning": "it rains", "answer": "rain"},
        ]
    )
    with Loopback(lambda request: chat(json.dumps(next(steps)))) as scripted:
        there = dspy.LM("openai/gpt-4o", api_base=scripted.base_url, api_key="k", engine="litellm")
        with dspy.context(lm=there):
            acted = dspy.ReAct("question -> answer", tools=[weather])(question="Weather in Paris?")
    assert acted.answer == "rain", acted
    assert acted.trajectory["observation_0"] == "rain in Paris", acted.trajectory

    # Errors keep their classes.
    from dspy.utils.exceptions import AdapterParseError  # noqa: F401

    try:
        dspy.LM("openai/sim/401", num_retries=0, cache=False, **at)("x")
    except Exception as error:
        assert "401" in repr(error) or "uthentication" in repr(error), repr(error)
    else:
        raise AssertionError("a refused key must raise")

    # Streaming.
    streaming = dspy.streamify(
        dspy.Predict("question -> answer"),
        stream_listeners=[dspy.streaming.StreamListener(signature_field_name="answer")],
    )

    async def stream() -> tuple[list[object], object]:
        """What the listener hears, and the prediction at the end."""
        heard: list[object] = []
        last: object = None
        async for item in streaming(question="And then?"):
            if isinstance(item, dspy.Prediction):
                last = item
            else:
                heard.append(item)
        return heard, last

    heard, last = asyncio.run(stream())
    assert heard, "nothing was streamed"
    assert last.answer, last  # type: ignore[attr-defined]

    # Embeddings.
    embedder = dspy.Embedder("openai/text-embedding-3-small", api_base=simulator.base_url, api_key="k")
    vectors = embedder(["a", "b"])
    assert vectors.shape[0] == 2

print("ok")
