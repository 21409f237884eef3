"""Those who watch: what callbacks are told of a call, and what of it they may change."""

from __future__ import annotations

import uuid
from functools import partial

from .._course import Step
from ..exceptions import UnsupportedParamsError
from ..integrations.custom_logger import overrides
from ..observers.delivery import DELIVERY
from ..observers.events import Events
from ..observers.hooks import ask
from ..observers.payload import Subject
from ..observers.registry import listeners
from .call import Call
from .core import provider_of
from .gathered import answer_of, gathered
from .local import KnownMeta, NamedMeta
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Callable

    from .._course import Course
    from ..types import ModelResponseStream
    from .call import Proceed

    Hidden = Callable[[], Mapping[str, Any]]

#: LiteLLM's names of operations by the core's, where they differ.
_CALL_TYPES = {"chat": "completion", "embed": "embedding", "messages": "anthropic_messages"}
#: The hook by which callbacks change what a coroutine reads of a stream, part by part.
_EACH_PART = "async_post_call_streaming_deployment_hook"
_OWN = ("callbacks", "success_callback", "failure_callback", "logger_fn", "prompt_id", "prompt_variables")


def stage(call: Call, proceed: Proceed) -> Course:
    """Tell of the call, let it be changed by those who may, and tell how it went."""
    heard = listeners(call.arguments, call.settings)
    plain = call.but(*_OWN, "prompt_label", "prompt_version", "guardrails")
    _refuse_unknown_guardrails(call, heard.objects)
    if call.get("prompt_id") is not None:
        plain = yield from _prompted(call, plain, heard.objects)
    unheard = call.get("no-log") is True and not call.settings.get("global_disable_no_log_param")
    if not heard or unheard:
        return (yield from proceed(plain))
    kind = _CALL_TYPES.get(call.operation, call.operation)
    if call.asynchronous and call.operation != "messages":
        kind = f"a{kind}"
    identity = call.get("litellm_call_id") or str(uuid.uuid4())
    trace = call.get("litellm_trace_id") or identity
    inline = [one for one in heard.objects if _is_inline(one)] if call.asynchronous else []
    for one in inline:
        plain = yield from _changed(one, plain, kind)
    provider, model = _who(plain)
    given = {**call.arguments, **plain.arguments}
    events = Events(
        Subject(kind, given, provider, model, call.streamed, identity, trace), heard, call.asynchronous
    )
    events.about_to_be_sent()
    try:
        answer = yield from proceed(plain)
    except BaseException as error:
        events.failed(error, _what_it_cost(plain, provider, model, error))
        if isinstance(error, Exception):
            for one in inline:
                yield from _told_of_failure(one, plain, error, kind)
        raise
    changing = [one for one in heard.objects if overrides(one, _EACH_PART)] if call.asynchronous else []
    if call.streamed and call.operation == "chat":
        watched = _Watched(answer, events, plain, (provider, model))
        watched.change_by(changing, kind)
        DELIVERY.expect(watched)
        wrapper = watched.wrapper()
        wrapper._hidden_params["litellm_call_id"] = identity
        return wrapper
    if call.streamed and hasattr(answer, "_watchers"):
        gathered(answer, call.operation)
        if changing and hasattr(answer, "_changed"):
            answer._changed = partial(_changed_part, changing, plain, kind)
        answer._watch(_End(events, plain, (provider, model)))
        DELIVERY.expect(answer)
        return _named(answer, identity)
    for one in inline:
        answer = yield from _replaced(one, plain, answer, kind)
    answer = _named(answer, identity)
    events.succeeded(lambda: (answer[0] if isinstance(answer, tuple) else answer, lambda: _hidden(answer)))
    return answer


def _refuse_unknown_guardrails(call: Call, objects: list[Any]) -> None:
    """A check that is asked for and cannot be made must not be taken for one that was passed."""
    known = {getattr(one, "guardrail_name", None) for one in objects}
    for asked in call.get("guardrails") or ():
        name = next(iter(asked), None) if isinstance(asked, dict) else asked
        if name not in known:
            raise UnsupportedParamsError(
                message=f"guardrails: there is no CustomGuardrail named {name!r} among the callbacks",
                model=call.model,
                llm_provider="",
            )


def _who(call: Call) -> tuple[str, str]:
    try:
        return provider_of(call)
    except Exception:
        # What names no provider fails in the core, and that is told too.
        return str(call.get("custom_llm_provider") or ""), call.model


def _hidden(answer: Any) -> Mapping[str, Any]:
    if isinstance(answer, tuple):
        known: Mapping[str, Any] = answer[1].hidden_params()
        return known
    hidden = getattr(answer, "_hidden_params", None)
    return hidden if isinstance(hidden, dict) else {}


