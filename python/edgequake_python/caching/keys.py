"""What makes two calls the same: the key of an answer.

Everything that a caller says goes into the key, except what is listed here and cannot change an answer: who
asks, how long one waits, who watches. A name that nobody has heard of is the provider's, and so part of the
key. The order in which arguments are given, and in which a dict has its entries, makes no difference.
"""

from __future__ import annotations

import hashlib
import json
import sys

from .. import _eq_core, _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Arguments that cannot change what a model answers.
NOT_SEMANTIC = frozenset(
    (
        # Who asks.
        "api_key",
        "azure_ad_token",
        "azure_ad_token_provider",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_session_name",
        "aws_profile_name",
        "aws_role_name",
        "aws_web_identity_token",
        "aws_external_id",
        "aws_sts_endpoint",
        "vertex_credentials",
        "vertex_ai_credentials",
        "client_id",
        "client_secret",
        "tenant_id",
        "litellm_credential_name",
        "client",
        "shared_session",
        # How it is sent, and whether the answer comes in pieces.
        "timeout",
        "request_timeout",
        "force_timeout",
        "stream_timeout",
        "proxy",
        "num_retries",
        "max_retries",
        "retry_policy",
        "retry_strategy",
        "ssl_verify",
        "ssl_certificate",
        "http2",
        "max_response_bytes",
        "stream",
        "stream_options",
        "cooldown_time",
        "fallbacks",
        "context_window_fallback_dict",
        "disable_fallbacks",
        "max_fallbacks",
        # Who watches, and what is kept.
        "metadata",
        "litellm_metadata",
        "tags",
        "litellm_call_id",
        "litellm_trace_id",
        "litellm_session_id",
        "litellm_logging_obj",
        "litellm_parent_otel_span",
        "proxy_server_request",
        "no-log",
        "logger_fn",
        "verbose",
        "turn_off_message_logging",
        "callbacks",
        "success_callback",
        "failure_callback",
        "litellm_disabled_callbacks",
        "langfuse_public_key",
        "langfuse_secret",
        "langfuse_secret_key",
        "langfuse_host",
        "langfuse_environment",
        "langsmith_api_key",
        "langsmith_project",
        "langsmith_base_url",
        "langsmith_sampling_rate",
        "langsmith_tenant_id",
        "caching",
        "cache",
        "cache_key",
        "preset_cache_key",
        "ttl",
        "id",
        "acompletion",
        "aembedding",
        "_operation",
        "_settings",
        "model_info",
        "base_model",
        "mock_delay",
        "specific_deployment",
        # What it costs, and may.
        "budgets",
        "input_cost_per_token",
        "output_cost_per_token",
        "input_cost_per_second",
        "output_cost_per_second",
        "cache_read_input_token_cost",
        "cache_creation_input_token_cost",
        "rpm",
        "tpm",
        "weight",
        "order",
        "max_parallel_requests",
    )
)

#: Of a member of a Router's group: where it is does not matter, its group and its model do.
_PLACES = frozenset(("api_base", "base_url", "custom_llm_provider", "api_version", "aws_region_name"))
#: Attributes of the package that change answers of calls that do not say otherwise.
_SETTINGS = ("api_base", "drop_params", "modify_params", "headers")

_package = sys.modules[__package__.partition(".")[0]].__dict__


def key_of(
    operation: str,
    arguments: Mapping[str, Any],
    namespace: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """The key of a call's answer: a SHA-256 in hex, after the namespace where there is one.

    Args:
        operation: the core's name of it; answers of different operations never meet.
        arguments: the call's arguments by name. Not changed.
        namespace: kept apart from other namespaces.
        settings: those of the client that makes the call; the package's by default.

    Raises:
        BadRequestError: for an argument that has no content to tell it from others: a lock, an open file, a
            generator, what contains itself. It names the argument.
    """
    given = arguments if type(arguments) is dict else dict(arguments)
    if operation == "embed" and isinstance(given.get("input"), str):
        given = {**given, "input": [given["input"]]}  # one text and a list of it are answered alike
    metadata = given.get("metadata") or given.get("litellm_metadata")
    if isinstance(metadata, dict) and metadata.get("model_group") is not None:
        group = metadata["model_group"]
        shared = _sharing(group, metadata)
        given = {name: value for name, value in given.items() if name not in _PLACES}
        given[" group"] = shared
        if shared != group:
            del given["model"]
    held = _package if settings is None else settings
    for name in _SETTINGS:
        if held.get(name) and name not in given:
            given = {**given, f" {name}": held[name]}
    try:
        digest = _eq_core.answer_key(operation, given, NOT_SEMANTIC, canonical)
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise _without_key(operation, given) from None
    return f"{namespace}:{digest}" if namespace else digest


def _without_key(operation: str, given: dict[str, Any]) -> Exception:
    """The error that names the argument of which no key can be made."""
    for name, value in given.items():
        try:
            _eq_core.answer_key(operation, {name: value}, NOT_SEMANTIC, canonical)
        except (TypeError, ValueError, AttributeError, RecursionError) as error:
            return _given.wrong(name, f"has no key: {error}")
    return _given.wrong("the arguments", "have no key")


def _sharing(group: Any, metadata: Mapping[str, Any]) -> Any:
    """The groups that share answers with this one, or itself."""
    for shared in metadata.get("caching_groups") or ():
        if group in shared:
            return list(shared)
    return group


def canonical(value: Any) -> Any:
    """JSON's types for what is none of them; the same for the same content, in every process."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {" bytes": hashlib.sha256(bytes(value)).hexdigest()}
    if isinstance(value, type):
        schema = getattr(value, "model_json_schema", None)
        return {" class": f"{value.__module__}.{value.__qualname__}", "schema": schema() if schema else None}
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump()
    if isinstance(value, (set, frozenset)):
        return {" set": sorted(json.dumps(item, sort_keys=True, default=canonical) for item in value)}
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        return {str(name): value[name] for name in value}
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "__iter__") and hasattr(value, "__len__"):
        return list(value)
    qualified = getattr(value, "__qualname__", None)
    if qualified is not None:
        return {" function": f"{value.__module__}.{qualified}"}
    read = getattr(value, "read", None)
    if read is not None:
        raise TypeError("a file has no key")
    text = repr(value)
    if " at 0x" in text:
        raise TypeError(f"a {type(value).__name__} has no key")
    return {" value": text}
