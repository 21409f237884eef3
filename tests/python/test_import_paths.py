"""Where programs import LiteLLM's names from: each module, and what they take from it."""

from __future__ import annotations

import asyncio
import importlib
import json
from typing import Any

import pytest

import edgequake_python
from edgequake_python.exceptions import Timeout
from loopback import Loopback, Reply

PATHS = {
    "types.utils": "ModelResponse ModelResponseBase ModelResponseStream Choices StreamingChoices TextChoices "
    "Message Delta Usage PromptTokensDetailsWrapper CompletionTokensDetailsWrapper CacheCreationTokenDetails "
    "ServerToolUse Function FunctionCall ChatCompletionMessageToolCall ChatCompletionDeltaToolCall "
    "ChatCompletionTokenLogprob ChoiceLogprobs TopLogprob ChatCompletionAudioResponse Embedding "
    "EmbeddingResponse TextCompletionResponse ImageResponse ImageObject ImageUsage TranscriptionResponse "
    "LiteLLMBatch LiteLLMFineTuningJob LlmProviders CallTypes CostPerToken CostBreakdown ModelInfo "
    "ModelInfoBase ProviderField GenericStreamingChunk StandardLoggingPayload StandardLoggingMetadata "
    "StandardLoggingHiddenParams StandardLoggingModelInformation StandardLoggingPayloadErrorInformation "
    "StandardLoggingPayloadStatusFields StandardLoggingGuardrailInformation StandardLoggingMCPToolCall "
    "StandardCallbackDynamicParams AdapterCompletionStreamWrapper all_litellm_params BudgetConfig "
    "SelectTokenizerResponse TokenCountResponse generate_id _generate_id add_provider_specific_fields "
    "SafeAttributeModel",
    "types.completion": "CompletionRequest ChatCompletionMessageParam ChatCompletionUserMessageParam",
    "types.rerank": "RerankRequest RerankResponse RerankResponseResult RerankResponseDocument "
    "RerankResponseMeta RerankBilledUnits RerankTokens OptionalRerankParams",
    "types.router": "Deployment LiteLLM_Params GenericLiteLLMParams CredentialLiteLLMParams ModelInfo "
    "ModelGroupInfo RetryPolicy AllowedFailsPolicy RouterErrors RouterRateLimitError "
    "RouterRateLimitErrorBasic RouterGeneralSettings AlertingConfig RoutingStrategy "
    "CustomRoutingStrategyBase RouterConfig UpdateRouterConfig ModelConfig OptionalPreCallChecks",
    "types.llms.openai": "AllMessageValues OpenAIMessageContent OpenAIWebSearchOptions ResponseInputParam "
    "ResponsesAPIOptionalRequestParams CreateFileRequest CreateBatchRequest Thread OpenAIFileObject "
    "ErrorEvent ErrorEventError ResponsesAPIStreamEvents HttpxBinaryResponseContent ResponseAPIUsage "
    "ChatCompletionAnnotation ChatCompletionUserMessage ResponseCompletedEvent OutputTextDeltaEvent "
    "RefusalDeltaEvent ReasoningSummaryTextDeltaEvent ChatCompletionThinkingBlock ResponsesAPIResponse",
    "types.llms.anthropic": "AnthropicThinkingParam AnthropicMessagesRequest",
    "types.llms.base": "BaseLiteLLMOpenAIResponseObject",
    "types.responses.main": "GenericResponseOutputItem OutputFunctionToolCall",
    "types.caching": "LiteLLMCacheType CachingSupportedCallTypes DynamicCacheControl "
    "DEFAULT_CACHING_SUPPORTED_CALL_TYPES RedisPipelineIncrementOperation RedisPipelineSetOperation",
    "utils": "ModelResponse Message Choices Delta StreamingChoices Usage EmbeddingResponse "
    "TextCompletionResponse ImageResponse TranscriptionResponse CustomStreamWrapper "
    "TextCompletionStreamWrapper Function ChatCompletionMessageToolCall ChatCompletionDeltaToolCall "
    "token_counter get_model_info supports_vision trim_messages get_valid_models validate_environment "
    "register_model get_secret exception_type function_to_dict get_response_string",
    "integrations.custom_logger": "CustomLogger",
    "integrations.custom_batch_logger": "CustomBatchLogger",
    "integrations.custom_guardrail": "CustomGuardrail",
    "integrations.custom_prompt_management": "CustomPromptManagement",
    "integrations.prompt_management_base": "PromptManagementBase",
    "caching": "Cache DualCache InMemoryCache RedisCache RedisClusterCache S3Cache DiskCache GCSCache "
    "AzureBlobCache RedisSemanticCache QdrantSemanticCache LiteLLMCacheType",
    "caching.base_cache": "BaseCache",
    "caching.redis_cluster_cache": "RedisClusterCache",
    "types.guardrails": "GuardrailEventHooks",
    "litellm_core_utils.duration_parser": "duration_in_seconds",
    "litellm_core_utils.llm_cost_calc.utils": "generic_cost_per_token",
    "litellm_core_utils.logging_callback_manager": "LoggingCallbackManager",
    "integrations.opentelemetry": "OpenTelemetry OpenTelemetryConfig",
    "caching.caching": "Cache CacheMode LiteLLMCacheType enable_cache disable_cache update_cache",
    "router": "Router",
    "llms.custom_llm": "CustomLLM CustomLLMError",
    "llms.base_llm.base_utils": "type_to_response_format_param",
    "llms.base_llm.chat.transformation": "BaseConfig BaseLLMException",
    "llms.custom_httpx.http_handler": "HTTPHandler AsyncHTTPHandler get_async_httpx_client "
    "_get_httpx_client httpxSpecialProvider",
    "litellm_core_utils.streaming_handler": "CustomStreamWrapper StreamingChoices ModelResponseStream Delta",
    "litellm_core_utils.get_llm_provider_logic": "get_llm_provider",
    "litellm_core_utils.get_supported_openai_params": "get_supported_openai_params",
    "litellm_core_utils.litellm_logging": "Logging _extract_response_obj_and_hidden_params",
    "litellm_core_utils.exception_mapping_utils": "exception_type",
    "litellm_core_utils.token_counter": "token_counter",
    "litellm_core_utils.core_helpers": "map_finish_reason",
    "litellm_core_utils.prompt_templates.factory": "prompt_factory anthropic_messages_pt custom_prompt "
    "hf_chat_template convert_to_anthropic_tool_result",
    "litellm_core_utils.logging_worker": "GLOBAL_LOGGING_WORKER",
    "litellm_core_utils.thread_pool_executor": "executor",
    "cost_calculator": "completion_cost cost_per_token response_cost_calculator",
    "main": "completion acompletion embedding ModelResponse CustomStreamWrapper responses_api_bridge_check",
    "budget_manager": "BudgetManager",
    "_logging": "verbose_logger verbose_router_logger verbose_proxy_logger _turn_on_debug print_verbose",
    "_version": "version",
    "constants": "DEFAULT_MAX_TOKENS REPEATED_STREAMING_CHUNK_LIMIT OPENAI_CHAT_COMPLETION_PARAMS",
    "secret_managers.main": "get_secret get_secret_str get_secret_bool",
    "responses.main": "responses aresponses",
    "responses.streaming_iterator": "BaseResponsesAPIStreamingIterator ResponsesAPIStreamingIterator "
    "SyncResponsesAPIStreamingIterator",
    "google_genai": "generate_content agenerate_content",
    "scheduler": "Scheduler FlowItem",
    "experimental_mcp_client": "load_mcp_tools call_openai_tool",
    "exceptions": "RateLimitError RejectedRequestError MidStreamFallbackError GuardrailRaisedException",
    "anthropic": "messages",
}


