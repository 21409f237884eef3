"""OpenInference: spans of calls, streams, embeddings and responses, with what was said and counted."""

# requires: openinference-instrumentation-litellm
# requires: opentelemetry-sdk
# requires: openai

from __future__ import annotations

import asyncio

import litellm
from openinference.instrumentation.litellm import LiteLLMInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import edgequake_python

assert litellm is edgequake_python
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
LiteLLMInstrumentor().instrument(tracer_provider=provider)

with edgequake_python.Simulator() as simulator:
    where = {"api_base": simulator.base_url, "api_key": "k"}
    call = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Say something"}], **where}
    litellm.completion(**call)
    list(litellm.completion(stream=True, **call))
    asyncio.run(litellm.acompletion(**call))
    litellm.responses(model="openai/gpt-4o", input="Say something", **where)
    litellm.embedding(model="openai/text-embedding-3-small", input=["a"], **where)

spans = exporter.get_finished_spans()
assert len(spans) == 5, spans
for span in spans[:4]:
    assert span.attributes.get("output.value"), (span.name, span.attributes)
for span in (spans[0], spans[2], spans[3]):
    assert span.attributes["llm.token_count.total"] > 0, span.name

print("ok")
