"""The program's own say over what is asked and answered: ``pre_call_rules`` and ``post_call_rules``."""

from __future__ import annotations

from ..exceptions import APIResponseValidationError
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Callable

    from .._course import Course
    from ..types import ModelResponseStream
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Ask each rule; one that says no ends the call."""
    before = list(call.settings.get("pre_call_rules") or ())
    if before:
        _ask(before, _prompt(call), call, "LLM Response failed pre-call-rule check")
    answer = yield from proceed(call)
    after = list(call.settings.get("post_call_rules") or ())
    if not after:
        return answer
    if call.streamed and call.operation == "chat":
        return _Checked(answer, after, call).wrapper()
    choices = answer.get("choices") if hasattr(answer, "get") else None
    for choice in choices or ():
        text = choice.get("text") or (choice.get("message") or {}).get("content")
        if isinstance(text, str):
            _ask(after, text, call, "LLM Response failed post-call-rule check")
    return answer


def _prompt(call: Call) -> str:
    """All that is asked, as text."""
    pieces: list[str] = []
    for message in call.get("messages") or ():
        content = message.get("content") if hasattr(message, "get") else None
        if isinstance(content, str):
            pieces.append(content)
        elif isinstance(content, list):
            pieces.extend(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
    given = call.get("prompt") if pieces == [] else None
    if given is None and not pieces:
        given = call.get("input")
    if isinstance(given, str):
        pieces.append(given)
    elif isinstance(given, (list, tuple)):
        pieces.extend(item for item in given if isinstance(item, str))
    return "".join(pieces)


def _ask(rules: list[Callable[[str], Any]], text: str, call: Call, refusal: str) -> None:
    for rule in rules:
        said = rule(text)
        if isinstance(said, dict):
            refused, message = not said.get("decision", True), said.get("message") or refusal
        else:
            refused, message = said is False, refusal
        if refused:
            raise APIResponseValidationError(message=message, llm_provider="", model=call.model)


class _Checked(Relay):
    """A stream whose whole text is checked at its end."""

    def __init__(self, stream: Any, rules: list[Callable[[str], Any]], call: Call) -> None:
        super().__init__(stream)
        self._rules, self._call = rules, call
        self._texts: dict[int, list[str]] = {}

    def passed(self, chunk: ModelResponseStream) -> Iterable[ModelResponseStream]:
        for choice in chunk.choices:
            if choice.delta.content:
                self._texts.setdefault(choice.index, []).append(choice.delta.content)
        return (chunk,)

    def ended(self) -> Iterable[ModelResponseStream]:
        for pieces in self._texts.values():
            _ask(self._rules, "".join(pieces), self._call, "LLM Response failed post-call-rule check")
        return ()
