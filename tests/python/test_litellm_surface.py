"""LiteLLM's signatures, fields and errors beside this package's; runs when `test_litellm_compat` does."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_environment import COMPARED, Differences, ask, on_purpose

pytestmark = COMPARED

#: Where the two differ on purpose: what is compared, what of it differs, and why.
ON_PURPOSE: Differences = (
    (r"(^|\.)embedding$", r"^caching=", "None is as good as False"),
    (r"exception_type$", r"_kwargs=", "None is as good as {}"),
    (r"completion_cost$", r"^messages=", "() is as good as []"),
    (r"cost_per_token$", r"model_info", "only litellm's own calls give them"),
    (r"acreate$", r"^coroutine", "it is acompletion itself"),
    (r"transcription$|image_generation$", r"^timeout=", "the one default of all calls counts"),
    (r"utils\.(client|(async_)?mock_completion_streaming_obj|executor)$", r"", "litellm's own machinery"),
    (r"utils\.convert_to_model_response_object$", r"", "litellm's own machinery"),
    (r"\.(function_call_prompt|ollama_pt|get_format_from_file_id)$", r"", "no prompts are written here"),
    (r"convert_to_anthropic_tool_result$", r"force_base64", "what Anthropic can fetch it fetches"),
    # Classes.
    (r"^types\.utils\.(Message|Choices|Delta|Usage|PromptTokens)", r"^no field", "there when said"),
    (r"^types\.utils\.(\w+Choices|ChatCompletionMessageToolCall)$", r"model_config", "pydantic's"),
    (r"ModelResponse", r"set_provider_response_headers", "headers are the core's"),
    (r"TokenLogprob$", r"ensure_top_logprobs", "a validator"),
    (r"^types\.utils\.HiddenParams$", r"", "a dict whose missing names read as None"),
    (r"LiteLLMFineTuningJob$", r"", "fine-tuning is not here; what a job has is kept"),
    (r"TokenCountResponse$|CredentialItem$", r"", "a proxy's"),
    (
        r"^types\.utils\.(StandardLoggingPayloadStatus|CustomStreamingDecoder|Streaming\w+Chunk)$",
        r"",
        "unused",
    ),
    (r"^CustomStreamWrapper$", r"^no attribute", "litellm's parsing of chunks, which the core does"),
    (r"^TextCompletionStreamWrapper$", r"", "made of the core's stream; async code gets a class of its own"),
    (
        r"HttpxBinaryResponseContent$",
        r"coroutine|encoding|hidden|logging|cost|fields|response",
        "bytes on their way",
    ),
    (r"StreamingIterator$", r"", "made of the core's stream"),
    (r"^(router\.)?Router$", r"^no (attribute|field)|constructor", "its insides; see the gaps"),
    (r"Router$", r"aretrieve_batch", "not every deployment is asked: one is named"),
    (r"(^|\.)Cache$", r"", "answers are packed by this package; the absent stores are named"),
    (r"(RedisSemantic|QdrantSemantic|S3)Cache$", r"", "absent; making one says what to use"),
    (
        r"LLMClientCache$",
        r"owned|closer|event_loop|evict_element|ttl_override",
        "no clients of ours are in it",
    ),
    (r"^types\.utils\.ImageResponse$", r"^field", "the constructor's default is the same"),
    (
        r"(Redis|Dual|InMemory|Disk)Cache$",
        r"^no attribute|constructor",
        "what only litellm's proxy asks of them",
    ),
    (r"CustomLogger$", r"agentic|cold_storage|redact|truncate|enforces|server_fulfilled", "a proxy's hooks"),
    (r"CustomLogger$", r"chat_completion_prompt|fallback_depth", "taken by keyword"),
    (r"CustomLLM$", r"^no attribute|astreaming", "litellm's base of all its providers; async generators"),
    (r"BudgetManager$", r"print_verbose|created_at", "a time of its own"),
    (
        r"^types\.router\.(\w*LiteLLM_?Params\w*|ModelInfo|Model\w+Info)$",
        r"^no ",
        "more names are kept; None unless given",
    ),
    (r"^types\.router\.RouterConfig$", r"", "None is as good as empty"),
    (
        r"^types\.router\.(RouterErrors|SearchToolTypedDict|GuardrailTypedDict|updateLiteLLMParams)$",
        r"",
        "a proxy's",
    ),
    (r"^types\.llms\.openai\.Response", r"validate|parse_cost|cost|object|hidden", "what is there is kept"),
    (r"OpenAIFileObject$", r"no field", "a proxy's"),
    (r"OutputItem$|OutputFunctionToolCall$", r"phase", "kept when it is there"),
    (r"^scheduler\.", r"", "the Router schedules calls itself"),
    # Errors.
    (r"^LiteLLMUnknownProvider$|^VectorStoreSearchError$", r"str|message", "other words"),
    (r"^(ModifyResponse|SensitiveDataRoute)Exception$", r"", "a proxy's"),
    (r"^OpenAIError$", r"", "has what every error has"),
    (r"^(RateLimitError|Timeout)$", r"^headers", "never None"),
    (r"^UnsupportedParamsError$", r"", "has what every error has; the status that was given counts"),
)


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    return ask("surface.py", "litellm"), ask("surface.py", "edgequake_python")


def signatures(theirs: Any, ours: Any) -> list[str]:
    """How calling differs. Taking more, or asking for less, is no difference."""
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return [] if theirs == ours else ["absent" if ours in (None, "NoneType") else "another kind of thing"]
    found = [f"{name}: {theirs[name]}" for name in ("coroutine", "asyncgen") if theirs[name] != ours[name]]
    named = [one for one in theirs["parameters"] if not one[1].startswith("VAR")]
    here = [one for one in ours["parameters"] if not one[1].startswith("VAR")]
    by_name = {name: default for name, _, default in here}
    open_ended = any(kind == "VAR_KEYWORD" for _, kind, _ in ours["parameters"])
    missing = [
        name for name, kind, _ in named if name not in by_name and (not open_ended or "ONLY" not in kind)
    ]
    if missing:
        found.append(f"{'only by keyword' if open_ended else 'not taken'}: {', '.join(missing)}")
    placed = [name for name, kind, _ in named if kind == "POSITIONAL_OR_KEYWORD" and name in by_name]
    mine = [name for name, kind, _ in here if kind != "KEYWORD_ONLY"]
    if mine[: len(placed)] != placed:
        found.append(f"order: {', '.join(placed)}")
    for name, _, default in named:
        held = by_name.get(name, default)
        if held != default and default != "required" and "..." not in (held, default):
            found.append(f"{name}={default}, here {held}")
    if named:
        found += [
            f"requires {name}"
            for name, _, held in here
            if held == "required" and name not in dict((one[0], one) for one in named)
        ]
    return found


def classes(theirs: Any, ours: Any) -> list[str]:
    """How a class differs."""
    if not isinstance(theirs, dict):
        return []
    if not isinstance(ours, dict):
        return ["absent"]
    if "members" in theirs:
        held = ours.get("members", {})
        return [f"no member {name}" for name, value in theirs["members"].items() if held.get(name) != value]
    if "alias" in theirs or "alias" in ours:
        return []
    found = [
        f"no field {name}" for name in theirs["fields"] if name not in {**ours["fields"], **ours["methods"]}
    ]
    for name, default in theirs["fields"].items():
        held = ours["fields"].get(name, default)
        if held != default and default not in ("required", "...", "annotated") and held in ("required",):
            found.append(f"field {name}={default}, here {held}")
    for name, method in theirs["methods"].items():
        if name not in {**ours["methods"], **ours["fields"]}:
            found.append(f"no attribute {name}")
        elif isinstance(method, dict) and isinstance(ours["methods"].get(name), dict):
            found += [f"{name}(): {one}" for one in signatures(method, ours["methods"][name])]
    if "constructor" in theirs and "constructor" in ours:
        found += [f"constructor: {one}" for one in signatures(theirs["constructor"], ours["constructor"])]
    found += [f"no {one}" for one in theirs.get("items", ()) if one not in ours.get("items", ())]
    return found


def errors(theirs: Any, ours: Any) -> list[str]:
    """How an exception differs."""
    if ours is None:
        return ["absent"]
    found = signatures(theirs["constructor"], ours["constructor"])
    one, other = theirs["holds"], ours["holds"]
    if isinstance(one, dict) and isinstance(other, dict):
        found += [
            f"{name}: {value}, here {other.get(name)}"
            for name, value in one.items()
            if other.get(name) != value
        ]
    found += [f"is no {base}" for base in theirs["bases"] if base not in ours["bases"]]
    return found


@pytest.mark.parametrize("part", ["functions", "classes", "errors"])
def test_the_surface_is_the_same(both: tuple[dict[str, Any], dict[str, Any]], part: str) -> None:
    theirs, ours = both[0][part], both[1][part]
    compare = {"functions": signatures, "classes": classes, "errors": errors}[part]
    wrong = [
        f"{name}: {one}"
        for name, value in theirs.items()
        # What the package exports in passing is on the compatibility pages.
        if not (part == "functions" and "." not in name and name not in ours) and value != "NoneType"
        for one in compare(value, ours.get(name))
        if not on_purpose(ON_PURPOSE, name, one)
    ]
    assert len(theirs) > 20
    assert wrong == [], "\n".join(wrong)
