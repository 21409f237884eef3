"""Many calls at once: one model and many conversations, or many models and one conversation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable


def batch_completion(
    model: str,
    messages: Sequence[Any] = (),
    functions: Sequence[Any] | None = None,
    function_call: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stop: Any = None,
    max_tokens: int | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: dict[str, float] | None = None,
    user: str | None = None,
    deployment_id: str | None = None,
    request_timeout: int | None = None,
    timeout: Any = 600,
    max_workers: int | None = 100,
    **kwargs: Any,
) -> list[Any]:
    """`completion` for each of many conversations, on threads.

    Args:
        model: as for `completion`; all are asked of it.
        messages: the conversations, each a list of messages.
        max_workers: calls under way at once.
        timeout: seconds, for each.
        functions: this and all others as for `completion`.
        function_call: as for `completion`.
        temperature: as for `completion`.
        top_p: as for `completion`.
        n: as for `completion`.
        stream: as for `completion`.
        stop: as for `completion`.
        max_tokens: as for `completion`.
        presence_penalty: as for `completion`.
        frequency_penalty: as for `completion`.
        logit_bias: as for `completion`.
        user: as for `completion`.
        deployment_id: as for `completion`.
        request_timeout: as for `completion`.
        **kwargs: as for `completion`.

    Returns:
        The answers in the order of the conversations; in the place of one that failed, its exception.
    """
    given = {
        "functions": functions,
        "function_call": function_call,
        "temperature": temperature,
        "top_p": top_p,
        "n": n,
        "stream": stream,
        "stop": stop,
        "max_tokens": max_tokens,
        "presence_penalty": presence_penalty,
        "frequency_penalty": frequency_penalty,
        "logit_bias": logit_bias,
        "user": user,
        "deployment_id": deployment_id,
        "request_timeout": request_timeout,
        "timeout": timeout,
        **kwargs,
    }
    from . import completion

    def ask(conversation: Any) -> Any:
        try:
            return completion(model, conversation, **given)
        except Exception as error:
            return error

    return _each(ask, list(messages), max_workers)


def batch_completion_models(*args: Any, **kwargs: Any) -> Any:
    """`completion` of several models at once; the first good answer.

    Args:
        *args: as for `completion`.
        **kwargs: as for `completion`, with ``models``, a list of models, or ``deployments``, a list of dicts
            of arguments that win over the others.

    Raises:
        The last one's error, when none succeeds.
    """
    from . import completion
    from ._pipeline.race import first

    calls = _variants(args, kwargs)
    return first([lambda one=one: completion(**one) for one in calls])  # type: ignore[misc]


def batch_completion_models_all_responses(*args: Any, **kwargs: Any) -> list[Any]:
    """`completion` of several models at once; all good answers, in the models' order."""
    from . import completion

    def ask(one: dict[str, Any]) -> Any:
        try:
            return completion(**one)
        except Exception as error:
            return error

    answers = _each(ask, _variants(args, kwargs), None)
    good = [answer for answer in answers if not isinstance(answer, Exception)]
    if answers and not good:
        raise answers[-1]
    return good


def _variants(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[dict[str, Any]]:
    from .exceptions import BadRequestError

    given = dict(zip(("model", "messages"), args), **kwargs)
    models, deployments = given.pop("models", None), given.pop("deployments", None)
    if deployments:
        return [{**given, **deployment} for deployment in deployments]
    if models is None and isinstance(given.get("model"), (list, tuple)):
        models = given["model"]
    if isinstance(models, str):
        models = [models]
    if not models:
        raise BadRequestError(
            message="neither models nor deployments are given", model=str(given.get("model")), llm_provider=""
        )
    return [{**given, "model": model} for model in models]


def _each(ask: Callable[[Any], Any], items: Sequence[Any], workers: int | None) -> list[Any]:
    """``ask(item)`` of every item, on threads that see the caller's context variables."""
    import contextvars
    from concurrent.futures import ThreadPoolExecutor

    if not items:
        return []
    with ThreadPoolExecutor(max_workers=max(1, min(len(items), workers or len(items)))) as pool:
        contexts = [contextvars.copy_context() for _ in items]
        return list(pool.map(lambda context, item: context.run(ask, item), contexts, items))
