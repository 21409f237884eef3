"""LangChain (langchain-litellm) over a Router: invoke, stream, tools."""

# requires: langchain-litellm==0.11.2

from __future__ import annotations

import asyncio
from typing import Any

from langchain_litellm import ChatLiteLLMRouter
from litellm import Router

import edgequake_python

with edgequake_python.Simulator() as simulator:
    at: dict[str, Any] = {"api_base": simulator.base_url, "api_key": "k"}
    router = Router(
        model_list=[
            {"model_name": "mine", "litellm_params": {"model": "openai/sim/500", **at}},
            {"model_name": "mine", "litellm_params": {"model": "openai/gpt-4o", **at}},
        ],
        num_retries=3,
    )
    model = ChatLiteLLMRouter(router=router, model_name="mine")
    assert model.invoke("Say something").content
    assert "".join(chunk.content for chunk in model.stream("Count"))
    assert asyncio.run(model.ainvoke("Say something else")).content

print("ok")
