"""From a function's arguments to the core and back: the one way that every operation takes."""

from __future__ import annotations

import sys

from . import _eq_core
from ._api_errors import APIConnectionError
from .streaming import CustomStreamWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Callable, TypeVar

    from ._eq_core import AsyncStream, Begun, SyncStream

    T = TypeVar("T")
    #: From an answer (JSON, text or bytes) and its meta to a response.
    Make = Callable[[Any, Any], T]
    #: From the core's stream to what the caller gets.
    MakeStream = Callable[[Any], T]

# The package's own attributes: what a program assigns there counts at its next call.
_settings = sys.modules[__package__].__dict__

#: Arguments that ask for something around the call. None of them is the provider's; see `_pipeline`.
AROUND = frozenset(
    (
        "assistant_continue_message",
        "base_model",
        "bos_token",
        "budgets",
        "cache",
        "cache_control_injection_points",
        "cache_creation_input_token_cost",
        "cache_key",
        "cache_read_input_token_cost",
        "caching",
        "callbacks",
        "client",
        "context_window_fallback_dict",
        "custom_prompt_dict",
        "dry_run",
        "ensure_alternating_roles",
        "eos_token",
        "failure_callback",
        "fallbacks",
        "final_prompt_value",
        "guardrails",
        "hf_model_name",
        "initial_prompt_value",
        "input_cost_per_second",
        "input_cost_per_token",
        "litellm_credential_name",
        "litellm_system_prompt",
        "logger_fn",
        "merge_reasoning_content_in_choices",
        "mock_delay",
        "mock_response",
        "mock_timeout",
        "mock_tool_calls",
        "model_alias_map",
        "output_cost_per_second",
        "output_cost_per_token",
        "prompt_id",
        "provider_specific_header",
        "retry_policy",
        "roles",
        "success_callback",
        "supports_system_message",
        "use_litellm_proxy",
        "user_continue_message",
    )
)

#: Module attributes that do the same for every call while they hold something.
AROUND_ATTRIBUTES = (
    "callbacks",
    "success_callback",
    "failure_callback",
    "input_callback",
    "_async_success_callback",
    "_async_failure_callback",
    "cache",
    "max_budget",
    "budgets",
    "custom_provider_map",
    "model_alias_map",
    "model_fallbacks",
    "pre_call_rules",
    "post_call_rules",
    "custom_prompt_dict",
    "enable_json_schema_validation",
    "use_litellm_proxy",
    "set_verbose",
)


#: Whose the models are that a program has registered under bare names; see `register_model`.
owners: dict[str, str] = {}


class Own(dict):  # type: ignore[type-arg]
    """Arguments of a call that is made with settings of its own, those of a client."""

    settings: dict[str, Any] = _settings


class Around(Own):
    """Arguments of a call that asks for more than to be sent."""


