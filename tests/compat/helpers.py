"""What one library's helpers say of many inputs, printed as JSON: nothing is sent.

python helpers.py litellm|edgequake_python MODELS

``MODELS`` is a file with names of models, one a line.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, Callable

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
# Tokenizers are not fetched.
os.environ["HF_HUB_OFFLINE"] = "1"

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Its name"},
                "unit": {"type": "string", "enum": ["c", "f"]},
            },
            "required": ["city"],
        },
    },
}
ARGUMENTS = '{"city": "Rome"}'
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": ARGUMENTS}}
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def user(*parts: Any) -> list[dict[str, Any]]:
    """A user's one message."""
    return [{"role": "user", "content": parts[0] if isinstance(parts[0], str) else list(parts)}]


CONVERSATIONS: dict[str, list[dict[str, Any]]] = {
    "one": user("hello world"),
    "named": [{"role": "user", "name": "tom", "content": "hello"}],
    "system": [{"role": "system", "content": "Be brief."}, *user("Why?")],
    "parts": user({"type": "text", "text": "a"}, {"type": "text", "text": "b c"}),
    "image": user({"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}),
    "image auto": user({"type": "image_url", "image_url": {"url": PIXEL}}),
    "image string": user({"type": "image_url", "image_url": PIXEL}),
    "calls": [
        *user("Weather?"),
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "name": "get_weather", "content": "sunny"},
    ],
    "function call": [{"role": "assistant", "content": None, "function_call": CALL["function"]}],
    "empty": user(""),
    "unicode": user("Grüße 你好 🙂🙂"),
    "long": [*user("word " * 300), {"role": "assistant", "content": "ok " * 50}],
}
NOW = {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}
TOOLS: dict[str, Any] = {
    "none": {},
    "one": {"tools": [WEATHER]},
    "two": {"tools": [WEATHER, NOW]},
    "forced": {
        "tools": [WEATHER],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
    },
    "off": {"tools": [WEATHER], "tool_choice": "none"},
}
COUNTED = ("gpt-4o", "gpt-4", "gpt-3.5-turbo", "gpt-3.5-turbo-0301", "o3", "claude-sonnet-4-5", "unknown")
KEYS = """OPENAI_API_KEY ANTHROPIC_API_KEY GEMINI_API_KEY GOOGLE_API_KEY GROQ_API_KEY MISTRAL_API_KEY
COHERE_API_KEY AZURE_API_KEY AZURE_API_BASE AZURE_API_VERSION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
VERTEXAI_PROJECT VERTEXAI_LOCATION XAI_API_KEY DEEPSEEK_API_KEY"""
ASKED = """gpt-4o claude-sonnet-4-5 gemini/gemini-2.5-flash gemini-2.5-pro vertex_ai/gemini-2.5-pro azure/x
bedrock/anthropic.claude-3-haiku-20240307-v1:0 anthropic.claude-3-haiku-20240307-v1:0
groq/llama-3.3-70b-versatile mistral/mistral-large-latest cohere/command-r command-r xai/grok-4
deepseek/deepseek-chat ollama/llama3
huggingface/a/b together_ai/a/b openrouter/a/b perplexity/sonar deepinfra/a/b cerebras/a nvidia_nim/a
fireworks_ai/a voyage/voyage-3 cloudflare/@cf/a nebius/a novita/a moonshot/a dashscope/a codestral/a
hosted_vllm/a unknown-model openai/whisper-1 text-embedding-3-small dall-e-3 tts-1"""
QUESTIONS = """function_calling vision response_schema parallel_function_calling reasoning web_search
audio_input audio_output url_context computer_use video_input pdf_input prompt_caching tool_choice"""
PRICED = """gpt-4o o3 claude-sonnet-4-5 gemini/gemini-2.5-pro gemini/gemini-2.5-flash
groq/llama-3.3-70b-versatile mistral/mistral-large-latest deepseek/deepseek-chat
bedrock/anthropic.claude-3-haiku-20240307-v1:0 xai/grok-4
vertex_ai/gemini-2.5-pro"""


def told(ask: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """An answer as JSON has it, or the class of what was raised."""
    try:
        answer = ask(*arguments, **named)
    except Exception as error:
        return {"raised": type(error).__name__}
    return answer.model_dump() if hasattr(answer, "model_dump") else answer


def tokens(package: Any) -> dict[str, Any]:
    """Counts."""
    found: dict[str, Any] = {}
    count = package.token_counter
    for model in COUNTED:
        for name, messages in CONVERSATIONS.items():
            for said, more in TOOLS.items():
                if said == "none" or name in ("one", "system", "calls"):
                    found[f"count {model} {name} {said}"] = told(
                        count, model=model, messages=messages, **more
                    )
        for text in ("hello world", "", "Grüße 你好 🙂", "x" * 1000, "  a\n\n\tb"):
            found[f"text {model} {text[:12]!r}"] = told(count, model=model, text=text)
            if not model.startswith("claude"):
                found[f"encode {model} {text[:12]!r}"] = told(package.encode, model=model, text=text)
    one, image = CONVERSATIONS["one"], CONVERSATIONS["image"]
    found["count response"] = told(count, model="gpt-4o", messages=one, count_response_tokens=True)
    found["count image"] = told(count, model="gpt-4o", messages=image, use_default_image_token_count=True)
    found["count neither"] = told(count, model="gpt-4o")
    found["count texts"] = told(count, model="gpt-4o", text=["a", "b"])
    return found


def trimmed(package: Any) -> dict[str, Any]:
    """Conversations cut short."""
    trim = importlib.import_module(f"{package.__name__}.utils").trim_messages
    found: dict[str, Any] = {}
    long = [{"role": "system", "content": "You are a kind assistant who answers well."}]
    for turn in range(12):
        role = "assistant" if turn % 2 else "user"
        long.append({"role": role, "content": f"message {turn} " + "word " * 20})
    for most in (50, 100, 150, 300, 1000):
        for model in ("gpt-4o", "gpt-3.5-turbo", "claude-sonnet-4-5"):
            answer = told(trim, long, model, max_tokens=most)
            found[f"trim {most} {model}"] = (
                [one["role"] for one in answer] if isinstance(answer, list) else answer
            )
    for model in ("gpt-4o", "gpt-4", "unknown-model"):
        found[f"trim by model {model}"] = told(trim, CONVERSATIONS["calls"], model)
        found[f"trim rest {model}"] = told(trim, CONVERSATIONS["one"], model, return_response_tokens=True)
    return found


def environments(package: Any) -> dict[str, Any]:
    """What is missing, without keys and with each."""
    found: dict[str, Any] = {}
    for name in KEYS.split():
        os.environ.pop(name, None)
    valid = importlib.import_module(f"{package.__name__}.utils").get_valid_models
    for model in ASKED.split():
        found[f"environment {model}"] = told(package.validate_environment, model)
        found[f"environment key {model}"] = told(package.validate_environment, model, api_key="k")
    found["environment none"] = told(package.validate_environment)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "XAI_API_KEY", "MISTRAL_API_KEY"):
        os.environ[name] = "k"
        found[f"valid models {name}"] = sorted(told(valid))
        found[f"environment with {name}"] = [
            told(package.validate_environment, model) for model in ASKED.split()[:12]
        ]
        del os.environ[name]
    for provider in ("openai", "anthropic", "groq", "gemini", "bedrock", "cohere", "nobody"):
        found[f"valid models of {provider}"] = sorted(told(valid, custom_llm_provider=provider))
    return found


def models(package: Any, names: list[str]) -> dict[str, Any]:
    """What is known of models."""
    utils = importlib.import_module(f"{package.__name__}.utils")
    cost = package.cost_per_token
    found: dict[str, Any] = {}
    for model in names:
        found[f"provider {model}"] = told(lambda name: list(package.get_llm_provider(name))[:2], model)
        info = told(package.get_model_info, model)
        found[f"info {model}"] = {name: value for name, value in info.items() if value is not None}
        found[f"max {model}"] = told(package.get_max_tokens, model)
        found[f"supports {model}"] = {
            question: told(getattr(utils, f"supports_{question}"), model) for question in QUESTIONS.split()
        }
        found[f"system {model}"] = told(utils.supports_system_messages, model, None)
        found[f"cost {model}"] = told(cost, model, 1000, 500)
        cached = {"cache_read_input_tokens": 300, "cache_creation_input_tokens": 100}
        found[f"cost cached {model}"] = told(cost, model, 1000, 500, **cached)
        found[f"cost long {model}"] = told(cost, model, 250_000, 5000)
        found[f"cost texts {model}"] = told(
            package.completion_cost, model=model, prompt="hello", completion="world"
        )
        params = told(package.get_supported_openai_params, model)
        found[f"params {model}"] = sorted(params) if isinstance(params, list) else params
    return found


def counts(prompt: int, answer: int, **more: Any) -> dict[str, Any]:
    """Counts of a chat answer."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
        **more,
    }


USAGES: dict[str, dict[str, Any]] = {
    "plain": counts(1000, 500),
    "cached": counts(1000, 500, prompt_tokens_details={"cached_tokens": 400}),
    "reasoning": counts(1000, 500, completion_tokens_details={"reasoning_tokens": 300}),
    "audio": counts(
        1000,
        500,
        prompt_tokens_details={"audio_tokens": 200, "text_tokens": 800},
        completion_tokens_details={"audio_tokens": 100, "text_tokens": 400},
    ),
    "anthropic": counts(1000, 500, cache_creation_input_tokens=200, cache_read_input_tokens=300),
    "long": counts(300_000, 500),
}


def answers(package: Any) -> dict[str, Any]:
    """Prices of answers of every kind."""
    types = importlib.import_module(f"{package.__name__}.types.utils")
    openai = importlib.import_module(f"{package.__name__}.types.llms.openai")
    rerank = importlib.import_module(f"{package.__name__}.types.rerank")
    cost = package.completion_cost
    found: dict[str, Any] = {}
    for model in PRICED.split():
        for name, usage in USAGES.items():
            for tier in (None, "flex", "priority"):
                answer = types.ModelResponse(model=model, usage=types.Usage(**usage))
                found[f"answer {model} {name} {tier}"] = told(cost, answer, model=model, service_tier=tier)
    for model in ("text-embedding-3-small", "voyage/voyage-3", "gemini/gemini-embedding-001"):
        usage = types.Usage(prompt_tokens=900, total_tokens=900)
        answer = types.EmbeddingResponse(model=model, data=[], usage=usage)
        found[f"embedding {model}"] = told(cost, answer, model=model)
    for model in ("azure/dall-e-3", "dall-e-3", "gpt-image-1"):
        answer = types.ImageResponse(created=1, data=[{"url": "u"}, {"url": "v"}])
        asked = {"size": "1024x1024", "quality": "standard", "n": 2, "call_type": "image_generation"}
        found[f"image {model}"] = told(cost, answer, model=model, **asked)
    for model, provider in (("whisper-1", "openai"), ("groq/whisper-large-v3", "groq")):
        answer = types.TranscriptionResponse(text="hi")
        answer.duration = 30.0
        answer._hidden_params = {
            "model": model,
            "audio_transcription_duration": 30.0,
            "custom_llm_provider": provider,
        }
        found[f"transcription {model}"] = told(cost, answer, model=model, call_type="transcription")
    for model in ("tts-1", "azure/tts-1"):
        found[f"speech {model}"] = told(cost, model=model, prompt="hello there", call_type="speech")
    answer = rerank.RerankResponse(id="1", results=[], meta={"billed_units": {"search_units": 3}})
    found["rerank"] = told(cost, answer, model="cohere/rerank-v3.5", call_type="rerank")
    instruct = "gpt-3.5-turbo-instruct"
    answer = types.TextCompletionResponse(model=instruct, choices=[], usage=types.Usage(**USAGES["plain"]))
    found["text completion"] = told(cost, answer, model=instruct)
    usage = {"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500}
    answer = openai.ResponsesAPIResponse(
        id="r",
        created_at=1,
        model="gpt-4o",
        object="response",
        output=[],
        tools=[],
        tool_choice="auto",
        parallel_tool_calls=False,
        temperature=1,
        top_p=1,
        usage={**usage, "input_tokens_details": {"cached_tokens": 400}},
    )
    found["responses"] = told(cost, answer, model="gpt-4o")
    found["dict"] = told(cost, {"model": "gpt-4o", "usage": USAGES["plain"]})
    found["no model"] = told(cost)
    texts = {"model": "unknown-model", "prompt": "a b", "completion": "c"}
    found["unknown"] = told(cost, **texts)
    own = {"input_cost_per_token": 1.0, "output_cost_per_token": 2.0}
    found["custom"] = told(cost, **texts, custom_cost_per_token=own)
    return found


def main(library: str, names: list[str]) -> dict[str, Any]:
    """Everything."""
    package: Any = importlib.import_module(library)
    package.suppress_debug_info = True
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        return {
            **tokens(package),
            **trimmed(package),
            **environments(package),
            **answers(package),
            **models(package, names),
        }


if __name__ == "__main__":
    chosen = Path(sys.argv[2]).read_text(encoding="utf-8").split("\n")
    found = main(sys.argv[1], [name for name in chosen if name])
    json.dump(found, sys.stdout, default=str)
