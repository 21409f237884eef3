"""LiteLLM's helpers for arguments, messages, caches and answers, which programs take from its modules."""

from __future__ import annotations

import asyncio
import importlib
from datetime import datetime, timezone
from typing import Any

import pytest
from pydantic import BaseModel

import edgequake_python
from edgequake_python import utils
from edgequake_python.caching.dual_cache import DualCache
from edgequake_python.caching.in_memory_cache import InMemoryCache
from edgequake_python.litellm_core_utils.core_helpers import get_litellm_metadata_from_kwargs, safe_deep_copy
from edgequake_python.litellm_core_utils.prompt_templates import common_utils
from edgequake_python.types.router import Deployment, GenericLiteLLMParams, LiteLLM_Params


class Tool(BaseModel):
    type: str = "function"
    function: Any = None


def test_tools_and_choices() -> None:
    tools = [Tool(function={"name": "f"}), {"type": "function"}, "no tool"]
    assert utils.jsonify_tools(tools) == [
        {"type": "function", "function": {"name": "f"}},
        {"type": "function"},
    ]
    assert utils.validate_and_fix_openai_tools(None) is None
    assert utils.validate_and_fix_openai_tools([Tool()]) == [{"type": "function", "function": None}]
    choice = {"type": "function", "function": {"name": "f"}}
    for given, meant in (
        (None, None),
        ("auto", "auto"),
        (choice, choice),
        ({"type": "required"}, "required"),
    ):
        assert utils.validate_chat_completion_tool_choice(given) == meant
    for wrong in ({"type": "function"}, {"name": "f"}, 7):
        with pytest.raises(edgequake_python.BadRequestError, match="Invalid tool choice"):
            utils.validate_chat_completion_tool_choice(wrong, "m")
    assert utils.add_dummy_tool("anthropic")[0]["function"]["name"] == "dummy_tool"


def test_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {
        "temperature": 1,
        "top_k": 3,
        "fallbacks": [],
        "seed": None,
        "mine": 1,
    }
    assert utils.get_standard_openai_params(given) == {"temperature": 1}
    assert utils.get_non_default_completion_params(given) == {"top_k": 3, "mine": 1}
    assert utils.filter_out_litellm_params(given) == {"temperature": 1, "top_k": 3, "seed": None, "mine": 1}
    assert utils.validate_openai_optional_params(stop=list("abcdef")) == list("abcd")
    monkeypatch.setattr(edgequake_python, "disable_stop_sequence_limit", True)
    assert utils.validate_openai_optional_params(stop=list("abcdef")) == list("abcdef")
    assert utils.add_openai_metadata(None) is None
    many = {f"k{number}": "v" for number in range(20)}
    assert utils.add_openai_metadata({"hidden_params": "x", "n": 1, **many}) == dict(list(many.items())[:16])
    assert utils.should_run_mock_completion(None, None, True)
    assert not utils.should_run_mock_completion(None, [], False)
    assert utils.get_optional_params_image_gen(model="gpt-image-1", n=2, custom_llm_provider="openai") == {
        "n": 2
    }


