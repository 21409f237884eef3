"""What a call may cost: held before it is sent, settled when its end is known."""

from __future__ import annotations

from .._course import Step
from .._endings import ENDINGS
from ..budget import Budgets
from ..cost_estimate import Estimate
from ..response_cost import of_response
from .call import Call, settings
from .core import provider_of
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .._course import Course
    from ..state import Reservation
    from ..types import ModelResponseStream
    from .call import Proceed


class _Global:
    """The budget that the package's attribute ``max_budget`` is, spent into ``_current_cost``."""

    def __init__(self) -> None:
        self.budgets = Budgets()
        self._written = 0.0

    def with_limit(self, amount: float) -> Budgets:
        self.budgets.set("all", amount)
        # A program sets the attribute to begin anew, or to go on from where it was.
        assigned = float(settings.get("_current_cost") or 0.0)
        if assigned != self._written:
            held = self.budgets.holds(["all"], self._written)
            self.budgets.settle(_reservation(held), assigned)
            self._written = assigned
        return self.budgets

    def publish(self) -> None:
        self._written = settings["_current_cost"] = self.budgets.spent()


def _reservation(holds: list[Any]) -> Reservation:
    from ..state import Reservation

    return Reservation("budgets", tuple(holds), False)


_GLOBAL = _Global()


def stage(call: Call, proceed: Proceed) -> Course:
    """Hold what the call may cost in every budget that it belongs to, or refuse it."""
    given = call.get("budgets")
    plain = call.but("budgets")
    everywhere = [budgets for budgets in (call.settings.get("budgets"), given) if budgets is not None]
    if call.settings.get("max_budget"):
        everywhere.append(_GLOBAL.with_limit(float(call.settings["max_budget"])))
    provider, model = provider_of(call)
    estimate = Estimate(call.operation, call.arguments, provider, model)
    keys = _keys(call, provider)
    held: list[tuple[Budgets, Reservation]] = []
    try:
        for budgets in everywhere:
            reservation = yield _reserving(budgets, keys, estimate, call.model)
            if reservation is not None:
                held.append((budgets, reservation))
        answer = yield from proceed(plain)
    except Exception:
        for budgets, reservation in held:
            yield _settling(budgets, reservation, 0.0)
        _publish(everywhere)
        raise
    except BaseException:
        # Nobody waits for the answer any more, but the provider may have read the question.
        for budgets, reservation in held:
            budgets.settle_soon(reservation, estimate.of(0))
        _publish(everywhere)
        raise
    if call.streamed and call.operation == "chat":
        metered = _Metered(answer, held, estimate, everywhere)
        ENDINGS.expect(metered)
        return metered.wrapper()
    if call.streamed and hasattr(answer, "_watchers"):
        answer._watch(_Meter(held, estimate, everywhere))
        ENDINGS.expect(answer)
        return answer
    cost = _cost_of(call, answer[0] if isinstance(answer, tuple) else answer)
    for budgets, reservation in held:
        yield _settling(budgets, reservation, cost or 0.0)
    _publish(everywhere)
    return answer


def _cost_of(call: Call, answer: Any) -> float | None:
    """What the answer cost, by the prices that came with the call when some did."""
    names = ("input_cost_per_token", "output_cost_per_token")
    prices = {name: call.get(name) for name in names if call.get(name) is not None}
    if not prices:
        return of_response(answer)
    from ..cost import completion_cost

    try:
        return completion_cost(answer, custom_cost_per_token=prices)
    except Exception:  # nobody can tell what it cost; the call has gone well all the same
        return None


def _reserving(budgets: Budgets, keys: list[str], estimate: Estimate, model: str) -> Step:
    holds = budgets.holds(keys, estimate.most())
    if not holds:

        async def nothing() -> None:
            return None

        return Step(lambda: None, nothing)
    guessed = estimate.is_guessed
    return Step(
        lambda: budgets.reserve(holds, model, guessed), lambda: budgets.reserve_async(holds, model, guessed)
    )


def _settling(budgets: Budgets, reservation: Reservation, cost: float) -> Step:
    return Step(lambda: budgets.settle(reservation, cost), lambda: budgets.settle_async(reservation, cost))


def _publish(everywhere: list[Budgets]) -> None:
    if _GLOBAL.budgets in everywhere:
        _GLOBAL.publish()


def _keys(call: Call, provider: str) -> list[str]:
    """Names of the budgets that a call belongs to."""
    metadata: dict[str, Any] = {}
    for name in ("litellm_metadata", "metadata"):
        given = call.get(name)
        metadata.update({key: given[key] for key in given if given[key]} if isinstance(given, dict) else {})
    keys = ["all", f"provider:{provider}"]
    model_info = metadata.get("model_info") or call.get("model_info")
    identity = model_info.get("id") if isinstance(model_info, dict) else None
    if identity:
        keys.append(f"deployment:{identity}")
    tags = metadata.get("tags") or call.get("tags") or ()
    keys.extend(f"tag:{tag}" for tag in dict.fromkeys(tags) if isinstance(tag, str))
    user = call.get("user") or metadata.get("user_id")
    if isinstance(user, str):
        keys.append(f"user:{user}")
    return keys


class _Metered(Relay):
    """A stream that is settled when it ends, in whatever way."""

    def __init__(
        self,
        stream: Any,
        held: list[tuple[Budgets, Reservation]],
        estimate: Estimate,
        everywhere: list[Budgets],
    ) -> None:
        super().__init__(stream)
        self._held, self._estimate, self._everywhere = held, estimate, everywhere
        self._texts: list[str] = []

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        for choice in chunk.choices:
            delta = choice.delta
            for text in (delta.content, delta.get("reasoning_content")):
                if isinstance(text, str):
                    self._texts.append(text)
            for tool_call in delta.tool_calls or ():
                self._texts.append(getattr(getattr(tool_call, "function", None), "arguments", None) or "")
        return (chunk,)

    def _cost(self) -> float:
        from ..response_cost import of_usage

        usage = self.stream._counted
        known = None if usage is None else of_usage(usage, self.stream._hidden_params)
        return self._estimate.of_text("".join(self._texts)) if known is None else known

    def _settle(self) -> None:
        cost, held = self._cost(), self._held
        self._held = []
        for budgets, reservation in held:
            budgets.settle_soon(reservation, cost)
        _publish(self._everywhere)

    def ended(self) -> Iterable[ModelResponseStream]:
        self._settle()
        return ()

    async def ended_async(self) -> Iterable[ModelResponseStream]:
        cost, held = self._cost(), self._held
        self._held = []
        for budgets, reservation in held:
            await budgets.settle_async(reservation, cost)
        _publish(self._everywhere)
        return ()

    def failed(self, error: BaseException) -> None:
        self._settle()

    def left(self) -> None:
        self._settle()


class _Meter:
    """What `_Metered` is for the streams of events beside chat: told how one ended, it settles."""

    def __init__(
        self, held: list[tuple[Budgets, Reservation]], estimate: Estimate, everywhere: list[Budgets]
    ) -> None:
        self._held, self._estimate, self._everywhere = held, estimate, everywhere

    def ended(self, stream: Any) -> None:
        cost = stream._hidden_params.get("response_cost")
        if cost is None:
            cost = self._estimate.of_text("".join(stream._said))
        for budgets, reservation in self._held:
            budgets.settle_soon(reservation, cost)
        _publish(self._everywhere)

    def failed(self, stream: Any, error: BaseException) -> None:
        self.ended(stream)

    left = ended
