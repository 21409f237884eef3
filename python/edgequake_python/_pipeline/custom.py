"""Providers written in Python: ``custom_provider_map`` and `CustomLLM`."""

from __future__ import annotations

from .. import exceptions
from .._course import Step
from .call import Call
from .custom_stream import CustomStream
from .local import LocalMeta, attach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._course import Course
    from .call import Proceed

#: Operation, and whether it streams: the handler's blocking method and its asynchronous one.
_METHODS = {
    ("chat", False): ("completion", "acompletion"),
    ("chat", True): ("streaming", "astreaming"),
    ("embed", False): ("embedding", "aembedding"),
    ("image_generation", False): ("image_generation", "aimage_generation"),
    ("image_edit", False): ("image_edit", "aimage_edit"),
}

#: Arguments that are not among the handler's ``optional_params``.
_OWN = frozenset(
    (
        "model",
        "messages",
        "input",
        "prompt",
        "image",
        "api_key",
        "api_base",
        "base_url",
        "timeout",
        "request_timeout",
        "headers",
        "extra_headers",
        "custom_llm_provider",
        "num_retries",
        "max_retries",
        "drop_params",
        "metadata",
        "litellm_metadata",
        "logger_fn",
        "client",
        "acompletion",
    )
)

_BY_STATUS: dict[int, Any] = {
    400: exceptions.BadRequestError,
    401: exceptions.AuthenticationError,
    402: exceptions.PaymentRequiredError,
    403: exceptions.PermissionDeniedError,
    404: exceptions.NotFoundError,
    408: exceptions.Timeout,
    409: exceptions.BadRequestError,
    413: exceptions.BadRequestError,
    422: exceptions.BadRequestError,
    429: exceptions.RateLimitError,
    500: exceptions.InternalServerError,
    502: exceptions.BadGatewayError,
    503: exceptions.ServiceUnavailableError,
    504: exceptions.Timeout,
}


def handler_of(call: Call) -> tuple[str, str, Any] | None:
    """Provider, bare model and handler, when the call is for one of the map's providers."""
    model, named = call.model, call.get("custom_llm_provider")
    for item in call.settings.get("custom_provider_map") or ():
        provider, handler = item["provider"], item["custom_handler"]
        prefixed = model.startswith(f"{provider}/")
        if named == provider or (named is None and prefixed):
            return provider, model[len(provider) + 1 :] if prefixed else model, handler
    return None


def stage(call: Call, proceed: Proceed) -> Course:
    """Let the handler answer, when the call is for one."""
    found = handler_of(call)
    if found is None:
        return (yield from proceed(call))
    provider, model, handler = found
    if call.get("dry_run"):
        raise exceptions.BadRequestError(
            message="a custom provider sends what it likes; there is no request to show with dry_run",
            model=model,
            llm_provider=provider,
        )
    names = _METHODS.get((call.operation, call.streamed))
    if names is None:
        raise exceptions.BadRequestError(
            message=f"a custom provider does not do {call.operation}", model=model, llm_provider=provider
        )
    meta = LocalMeta(provider, model)
    arguments = _arguments(call, model)
    try:
        answer = yield _step(handler, names, arguments, call)
    except Exception as error:
        raise raised(error, provider, model) from error
    if call.streamed:
        return CustomStream(answer, meta, call.get("stream_options")).wrapper()
    if hasattr(answer, "_privates"):
        if answer.get("model") is None:
            answer.model = model
        attach(answer, meta)
    return answer


def _step(handler: Any, names: tuple[str, str], arguments: dict[str, Any], call: Call) -> Step:
    from ..llms.custom_llm import CustomLLM

    blocking: Callable[..., Any] = getattr(handler, names[0])
    asynchronous: Callable[..., Any] = getattr(handler, names[1])
    only_blocking = getattr(type(handler), names[1], None) is getattr(CustomLLM, names[1])

    async def wait() -> Any:
        if only_blocking:
            import asyncio
            import contextvars

            run = contextvars.copy_context().run
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(None, lambda: run(blocking, **arguments))
        result = asynchronous(**arguments)
        return await result if hasattr(result, "__await__") else result

    return Step(lambda: blocking(**arguments), wait)


def _arguments(call: Call, model: str) -> dict[str, Any]:
    """What LiteLLM's handlers are called with."""
    from .. import types

    given = {name: value for name, value in call.arguments.items() if value is not None}
    params = {name: value for name, value in given.items() if name not in _OWN}
    if call.streamed:
        params["stream"] = True
    shared = {
        "model": model,
        "api_key": given.get("api_key"),
        "api_base": given.get("api_base") or given.get("base_url"),
        "optional_params": params,
        "litellm_params": {"metadata": given.get("metadata") or {}, "custom_llm_provider": None},
        "logging_obj": None,
        "print_verbose": _silent,
        "timeout": given.get("timeout") or given.get("request_timeout"),
    }
    if call.operation == "embed":
        return {**shared, "input": given.get("input"), "model_response": types.EmbeddingResponse()}
    if call.operation != "chat":
        subject: dict[str, Any] = {name: given[name] for name in ("prompt", "image") if name in given}
        return {**shared, **subject, "model_response": None, "client": given.get("client")}
    return {
        **shared,
        "messages": given.get("messages"),
        "custom_prompt_dict": call.settings.get("custom_prompt_dict") or {},
        "model_response": types.ModelResponse(model=model),
        "encoding": None,
        "acompletion": call.asynchronous,
        "logger_fn": given.get("logger_fn"),
        "headers": {**(given.get("headers") or {}), **(given.get("extra_headers") or {})},
        "client": given.get("client"),
    }


def _silent(*text: object) -> None:
    """LiteLLM hands out a function that prints; ours says nothing."""


def raised(error: Exception, provider: str, model: str) -> Exception:
    """A handler's exception as a program expects it: by status, if it has one."""
    if isinstance(error, (exceptions.EdgeQuakeError, exceptions.BudgetExceededError)):
        return error
    status = getattr(error, "status_code", None)
    text = getattr(error, "message", None) or str(error)
    about: dict[str, Any] = {"model": model, "llm_provider": provider}
    if not isinstance(status, int):
        return exceptions.APIConnectionError(message=f"{type(error).__name__}: {text}", **about)
    cls = _BY_STATUS.get(status)
    if cls is None:
        return exceptions.APIError(status_code=status, message=text, **about)
    if cls is exceptions.PermissionDeniedError:
        about["response"] = None
    if cls is exceptions.Timeout:
        about["exception_status_code"] = status
    mapped: Exception = cls(message=text, **about)
    return mapped