def test_a_request_is_shown() -> None:
    shown = utils.return_raw_request(
        "completion", {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    )
    assert shown["error"] is None
    assert shown["raw_request_api_base"] == "https://api.openai.com/v1/chat/completions"
    assert shown["raw_request_body"]["messages"][0]["content"] == "hi"
    assert "my-fake" not in str(shown)
    assert (
        "LLM Provider NOT provided"
        in utils.return_raw_request(
            "completion", {"model": "x", "messages": [{"role": "user", "content": "hi"}]}
        )["error"]
    )


def test_small_things(tmp_path: Any) -> None:
    (tmp_path / "c.json").write_text('{"a": 1}')
    assert utils.read_config_args(str(tmp_path / "c.json")) == {"a": 1}
    assert utils.modify_url("https://a.b:8/x?y=1", "/z") == "https://a.b:8/z?y=1"
    assert utils.get_first_chars_messages({"messages": "x" * 200}) == "x" * 100
    begun = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert utils.get_logging_id(begun, {"id": "r"}) == "time-03-04-05-000006_r"
    assert utils.get_logging_id(begun, {}) is None
    assert utils.get_utc_datetime().tzinfo is timezone.utc
    long = [{"role": "user", "content": "word " * 1100}]
    assert utils.is_prompt_caching_valid_prompt("gpt-4o", long)
    assert not utils.is_prompt_caching_valid_prompt("gpt-4o", long[:0])
    assert utils.get_modified_max_tokens("gpt-4o", "gpt-4o", long, 100, None, None) == 100
    assert utils.get_modified_max_tokens("nobody", "nobody", long, 100, None, None) == 100
    tokenizer = utils._select_tokenizer("gpt-4o")["tokenizer"]
    assert tokenizer.decode(tokenizer.encode("hello world")) == "hello world"


def test_messages_as_text() -> None:
    call = {"function": {"name": "f", "arguments": "{}"}}
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": "u"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "user", "content": "b", "name": "n"},
    ]
    assert common_utils.get_str_from_messages(messages) == "ab"
    assert utils.get_formatted_prompt({"messages": messages}, "completion") == "a{}b"
    assert utils.get_formatted_prompt({"input": ["x", "y"]}, "embedding") == "xy"
    assert common_utils.strip_name_from_messages(messages, ["assistant"])[2] == {
        "role": "user",
        "content": "b",
    }
    assert utils.cleanup_none_field_in_message(messages[1]) == {"role": "assistant", "tool_calls": [call]}
    answer = edgequake_python.completion("gpt-4o", messages[2:], mock_response="said", api_key="k")
    assert utils.get_content_from_model_response(answer) == "said"
    filled = common_utils.get_completion_messages(
        messages[1:2] + messages[2:] + messages[2:], None, None, True
    )
    assert [message["role"] for message in filled] == ["user", "assistant", "user", "assistant", "user"]
    short = utils.shorten_message_to_fit_limit({"role": "user", "content": "word " * 100}, 20, "gpt-4o")
    assert 0 < len(short["content"]) < 500
    assert utils.process_messages(messages[2:] * 9, 20, "gpt-4o") == messages[2:] * 2


def test_definitions_are_put_in_their_places() -> None:
    schema = {
        "$defs": {"A": {"type": "string"}, "N": {"properties": {"n": {"$ref": "#/$defs/N"}}}},
        "properties": {"a": {"$ref": "#/$defs/A", "title": "t"}, "n": {"$ref": "#/$defs/N"}},
    }
    common_utils.unpack_defs(schema, {})
    assert schema["properties"] == {
        "a": {"type": "string", "title": "t"},
        "n": {"properties": {"n": {"$ref": "#/$defs/N"}}},
    }
    with pytest.raises(ValueError, match="too large"):
        common_utils.unpack_defs({"items": {"$ref": "#/$defs/B"}}, {"B": {"const": "x" * 99}}, 50)
    kind = common_utils.infer_content_type_from_url_and_content
    assert kind("https://a/b.pdf?x=1", b"") == "application/pdf"
    assert kind("https://a/b", b"RIFF0000WEBP") == "image/webp"
    assert kind("https://a/b.pdf", b"", "image/png") == "image/png"
    with pytest.raises(ValueError, match="cannot be told"):
        kind("https://a/b", b"??", "binary/octet-stream")


def test_metadata_and_copies() -> None:
    assert get_litellm_metadata_from_kwargs({"litellm_params": {"metadata": {"a": 1}}}) == {"a": 1}
    assert get_litellm_metadata_from_kwargs({}) == {}
    lock = __import__("threading").Lock()
    given = {"a": [1], "inside": {"lock": lock}}
    copy = safe_deep_copy(given)
    assert copy["a"] is not given["a"] and copy["a"] == [1]
    assert copy["inside"] is not given["inside"] and copy["inside"]["lock"] is lock


def test_modules_are_reachable_from_the_package() -> None:
    for path in (
        "integrations.custom_logger.CustomLogger",
        "caching.caching.DualCache",
        "caching.in_memory_cache.InMemoryCache",
        "llms.custom_httpx.http_handler",
        "litellm_core_utils.prompt_templates.factory",
        "images.main.image_generation",
        "files.main.create_file",
        "batches.main.create_batch",
        "rerank_api.main.rerank",
    ):
        found: Any = edgequake_python
        for name in path.split("."):
            found = getattr(found, name)
        assert found is not None
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = importlib.import_module("edgequake_python.integrations").nothing_such