def _named(answer: Any, identity: str) -> Any:
    """The answer, with the call's name in its ``_hidden_params``; those are not made for that."""
    if isinstance(answer, tuple):
        return (answer[0], NamedMeta(answer[1], identity), *answer[2:])
    private = getattr(answer, "__pydantic_private__", None)
    if private is not None and "_hidden_params" not in private and private.get("_meta") is not None:
        private["_meta"] = NamedMeta(private["_meta"], identity)
    elif private is None and getattr(answer, "_hidden", 0) is None and getattr(answer, "_meta", None):
        answer._meta = NamedMeta(answer._meta, identity)
    elif isinstance(hidden := getattr(answer, "_hidden_params", None), dict):
        hidden["litellm_call_id"] = identity
    return answer


def _what_it_cost(call: Call, provider: str, model: str, error: BaseException) -> Any:
    """What a call that nobody waited for has cost: its question, as far as that can be known."""
    return None if isinstance(error, Exception) else lambda: _of_the_question(call, provider, model)


def _of_the_question(call: Call, provider: str, model: str, said: str = "") -> tuple[Any, Hidden]:
    from ..cost_estimate import Estimate
    from ..tokens import token_counter
    from ..types import Usage

    estimate = Estimate(call.operation, call.arguments, provider, model)
    count, answered = estimate.prompt_tokens, token_counter(model, text=said) if said else 0
    usage = Usage(
        prompt_tokens=count, completion_tokens=answered, total_tokens=count + answered, estimated=True
    )
    return {"usage": usage}, lambda: {"response_cost": estimate.of(answered) if estimate.is_known else None}


# In line.


def _is_inline(one: Any) -> bool:
    return any(
        overrides(one, hook)
        for hook in (
            "async_pre_call_deployment_hook",
            "async_pre_request_hook",
            "async_post_call_success_deployment_hook",
            "async_post_call_failure_deployment_hook",
        )
    )


def _changed(one: Any, call: Call, kind: str) -> Course:
    """The call as a callback wants it."""
    if overrides(one, "async_pre_call_deployment_hook"):
        arguments = dict(call.arguments)
        wanted = yield Step(_never, lambda: one.async_pre_call_deployment_hook(arguments, kind))
        if isinstance(wanted, dict):
            call = _with(call, wanted)
    if overrides(one, "async_pre_request_hook"):
        given = call
        wanted = yield Step(
            _never,
            lambda: one.async_pre_request_hook(given.model, given.get("messages"), dict(given.arguments)),
        )
        if isinstance(wanted, dict):
            call = _with(call, wanted)
    return call


def _with(call: Call, arguments: dict[str, Any]) -> Call:
    """The call with other arguments and all else as it is: its client's, and answered the same way."""
    return Call(
        call.operation,
        arguments,
        call.streamed,
        asynchronous=call.asynchronous,
        make=call.make,
        held=call.settings,
    )


def _replaced(one: Any, call: Call, answer: Any, kind: str) -> Course:
    """The answer as a callback wants it."""
    if not overrides(one, "async_post_call_success_deployment_hook"):
        return answer
    wanted = yield Step(
        _never,
        lambda: ask(
            one.async_post_call_success_deployment_hook,
            request_data=dict(call.arguments),
            response=answer,
            call_type=kind,
        ),
    )
    return answer if wanted is None else wanted


async def _changed_part(changing: list[Any], call: Call, kind: str, part: Any) -> Any:
    """A chunk or an event as callbacks want it; what one of them raises leaves it as it is."""
    for one in changing:
        try:
            wanted = await one.async_post_call_streaming_deployment_hook(dict(call.arguments), part, kind)
        except Exception as error:
            DELIVERY._complain(error)
        else:
            part = part if wanted is None else wanted
    return part


def _told_of_failure(one: Any, call: Call, error: Exception, kind: str) -> Course:
    if overrides(one, "async_post_call_failure_deployment_hook"):

        async def told() -> None:
            try:
                await ask(
                    one.async_post_call_failure_deployment_hook,
                    request_data=dict(call.arguments),
                    exception=error,
                    call_type=kind,
                    fallback_depth=0,
                )
            except Exception as other:
                DELIVERY._complain(other)

        yield Step(_never, told)


def _never() -> None:
    """Hooks in line are for coroutines."""


