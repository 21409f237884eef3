"""`CustomLogger`: the base of objects that watch calls. Every hook does nothing until it is overridden."""

# The hooks' names and arguments are LiteLLM's; what each is told is in their docstrings.

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any


#: Environment variables by the names of callbacks.
_VARIABLES = {
    "langfuse": ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", "LANGFUSE_HOST"),
    "otel": ("OTEL_EXPORTER", "OTEL_ENDPOINT", "OTEL_HEADERS"),
}


class CustomLogger:
    """Watches calls; put an instance into ``edgequake_python.callbacks``.

    A synchronous call tells the plain hooks, an asynchronous one those that begin with ``async_``. They are
    told on another thread (plain ones) or in the caller's event loop (coroutines), in the caller's context,
    each once, and can neither delay nor break a call. Only the hooks that may change a call run within it;
    they are marked "in line".

    Args:
        turn_off_message_logging: what is told has neither messages nor answers.
        message_logging: False means the same.
        **kwargs: LiteLLM's other arguments; not used.
    """

    def __init__(
        self, turn_off_message_logging: bool = False, message_logging: bool = True, **kwargs: Any
    ) -> None:
        self.turn_off_message_logging = turn_off_message_logging
        self.message_logging = message_logging

    # About to be sent, and answered.

    def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
        """A call is about to be sent."""

    async def async_log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
        """As `log_pre_api_call`."""

    def log_post_api_call(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """The provider has answered."""

    def log_input_event(
        self, model: str, messages: Any, kwargs: dict[str, Any], print_verbose: Any, callback_func: Any
    ) -> None:
        """Kept for LiteLLM's subclasses; not called, as it is not there."""

    async def async_log_input_event(
        self, model: str, messages: Any, kwargs: dict[str, Any], print_verbose: Any, callback_func: Any
    ) -> None:
        """As `log_input_event`."""

    # How it went.

    def log_stream_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A chunk of a stream has come."""

    async def async_log_stream_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """As `log_stream_event`."""

    def log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A call has succeeded; a stream has been read to its end, or left by its reader."""

    async def async_log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """As `log_success_event`."""

    def log_failure_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A call has failed; ``kwargs["exception"]`` says how."""

    async def async_log_failure_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """As `log_failure_event`."""

    def log_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,
        start_time: Any,
        end_time: Any,
        print_verbose: Any,
        callback_func: Any,
    ) -> None:
        """Kept for LiteLLM's subclasses; not called."""

    async def async_log_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,
        start_time: Any,
        end_time: Any,
        print_verbose: Any,
        callback_func: Any,
    ) -> None:
        """Kept for LiteLLM's subclasses; not called."""

    # What is told may be changed before it is told.

    def logging_hook(self, kwargs: dict[str, Any], result: Any, call_type: str) -> tuple[dict[str, Any], Any]:
        """Change what `log_success_event` is told; the caller's answer stays as it is."""
        return kwargs, result

    async def async_logging_hook(
        self, kwargs: dict[str, Any], result: Any, call_type: str
    ) -> tuple[dict[str, Any], Any]:
        """As `logging_hook`."""
        return kwargs, result

    # In line: these may change the call.

    async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> Any:
        """In line, asynchronous calls: a dict of arguments to be used instead, or None."""
        return None

    async def async_post_call_success_deployment_hook(
        self, request_data: dict[str, Any], response: Any, call_type: Any
    ) -> Any:
        """In line, asynchronous calls: an answer to be given instead, or None."""
        return None

    async def async_post_call_failure_deployment_hook(
        self, request_data: dict[str, Any], exception: BaseException, call_type: Any, fallback_depth: int = 0
    ) -> None:
        """In line, asynchronous calls that failed."""

    async def async_post_call_streaming_deployment_hook(
        self, request_data: dict[str, Any], response_chunk: Any, call_type: Any
    ) -> Any:
        """Kept for LiteLLM's subclasses; not called."""
        return None

    async def async_pre_request_hook(self, model: str, messages: Any, kwargs: dict[str, Any]) -> Any:
        """In line, asynchronous calls: a dict of arguments to be used instead, or None."""
        return None

    def get_chat_completion_prompt(
        self,
        model: str,
        messages: list[Any],
        non_default_params: dict[str, Any],
        prompt_id: str | None,
        prompt_variables: dict[str, Any] | None,
        dynamic_callback_params: dict[str, Any],
        prompt_spec: Any = None,
        prompt_label: str | None = None,
        prompt_version: int | None = None,
        ignore_prompt_manager_model: bool | None = False,
        ignore_prompt_manager_optional_params: bool | None = False,
        **kwargs: Any,
    ) -> tuple[str, list[Any], dict[str, Any]]:
        """In line, calls with ``prompt_id``: the model, messages and parameters that it stands for."""
        return model, messages, non_default_params

    async def async_get_chat_completion_prompt(
        self,
        model: str,
        messages: list[Any],
        non_default_params: dict[str, Any],
        prompt_id: str | None,
        prompt_variables: dict[str, Any] | None,
        dynamic_callback_params: dict[str, Any],
        **kwargs: Any,
    ) -> tuple[str, list[Any], dict[str, Any]]:
        """As `get_chat_completion_prompt`, for asynchronous calls."""
        return self.get_chat_completion_prompt(
            model,
            messages,
            non_default_params,
            prompt_id,
            prompt_variables,
            dynamic_callback_params,
            **kwargs,
        )

    # The Router's.

    async def async_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Any],
        messages: Any,
        request_kwargs: dict[str, Any] | None = None,
        parent_otel_span: Any = None,
    ) -> list[Any]:
        """In line: the deployments that may take a call."""
        return healthy_deployments

    def pre_call_check(self, deployment: dict[str, Any]) -> dict[str, Any] | None:
        """In line: refuse a deployment by raising."""
        return deployment

    async def async_pre_call_check(self, deployment: dict[str, Any], parent_otel_span: Any) -> Any:
        """As `pre_call_check`."""
        return deployment

    async def async_pre_routing_hook(
        self,
        model: str,
        request_kwargs: dict[str, Any],
        messages: Any = None,
        input: Any = None,
        specific_deployment: bool | None = False,
    ) -> Any:
        """In line: where a call is to go instead, or None."""
        return None

    async def log_success_fallback_event(
        self, original_model_group: str, kwargs: dict[str, Any], original_exception: BaseException
    ) -> None:
        """A fallback of the Router has answered."""

    async def log_failure_fallback_event(
        self, original_model_group: str, kwargs: dict[str, Any], original_exception: BaseException
    ) -> None:
        """All fallbacks of the Router have failed."""

    async def log_model_group_rate_limit_error(
        self, exception: BaseException, original_model_group: str | None, kwargs: dict[str, Any]
    ) -> None:
        """A group of the Router has no room left."""

    # A proxy's; nothing here is one, so none of these is called.

    async def async_pre_call_hook(self, user_api_key_dict: Any, cache: Any, data: Any, call_type: Any) -> Any:
        """LiteLLM's proxy calls it; this package is none."""
        return None

    async def async_moderation_hook(self, data: Any, user_api_key_dict: Any, call_type: Any) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_post_call_success_hook(self, data: Any, user_api_key_dict: Any, response: Any) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_post_call_failure_hook(
        self,
        request_data: Any,
        original_exception: Any,
        user_api_key_dict: Any,
        traceback_str: str | None = None,
    ) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_post_call_streaming_hook(self, user_api_key_dict: Any, response: str) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_post_call_streaming_iterator_hook(
        self, user_api_key_dict: Any, response: Any, request_data: Any
    ) -> AsyncIterator[Any]:
        """LiteLLM's proxy calls it; this package is none. Gives the chunks on."""
        async for chunk in response:
            yield chunk

    async def async_post_call_response_headers_hook(
        self,
        data: Any,
        user_api_key_dict: Any,
        response: Any,
        request_headers: Any = None,
        litellm_call_info: Any = None,
    ) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_post_mcp_tool_call_hook(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_filter_listed_models(self, user_api_key_dict: Any, model_names: Any) -> Any:
        """LiteLLM's proxy calls it; this package is none."""
        return model_names

    async def async_log_audit_log_event(self, audit_log: Any) -> None:
        """LiteLLM's proxy calls it; this package is none."""

    async def async_dataset_hook(self, logged_item: Any, standard_logging_payload: Any) -> Any:
        """LiteLLM's proxy calls it; this package is none."""

    def handle_callback_failure(self, callback_name: str) -> None:
        """LiteLLM's proxy calls it; this package is none."""

    # Adapters; `adapter_completion` is not here, so none of these is called.

    def translate_completion_input_params(self, kwargs: Any) -> Any:
        """Kept for LiteLLM's subclasses; not called."""

    def translate_completion_output_params(self, response: Any) -> Any:
        """Kept for LiteLLM's subclasses; not called."""

    def translate_completion_output_params_streaming(self, completion_stream: Any) -> Any:
        """Kept for LiteLLM's subclasses; not called."""

    @staticmethod
    def get_callback_env_vars(callback_name: str | None = None) -> list[str]:
        """The environment variables that a built-in callback is set up by."""
        return list(_VARIABLES.get(str(callback_name), ()))


def overrides(callback: Any, hook: str) -> bool:
    """Whether a hook does anything: an object of the program's own has it, or a subclass changed it."""
    own = getattr(callback, "__dict__", None)
    if own is not None and hook in own:
        return True  # put on the object itself, as tests do with mocks
    method = getattr(type(callback), hook, None)
    return method is not None and method is not getattr(CustomLogger, hook, None)