@pytest.mark.parametrize("path", PATHS)
def test_names_are_where_programs_look(path: str) -> None:
    module = importlib.import_module(f"edgequake_python.{path}")
    assert [name for name in PATHS[path].split() if not hasattr(module, name)] == []


def test_classes_that_are_not_here_say_what_to_use() -> None:
    for path, name in (
        ("scheduler", "Scheduler"),
        ("caching", "S3Cache"),
        ("llms.base_llm.chat.transformation", "BaseConfig"),
        ("integrations.mlflow", "MlflowLogger"),
    ):
        made: Any = getattr(importlib.import_module(f"edgequake_python.{path}"), name)
        assert isinstance(made, type)
        with pytest.raises(NotImplementedError, match=name):
            made()


class TestPrompts:
    MESSAGES: tuple[dict[str, Any], ...] = (
        {"role": "system", "content": "S"},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "a"},
    )

    def test_as_anthropic_has_them(self) -> None:
        from edgequake_python.litellm_core_utils.prompt_templates import factory

        written = factory.anthropic_messages_pt([self.MESSAGES[1]], "claude-3", "anthropic")
        assert written[0]["role"] == "user"
        result = factory.convert_to_anthropic_tool_result(
            {"role": "tool", "tool_call_id": "t", "content": "r"}
        )
        assert (result["type"], result["tool_use_id"]) == ("tool_result", "t")
        contents = factory.prompt_factory("gemini-2.5-flash", [self.MESSAGES[1]], "gemini")
        assert contents[0]["parts"][0]["text"] == "hi"

    def test_as_one_text(self) -> None:
        from edgequake_python.litellm_core_utils.prompt_templates.factory import custom_prompt

        roles = {"user": {"pre_message": "<u>", "post_message": "</u>"}, "assistant": {"pre_message": "<a>"}}
        text = custom_prompt(roles, self.MESSAGES, "start ", " end", bos_token="<s>", eos_token="</s>")
        assert text == "<s>start S<u>hi</u><a>a</s> end"