def _prompted(call: Call, plain: Call, objects: list[Any]) -> Course:
    """The call that a prompt's id stands for, according to the first callback that manages prompts."""
    manages = ("async_get_chat_completion_prompt", "get_chat_completion_prompt")
    one = next((one for one in objects if any(overrides(one, hook) for hook in manages)), None)
    if one is None:
        raise UnsupportedParamsError(
            message="prompt_id needs a callback that manages prompts (get_chat_completion_prompt)",
            model=call.model,
            llm_provider="",
        )
    arguments = dict(plain.arguments)
    model, messages = arguments.pop("model", ""), list(arguments.pop("messages", None) or ())
    given: tuple[Any, ...] = (
        model,
        messages,
        arguments,
        call.get("prompt_id"),
        call.get("prompt_variables"),
        {},
    )
    more = {"prompt_label": call.get("prompt_label"), "prompt_version": call.get("prompt_version")}
    found = yield Step(
        lambda: one.get_chat_completion_prompt(*given, **more),
        lambda: one.async_get_chat_completion_prompt(*given, **more),
    )
    model, messages, arguments = found
    prompted = {**arguments, "model": model, "messages": messages}
    return _with(call, prompted)


class _Watched(Relay):
    """A stream of which callbacks are told: its chunks, and once how it ended."""

    def __init__(self, stream: Any, events: Events, call: Call, who: tuple[str, str]) -> None:
        super().__init__(stream)
        self._events, self._call, self._who = events, call, who
        self._chunks: list[ModelResponseStream] = []

    def change_by(self, changing: list[Any], kind: str) -> None:
        """Have these callbacks change the chunks; the answer that is told is the provider's."""
        self._waits = bool(changing)
        self._change = partial(_changed_part, changing, self._call, kind)

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        self._chunks.append(chunk)
        self._events.chunk(chunk)
        return (chunk,)

    async def passed_async(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        self._chunks.append(chunk.model_copy(deep=True))
        self._events.chunk(self._chunks[-1])
        return (await self._change(chunk),)

    def _made(self) -> tuple[Any, Hidden]:
        """The whole answer, or as much of it as has come; on the thread that tells of it."""
        from ..chunk_builder import joined

        answer = joined(self._chunks, self._call.get("messages"))
        if answer is None:
            return _of_the_question(self._call, *self._who)
        known = self.stream._counted
        if known is not None:
            answer.usage = known
        # What it cost is worked out when somebody looks at `_hidden_params`.
        answer._privates()["_meta"] = KnownMeta(*self._who, self.stream._hidden_params)
        return answer, lambda: answer._hidden_params

    def ended(self) -> Iterable[ModelResponseStream]:
        self._events.succeeded(self._made)
        return ()

    def failed(self, error: BaseException) -> None:
        self._events.failed(error, self._made)

    def left(self) -> None:
        self._events.succeeded(self._made, abandoned=True)


class _End:
    """Tells how a stream of events, of an operation beside chat, has ended."""

    def __init__(self, events: Events, call: Call, who: tuple[str, str]) -> None:
        self._events, self._call, self._who = events, call, who

    def _made(self, stream: Any) -> Callable[[], tuple[Any, Hidden]]:
        self._events.answering(stream._said_at)
        whole, known = getattr(stream, "response", None), stream._gathered
        if whole is None and getattr(stream, "usage", None) is None:
            # It ended before its provider counted: what is known is what was asked, and what was said.
            said = "".join(stream._said)
            stream._guess = lambda: _of_the_question(self._call, *self._who, said)[1]()["response_cost"]
            # One out of the cache has its cost all the same.
            cached = stream._hidden_params if stream._hidden_params.get("cache_hit") else None
            return lambda: self._guessed(said, known, cached)
        hidden = stream._hidden_params
        return lambda: (self._gathered(known, hidden) or stream if whole is None else whole, lambda: hidden)

    def _gathered(self, known: Any, hidden: dict[str, Any]) -> Any:
        """The answer that the events have told, or as much of it as has come."""
        found = None if known is None else known.whole() or known.so_far()
        return (
            None if found is None else answer_of(self._call.operation, found, KnownMeta(*self._who, hidden))
        )

    def _guessed(self, said: str, known: Any, cached: dict[str, Any] | None) -> tuple[Any, Hidden]:
        counts, hidden = _of_the_question(self._call, *self._who, said)
        if cached is not None:
            hidden = lambda: cached  # noqa: E731
        answer = self._gathered(known, {})
        if answer is None:
            return counts, hidden
        usage = counts["usage"]
        if self._call.operation == "messages":
            usage = {"input_tokens": usage.prompt_tokens, "output_tokens": usage.completion_tokens}
        answer["usage"] = usage
        return answer, hidden

    def ended(self, stream: Any) -> None:
        self._events.succeeded(self._made(stream))

    def failed(self, stream: Any, error: BaseException) -> None:
        self._events.failed(error, self._made(stream))

    def left(self, stream: Any) -> None:
        self._events.succeeded(self._made(stream), abandoned=True)
