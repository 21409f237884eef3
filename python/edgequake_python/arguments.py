"""Arguments of calls, looked at and put right: what programs take from LiteLLM's ``utils`` for that."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from typing import Any

_settings = sys.modules[__package__].__dict__

#: OpenAI takes as many of each.
_MOST_STOPS = 4
_MOST_METADATA = 16


def jsonify_tools(tools: Sequence[Any]) -> list[dict[str, Any]]:
    """Tools as new dicts; those that are pydantic models without what is None."""
    return [
        dict(tool) if isinstance(tool, dict) else tool.model_dump(exclude_none=True)
        for tool in tools
        if isinstance(tool, dict) or hasattr(tool, "model_dump")
    ]


def validate_and_fix_openai_tools(tools: Sequence[Any] | None) -> list[dict[str, Any]] | None:
    """Tools as dicts; None stays None."""
    if tools is None:
        return None
    return [
        tool if isinstance(tool, dict) else tool.model_dump()
        for tool in tools
        if isinstance(tool, dict) or hasattr(tool, "model_dump")
    ]


def validate_chat_completion_tool_choice(tool_choice: Any, model: str = "") -> Any:
    """A ``tool_choice`` in OpenAI's form.

    Raises:
        BadRequestError: for one that is neither a word nor a dict with a type and a function.
    """
    if tool_choice is None or isinstance(tool_choice, str):
        return tool_choice
    if isinstance(tool_choice, dict):
        kind, function = tool_choice.get("type"), tool_choice.get("function")
        if kind in ("auto", "none", "required") and "function" not in tool_choice:
            return kind
        if kind is not None and function is not None:
            return tool_choice
    from .exceptions import BadRequestError

    raise BadRequestError(
        message=f"Invalid tool choice, tool_choice={tool_choice}: it is a word, or a dict with a type and a "
        "function",
        model=model,
        llm_provider="",
    )


def validate_openai_optional_params(stop: Any = None, **kwargs: Any) -> Any:
    """``stop`` with as many texts as OpenAI takes, unless ``disable_stop_sequence_limit`` is set."""
    if isinstance(stop, list) and not _settings.get("disable_stop_sequence_limit"):
        return stop[:_MOST_STOPS]
    return stop


def get_standard_openai_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Of some parameters those of OpenAI's chat that say something."""
    from .types.parameters import OPENAI_CHAT_COMPLETION_PARAMS

    return {
        name: value
        for name, value in params.items()
        if value is not None and name in OPENAI_CHAT_COMPLETION_PARAMS
    }


def get_non_default_completion_params(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Of a chat call's arguments those that only its provider knows."""
    from .types.parameters import OPENAI_CHAT_COMPLETION_PARAMS, all_litellm_params

    known = {*OPENAI_CHAT_COMPLETION_PARAMS, *all_litellm_params}
    return {name: value for name, value in kwargs.items() if name not in known}


def filter_out_litellm_params(kwargs: Mapping[str, Any], excluding: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments that are not for this package, nor among ``excluding``."""
    from .types.parameters import all_litellm_params

    known = {*all_litellm_params, *excluding}
    return {name: value for name, value in kwargs.items() if name not in known}


def add_openai_metadata(metadata: Mapping[str, Any] | None) -> dict[str, str] | None:
    """What of a call's metadata OpenAI may be told: at most 16 texts."""
    if metadata is None:
        return None
    texts = {
        str(name): value
        for name, value in metadata.items()
        if name != "hidden_params" and isinstance(value, str)
    }
    return dict(list(texts.items())[:_MOST_METADATA])


def add_dummy_tool(custom_llm_provider: str) -> list[dict[str, Any]]:
    """A tool for providers that want one declared where a conversation has calls of tools."""
    parameters = {"type": "object", "properties": {}}
    function = {
        "name": "dummy_tool",
        "description": "This is a dummy tool call",
        "parameters": parameters,
    }
    return [{"type": "function", "function": function}]


def should_run_mock_completion(mock_response: Any, mock_tool_calls: Any, mock_timeout: Any) -> bool:
    """Whether a call is answered without its provider."""
    return bool(mock_response or mock_tool_calls or mock_timeout)


def is_prompt_caching_valid_prompt(
    model: str,
    messages: Sequence[Any] | None,
    tools: Sequence[Any] | None = None,
    custom_llm_provider: str | None = None,
    min_token_count: int | None = None,
) -> bool:
    """Whether a prompt is long enough for its provider to cache it: 1024 tokens unless said otherwise."""
    from .tokens import token_counter

    if messages is None:
        return False
    try:
        count = token_counter(
            model, messages=messages, tools=tools, use_default_image_token_count=True, default_token_count=0
        )
    except Exception:
        return False
    return count >= (1024 if min_token_count is None else min_token_count)


def return_raw_request(endpoint: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What a call would send, as ``dry_run=True`` shows it; secrets are ``***``.

    Args:
        endpoint: the function's name, or the `CallTypes` of it.
        kwargs: its arguments.

    Returns:
        A dict with ``raw_request_api_base``, ``raw_request_body``, ``raw_request_headers`` and ``error``.
    """
    name = getattr(endpoint, "value", endpoint)
    given = {"api_key": "my-fake-api-key", **kwargs, "dry_run": True}
    shown: dict[str, Any] = dict.fromkeys(
        ("raw_request_api_base", "raw_request_body", "raw_request_headers", "error")
    )
    try:
        request = getattr(sys.modules[__package__], name)(**given)
        if hasattr(request, "__await__"):
            import asyncio

            request = asyncio.run(request)
        shown["raw_request_api_base"] = request.url
        shown["raw_request_headers"] = request.headers
        shown["raw_request_body"] = request.json
    except Exception as error:
        shown["error"] = str(error)
    return shown


def get_end_user_id_for_cost_tracking(
    litellm_params: Mapping[str, Any], service_type: str = "litellm_logging"
) -> str | None:
    """The user whose costs are counted, unless counting is switched off."""
    from .litellm_core_utils.core_helpers import get_litellm_metadata_from_kwargs

    metadata = get_litellm_metadata_from_kwargs({"litellm_params": litellm_params})
    if _settings.get("disable_end_user_cost_tracking"):
        return None
    if service_type == "prometheus" and not _settings.get("enable_end_user_cost_tracking_prometheus_only"):
        return None
    user: str | None = litellm_params.get("user_api_key_end_user_id") or metadata.get(
        "user_api_key_end_user_id"
    )
    return user


def get_first_chars_messages(kwargs: Mapping[str, Any]) -> str:
    """The first 100 characters of a call's messages."""
    return str(kwargs.get("messages"))[:100]


def get_logging_id(start_time: datetime.datetime, response_obj: Any) -> str | None:
    """A name for a call made of when it began and its answer's id; None without these."""
    try:
        name: str = f"time-{start_time.strftime('%H-%M-%S-%f')}_" + response_obj.get("id")
    except (AttributeError, TypeError):
        return None
    return name


def get_utc_datetime() -> datetime.datetime:
    """Now, in UTC."""
    from datetime import datetime, timezone

    return datetime.now(timezone.utc)


def modify_url(original_url: str, new_path: str) -> str:
    """A URL with another path."""
    from urllib.parse import urlsplit

    path = new_path if new_path.startswith("/") else f"/{new_path}"
    return urlsplit(original_url)._replace(path=path).geturl()


def read_config_args(config_path: str) -> Any:
    """What a file of JSON holds."""
    import json

    with open(config_path, encoding="utf-8") as file:
        return json.load(file)