def test_names_of_deployments_that_nobody_gave_are_none() -> None:
    params = LiteLLM_Params(model="gpt-4o", mine=1)
    assert params.aws_session_token is None and params.mine == 1
    with pytest.raises(AttributeError):
        _ = GenericLiteLLMParams().no_such_argument
    deployment = Deployment("a", params)
    deployment["model_name"] = "b"
    assert deployment.model_name == "b"


def test_caches_in_memory() -> None:
    now = [0.0]
    near = InMemoryCache(clock=lambda: now[0])
    cache = DualCache(near, default_in_memory_ttl=5)

    async def use() -> None:
        await cache.async_set_cache_pipeline([("a", 1), ("b", 2)])
        assert await cache.async_batch_get_cache(["a", "b", "c"]) == [1, 2, None]
        assert await cache.async_increment_cache_pipeline(
            [{"key": "n", "increment_value": 2, "ttl": 60}, {"key": "n", "increment_value": 3, "ttl": None}]
        ) == [2, 5]
        assert await near.async_get_ttl("n") == 60 and await near.async_get_ttl("x") is None
        assert await near.async_get_oldest_n_keys(2) == ["a", "b"]
        now[0] = 10
        near.evict_cache()
        assert set(near.cache_dict) == {"n"}
        await cache.async_delete_cache_keys(["n"])
        assert cache.get_cache("n", None, True) is None
        assert (await cache.test_connection())["status"] == "success"
        await cache.disconnect()

    asyncio.run(use())


def test_bytes_of_another_client() -> None:
    class Response:
        content = b"ab" * 5
        headers = {"x": "y"}  # noqa: RUF012

    async def read() -> list[bytes]:
        held = edgequake_python.HttpxBinaryResponseContent(Response())  # type: ignore[arg-type]
        pieces = [piece async for piece in await held.aiter_bytes(4)]
        assert [piece async for piece in held.aiter_bytes(4)] == pieces
        assert [line async for line in held.aiter_lines()] == ["ab" * 5]
        assert held.headers == {"x": "y"}
        return pieces

    assert asyncio.run(read()) == [b"abab", b"abab", b"ab"]
    assert edgequake_python.HttpxBinaryResponseContent(Response()).text == "ab" * 5  # type: ignore[arg-type]


def test_a_whole_response_as_a_stream() -> None:
    from edgequake_python.responses.streaming_iterator import MockResponsesAPIStreamingIterator

    whole = edgequake_python.responses("hi", "gpt-4o", mock_response="hello world", api_key="k")
    events = list(stream := MockResponsesAPIStreamingIterator(whole, "gpt-4o"))
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    assert "".join(event.delta for event in events if event.type.endswith("text.delta")) == "hello world"
    assert stream.response is not None and stream.response.output_text == "hello world"

    async def read() -> list[str]:
        return [event.type async for event in MockResponsesAPIStreamingIterator(whole)]

    assert asyncio.run(read()) == [event.type for event in events]


def test_text_chunks_are_put_together() -> None:
    from edgequake_python.main import stream_chunk_builder_text_completion
    from edgequake_python.types import TextChoices, TextCompletionResponse

    chunks = [
        TextCompletionResponse(model="m", stream=True, choices=[TextChoices(text=text, finish_reason=end)])
        for text, end in (("a", None), ("b", None), ("", "stop"))
    ]
    whole = stream_chunk_builder_text_completion(chunks)
    assert (whole.choices[0].text, whole.choices[0].finish_reason) == ("ab", "stop")
    assert whole.usage.completion_tokens == 1
    assert stream_chunk_builder_text_completion([]) is None


def test_prices_by_place() -> None:
    model = {"input_cost_per_token": 1.0, "regional_processing_uplift_multiplier_eu": 1.1}
    edgequake_python.register_model({"placed": {**model, "litellm_provider": "openai", "mode": "chat"}})
    plain = edgequake_python.cost_per_token("placed", 10, 0)
    assert edgequake_python.cost_per_token("placed", 10, 0, data_residency="eu") == (11.0, 0.0)
    assert edgequake_python.cost_per_token("placed", 10, 0, data_residency="us") == plain == (10.0, 0.0)
