"""Limits of time and number: a time limit for a function, calls at once from rates."""

from __future__ import annotations

from .exceptions import Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Callable, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def timeout(
    timeout_duration: float = 0.0, exception_to_raise: type[BaseException] = Timeout
) -> Callable[[F], F]:
    """A decorator that gives up on a function after a time.

    A blocking function goes on by itself on its thread; a coroutine is cancelled. Without a duration the
    call's own ``force_timeout`` counts, else there is no limit.
    """

    def decorate(function: Any) -> Any:
        import functools
        import inspect

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def limited_async(*args: Any, **kwargs: Any) -> Any:
                import asyncio

                limit = timeout_duration or kwargs.get("force_timeout")
                try:
                    return await asyncio.wait_for(function(*args, **kwargs), limit or None)
                except asyncio.TimeoutError:
                    raise _late(exception_to_raise, limit, args, kwargs) from None

            return limited_async

        @functools.wraps(function)
        def limited(*args: Any, **kwargs: Any) -> Any:
            limit = timeout_duration or kwargs.get("force_timeout")
            return _within(limit, exception_to_raise, function, args, kwargs)

        return limited

    return decorate


def _within(limit: Any, late: Any, function: Any, args: Any, kwargs: Any) -> Any:
    import contextvars
    import threading

    if not limit:
        return function(*args, **kwargs)
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((True, function(*args, **kwargs)))
        except BaseException as error:
            outcome.append((False, error))

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join(limit)
    if not outcome:
        raise _late(late, limit, args, kwargs)
    succeeded, result = outcome[0]
    if succeeded:
        return result
    raise result


def _late(kind: Any, limit: Any, args: Any, kwargs: Any) -> BaseException:
    text = f"the call took longer than {limit} s"
    if issubclass(kind, Timeout):
        model = kwargs.get("model") or (args[0] if args and isinstance(args[0], str) else "")
        provider = kwargs.get("custom_llm_provider") or ""
        late: BaseException = kind(message=text, model=model, llm_provider=provider)
        return late
    error: BaseException = kind(text)
    return error


def calculate_max_parallel_requests(
    max_parallel_requests: int | None,
    rpm: int | None,
    tpm: int | None,
    default_max_parallel_requests: int | None,
) -> int | None:
    """How many calls may be under way: as given, else as many as a minute allows, else the default."""
    if max_parallel_requests is not None:
        return max_parallel_requests
    if rpm is not None:
        return rpm
    if tpm is not None:
        # Six calls a minute for every thousand tokens, the ratio of OpenAI's limits.
        return max(tpm // 1000 * 6, 1)
    return default_max_parallel_requests


def get_base_model_from_metadata(model_call_details: Mapping[str, Any] | None = None) -> str | None:
    """The ``base_model`` that a call, or its deployment, names."""
    params = (model_call_details or {}).get("litellm_params") or {}
    if params.get("base_model"):
        return str(params["base_model"])
    for name in ("metadata", "litellm_metadata"):
        found = ((params.get(name) or {}).get("model_info") or {}).get("base_model")
        if found:
            return str(found)
    return None
