"""A conversation: what was said, what it has cost, and its file."""

from __future__ import annotations

import json
import os
import time
from contextlib import nullcontext

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any


class Answer:
    """One answer, with its count and cost."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.content = ""
        self.finish_reason: str | None = None
        self.tokens: tuple[int, int] | None = None
        self.cost: float | None = None
        self.seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``: tokens as counts, cost in USD or None, time in seconds."""
        asked, answered = self.tokens or (None, None)
        return {
            "model": self.model,
            "content": self.content,
            "finish_reason": self.finish_reason,
            "prompt_tokens": asked,
            "completion_tokens": answered,
            "cost": self.cost,
            "seconds": round(self.seconds, 3),
        }

    def summary(self) -> str:
        """One line for people."""
        tokens = f"{self.tokens[0]} + {self.tokens[1]} tokens, " if self.tokens else ""
        cut = ", cut off at the limit of tokens" if self.finish_reason == "length" else ""
        return f"{self.model}: {tokens}{output.dollars(self.cost)}, {self.seconds:.1f} s{cut}"


class Conversation:
    """Messages with a model that can change on the way."""

    def __init__(self, model: str, options: dict[str, Any]) -> None:
        self.model = model
        self.messages: list[dict[str, Any]] = []
        self._options = options
        self._answers = 0
        self._tokens = 0
        self._cost = 0.0
        self._unknown = 0

    def instruct(self, system: str) -> None:
        """Begin with these instructions, in place of earlier ones."""
        self.messages = [said for said in self.messages if said["role"] != "system"]
        self.messages.insert(0, {"role": "system", "content": system})

    def clear(self) -> None:
        """Forget everything but the instructions."""
        self.messages = [said for said in self.messages if said["role"] == "system"]

    def ask(self, question: str, *, quiet: bool = False, markdown: bool = False) -> Answer:
        """Ask, show the answer as it comes, and remember both; a question that failed is forgotten."""
        import edgequake_python as eq

        asked = {"role": "user", "content": question}
        answer = Answer(self.model)
        begun = time.monotonic()
        stream = eq.completion(
            self.model,
            [*self.messages, asked],
            stream=True,
            stream_options={"include_usage": True},
            **self._options,
        )
        with stream, _display(quiet, markdown) as show:
            for chunk in _pieces(stream, answer):
                answer.content += chunk
                if show is not None:
                    show(chunk, answer.content)
        answer.seconds = time.monotonic() - begun
        self.messages += [asked, {"role": "assistant", "content": answer.content}]
        self._answers += 1
        self._tokens += sum(answer.tokens or ())
        self._cost += answer.cost or 0.0
        self._unknown += answer.cost is None
        return answer

    def total(self) -> str:
        """What the conversation has cost until now."""
        without = f" and {self._unknown} of unknown cost" if self._unknown else ""
        return f"{self._answers} answers, {self._tokens} tokens, {output.dollars(self._cost)}{without}"

    def load(self, file: Path) -> None:
        """Go on with a conversation; a file that is not there is a new one.

        Raises:
            ValueError: when the file holds something else.
        """
        if not file.exists():
            return
        read = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(read, list) or not all(isinstance(said, dict) and "role" in said for said in read):
            raise ValueError("it is not a list of messages")
        self.messages = read

    def save(self, file: Path) -> None:
        """Write the messages, for the owner's eyes; a process killed meanwhile leaves the file as it was."""
        beside = file.with_name(f"{file.name}.{os.getpid()}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as out:
            json.dump(self.messages, out, ensure_ascii=False, indent=1)
        os.replace(beside, file)


def _pieces(stream: Any, answer: Answer) -> Iterator[str]:
    for chunk in stream:
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            answer.tokens = (usage.prompt_tokens, usage.completion_tokens)
            answer.cost = output.cost_of(chunk)
        for choice in chunk.choices[:1]:
            answer.finish_reason = choice.finish_reason or answer.finish_reason
            if choice.delta.content:
                yield choice.delta.content


def _display(quiet: bool, markdown: bool) -> Any:
    """A context whose value shows a piece, and all there is until now."""
    if quiet:
        return nullcontext()
    return _Markdown() if markdown else _Plain()


class _Plain:
    def __enter__(self) -> Callable[[str, str], None]:
        return lambda piece, _: print(piece, end="", flush=True)

    def __exit__(self, *_: object) -> None:
        print(flush=True)


class _Markdown:
    def __init__(self) -> None:
        from rich.live import Live

        self._live = Live(console=output.out, auto_refresh=True, vertical_overflow="visible")

    def __enter__(self) -> Callable[[str, str], None]:
        from rich.markdown import Markdown

        self._live.__enter__()
        return lambda _, all_of_it: self._live.update(Markdown(all_of_it))

    def __exit__(self, *error: Any) -> None:
        self._live.__exit__(*error)