class TestTools:
    class Session:
        """Stands for an MCP session, which nobody is asked for here."""

        class Tool:
            name = "weather"
            description = "The weather"
            inputSchema = {"properties": {"city": {"type": "string"}}}  # noqa: RUF012

        async def list_tools(self) -> Any:
            return type("Listed", (), {"tools": [self.Tool()]})

        async def call_tool(self, name: str, arguments: dict[str, Any]) -> Any:
            return name, arguments

    def test_of_an_mcp_server(self) -> None:
        from edgequake_python.experimental_mcp_client import call_openai_tool, load_mcp_tools

        session = self.Session()
        (tool,) = asyncio.run(load_mcp_tools(session, format="openai"))
        assert tool["function"]["name"] == "weather"
        assert tool["function"]["parameters"]["type"] == "object"
        (own,) = asyncio.run(load_mcp_tools(session))
        assert own.name == "weather"
        call = {"id": "1", "function": {"name": "weather", "arguments": json.dumps({"city": "Paris"})}}
        assert asyncio.run(call_openai_tool(session, call)) == ("weather", {"city": "Paris"})
        with pytest.raises(ValueError, match="no JSON object"):
            asyncio.run(call_openai_tool(session, {"function": {"name": "f", "arguments": "[1]"}}))


class TestLimits:
    def test_of_time(self) -> None:
        import time

        @edgequake_python.timeout(0.05)
        def slow(model: str) -> None:
            time.sleep(1)

        @edgequake_python.timeout(0.05)
        async def slow_too() -> None:
            await asyncio.sleep(30)

        @edgequake_python.timeout(5, exception_to_raise=ValueError)
        def quick(value: int) -> int:
            return value

        with pytest.raises(Timeout):
            slow("m")
        with pytest.raises(Timeout):
            asyncio.run(slow_too())
        assert quick(3) == 3

    def test_of_number(self) -> None:
        limit = edgequake_python.utils.calculate_max_parallel_requests
        assert [
            limit(5, None, None, None),
            limit(None, 10, 60000, None),
            limit(None, None, 60000, None),
            limit(None, None, None, 7),
        ] == [5, 10, 360, 7]


def test_http_clients_of_a_programs_own(server: Loopback) -> None:
    from edgequake_python.llms.custom_httpx.http_handler import AsyncHTTPHandler, HTTPHandler

    server.handler = lambda request: Reply(request.body or b"{}")
    url = f"{server.base_url}/x"
    with HTTPHandler() as client:
        assert client.post(url, json={"a": 1}, headers={"x-mine": "1"}).json() == {"a": 1}
        assert client.post(url, data="text").content == b"text"
    assert server.requests[0].headers["x-mine"] == "1"

    async def ask() -> Any:
        async with AsyncHTTPHandler() as client:
            return (await client.post(url, json={"b": 2})).json()

    assert asyncio.run(ask()) == {"b": 2}


def test_exceptions_by_status() -> None:
    class Theirs(Exception):
        status_code = 429

    with pytest.raises(edgequake_python.RateLimitError):
        edgequake_python.utils.exception_type("m", Theirs("slow down"), "openai")


def test_waiting_for_callbacks() -> None:
    from edgequake_python.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

    seen: list[Any] = []
    edgequake_python.success_callback = [lambda *told: seen.append(told[1])]
    edgequake_python.completion("openai/x", [{"role": "user", "content": "?"}], mock_response="y")
    asyncio.run(GLOBAL_LOGGING_WORKER.flush())
    assert seen[0].choices[0].message.content == "y"