def with_settings(arguments: Mapping[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A copy of a call's arguments that asks for nothing more than to be sent."""
    if settings is _settings:
        return dict(arguments)
    own = Own(arguments)
    own.settings = settings
    return own


def _held(arguments: dict[str, Any]) -> dict[str, Any]:
    """What a call is made with."""
    if type(arguments) is dict:
        return _settings
    settings: dict[str, Any] = arguments.settings  # type: ignore[attr-defined]
    return settings


def _asks_for_more(given: Mapping[str, Any], held: dict[str, Any]) -> Any:
    """Whether anything around the call is wanted; every call pays for this, so it is spelt out."""
    try:
        return (
            not AROUND.isdisjoint(given)
            or held["callbacks"]
            or held["success_callback"]
            or held["failure_callback"]
            or held["input_callback"]
            or held["_async_success_callback"]
            or held["_async_failure_callback"]
            or held["cache"]
            or held["max_budget"]
            or held["budgets"]
            or held["custom_provider_map"]
            or held["model_alias_map"]
            or held["model_fallbacks"]
            or held["pre_call_rules"]
            or held["post_call_rules"]
            or held["custom_prompt_dict"]
            or held["enable_json_schema_validation"]
            or held["use_litellm_proxy"]
            or held["set_verbose"]
        )
    except KeyError:  # somebody deleted an attribute
        return True


def gather(parameters: dict[str, Any], asks: object = None) -> dict[str, Any]:
    """The arguments of a call, from the ``locals()`` of a function with parameters and ``kwargs``.

    ``asks`` is true when a named parameter asks for something around the call, as names in `AROUND` do.
    None stands for "not given" and is left out by the core. The values are neither copied nor changed.
    """
    kwargs = parameters["kwargs"]
    held = kwargs.get("_held")
    # A copy: until Python 3.13 the dict is the frame's own, which a debugger fills again when it looks.
    if asks or _asks_for_more(kwargs, _settings if held is None else held):
        # What is not given is most of it, and is left out before anything looks at it.
        arguments: dict[str, Any] = Around(
            {name: value for name, value in parameters.items() if value is not None}
        )
    else:
        arguments = {**parameters} if held is None else Own(parameters)
    del arguments["kwargs"]
    arguments.update(kwargs)
    given = arguments.get("response_format")
    if isinstance(given, type):
        from .structured import response_format

        arguments["response_format"] = response_format(given)
    if owners and not arguments.get("custom_llm_provider"):
        model = arguments.get("model")
        if isinstance(model, str) and model in owners:
            arguments["custom_llm_provider"] = owners[model]
    if held is not None:
        del arguments["_held"]
        arguments.settings = held  # type: ignore[attr-defined]
    return arguments


def load_types() -> None:
    """Import the response classes, and pydantic with them; on a thread beside the first asynchronous call."""
    global _types_are_loaded
    try:
        from .types import trusted  # noqa: F401
    finally:
        # Calls that wait for the classes must learn of a failure too: they will meet it themselves.
        _eq_core.types_loaded()
    _types_are_loaded = True


_types_are_loaded = False


def _around() -> Any:
    """The chain around a call, imported when the first call asks for it."""
    _refuse_at_the_end()
    from . import _pipeline

    return _pipeline


def _refuse_at_the_end() -> None:
    """Where something may have to be imported: while the interpreter goes that cannot be done any more."""
    if sys.is_finalizing():
        raise APIConnectionError("the program has ended: no call can be made any more", None, None)


def send(operation: str, arguments: dict[str, Any]) -> Any:
    """One plain call; blocks without the GIL."""
    if type(arguments) is Around:
        return _around().run(operation, arguments)
    if _types_are_loaded:
        return _eq_core.send(operation, arguments, _held(arguments))
    _refuse_at_the_end()
    return _first(_eq_core.begin(operation, False, arguments, _held(arguments)))


def _first(begun: Begun) -> Any:
    """The first call: it is under way while the response classes are imported here, by Python itself."""
    try:
        threading = sys.modules.get("threading")
        if threading is not None and threading.current_thread().daemon:
            _load_elsewhere(threading)
        load_types()
    except BaseException:
        begun.abandon()
        raise
    return begun.finish()


def _load_elsewhere(threading: Any) -> None:
    """Import the response classes on a thread that the interpreter waits for before it ends.

    A daemon thread it ends wherever it stands, and amid pydantic's own core that tears the process.
    """
    import contextlib

    def load() -> None:
        # Whoever waits for the classes meets what goes wrong here too.
        with contextlib.suppress(BaseException):
            load_types()

    thread = threading.Thread(target=load, name="edgequake-import", daemon=False)
    try:
        thread.start()
    except RuntimeError:  # the program is ending, or can have no more threads
        return
    thread.join()


async def send_async(operation: str, arguments: dict[str, Any]) -> Any:
    """One plain call; cancelling it closes its connection."""
    if type(arguments) is Around:
        return await _around().run_async(operation, arguments)
    pending = _eq_core.send_async(operation, arguments, _held(arguments))
    try:
        return await pending.future
    except BaseException:
        pending.abort()
        raise


def stream(arguments: dict[str, Any]) -> CustomStreamWrapper:
    """One streamed chat call; returns when the answer has begun."""
    if type(arguments) is Around:
        wrapper: CustomStreamWrapper = _around().run("chat", arguments, streamed=True)
        return wrapper
    if _types_are_loaded:
        return _wrap(_eq_core.stream("chat", arguments, _held(arguments)), arguments)
    _refuse_at_the_end()
    return _wrap(_first(_eq_core.begin("chat", True, arguments, _held(arguments))), arguments)


async def stream_async(arguments: dict[str, Any]) -> CustomStreamWrapper:
    """As `stream`; cancelling it closes its connection."""
    if type(arguments) is Around:
        wrapper: CustomStreamWrapper = await _around().run_async("chat", arguments, streamed=True)
        return wrapper
    pending = _eq_core.stream_async("chat", arguments, _held(arguments))
    try:
        core = await pending.future
    except BaseException:
        pending.abort()
        raise
    return _wrap(core, arguments)


def _wrap(core: SyncStream | AsyncStream, arguments: dict[str, Any]) -> CustomStreamWrapper:
    wrapper = CustomStreamWrapper(
        core,
        core.meta.model,
        custom_llm_provider=core.meta.provider,
        stream_options=arguments.get("stream_options"),
    )
    wrapper._messages = arguments.get("messages")
    return wrapper


def ask(operation: str, arguments: dict[str, Any], make: Make[T]) -> T:
    """One plain call of another operation; ``make`` builds the response of its answer and meta."""
    if type(arguments) is Around:
        answer: T = _around().run(operation, arguments, make=make)
        return answer
    return make(*send(operation, arguments))


async def ask_async(operation: str, arguments: dict[str, Any], make: Make[T]) -> T:
    """As `ask`; cancelling it closes its connection."""
    if type(arguments) is Around:
        answer: T = await _around().run_async(operation, arguments, make=make)
        return answer
    return make(*await send_async(operation, arguments))


def open_stream(operation: str, arguments: dict[str, Any], make: MakeStream[T]) -> T:
    """One streamed call of another operation; returns when the answer has begun."""
    if type(arguments) is Around:
        stream: T = _around().run(operation, arguments, streamed=True, make=make)
        return stream
    if _types_are_loaded:
        return make(_eq_core.stream(operation, arguments, _held(arguments)))
    _refuse_at_the_end()
    return make(_first(_eq_core.begin(operation, True, arguments, _held(arguments))))


async def open_stream_async(operation: str, arguments: dict[str, Any], make: MakeStream[T]) -> T:
    """As `open_stream`; cancelling it closes its connection."""
    if type(arguments) is Around:
        stream: T = await _around().run_async(operation, arguments, streamed=True, make=make)
        return stream
    pending = _eq_core.stream_async(operation, arguments, _held(arguments))
    try:
        core = await pending.future
    except BaseException:
        pending.abort()
        raise
    return make(core)


async def on_a_thread(function: Any, *arguments: Any) -> Any:
    """``function(*arguments)`` on another thread: for files, which may be slow to read."""
    import asyncio

    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)
