"""Embeddings out of the cache, text by text: only those that are not known are asked for."""

from __future__ import annotations

from .._course import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._course import Course
    from ..types import EmbeddingResponse
    from .call import Call, Proceed


def by_item(
    cache: Any, controls: dict[str, Any], given: dict[str, Any], plain: Call, proceed: Proceed
) -> Course:
    """Answer what is known, ask for the rest, and put both in the order of the input."""
    inputs = list(given["input"])
    if inputs and all(isinstance(item, int) for item in inputs):
        inputs = [inputs]  # one text, given as tokens
    asks = [{**given, "input": [item]} for item in inputs]
    known: list[Any] = [None] * len(asks)
    if not controls.get("no-cache"):
        for index, ask in enumerate(asks):
            found = yield Step(*_looking(cache, ask))
            if type(found) is dict:
                from .caching import answer_of_json

                found = answer_of_json(found, plain)
            known[index] = found if getattr(found, "data", None) else None
    missing = [index for index, answer in enumerate(known) if answer is None]
    if not missing:
        return _joined(known, None)
    if len(missing) == len(inputs):
        answer = yield from proceed(plain)
    else:
        answer = yield from proceed(plain.but(input=[inputs[index] for index in missing]))
    if len(answer.data) != len(missing):
        return answer
    parts = _split(answer, [inputs[index] for index in missing])
    if not controls.get("no-store"):
        for index, part in zip(missing, parts):
            yield Step(*_keeping(cache, part, asks[index]))
    if len(missing) == len(inputs):
        return answer
    for index, part in zip(missing, parts):
        known[index] = part
    return _joined(known, answer)


def apart(answer: Any, given: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """An answer and its call as those of each text of the input; themselves where there is one text."""
    inputs = given.get("input")
    data = getattr(answer, "data", None)
    if not isinstance(inputs, (list, tuple)) or not data or len(inputs) != len(data):
        return [(answer, given)]
    asked = {"_operation": "embed", **given}
    return [(part, {**asked, "input": [text]}) for part, text in zip(_split(answer, list(inputs)), inputs)]


def _looking(cache: Any, ask: dict[str, Any]) -> tuple[Any, Any]:
    return (lambda: cache.get_cache(**ask)), (lambda: cache.async_get_cache(**ask))


def _keeping(cache: Any, part: Any, ask: dict[str, Any]) -> tuple[Any, Any]:
    return (lambda: cache.add_cache(part, **ask)), (lambda: cache.async_add_cache(part, **ask))


def _split(answer: EmbeddingResponse, texts: list[Any]) -> list[EmbeddingResponse]:
    """An answer for each text. The tokens are divided by length: a provider counts them together."""
    from ..types import EmbeddingResponse, Usage

    usage = answer.get("usage")
    total = int((usage.get("prompt_tokens") if usage is not None else 0) or 0)
    lengths = [max(len(text), 1) if hasattr(text, "__len__") else 1 for text in texts]
    parts, before, given = [], 0, 0
    for item, length in zip(answer.data, lengths):
        before += length
        upto = total * before // sum(lengths)
        entry = dict(item) if isinstance(item, dict) else item.model_dump()
        part = EmbeddingResponse(
            model=answer.model,
            data=[{**entry, "index": 0}],
            usage=Usage(prompt_tokens=upto - given, completion_tokens=0, total_tokens=upto - given),
        )
        part._hidden_params = dict(answer._hidden_params)
        parts.append(part)
        given = upto
    return parts


def _joined(parts: list[Any], fresh: Any) -> EmbeddingResponse:
    """One answer out of many; what it says it cost and used is what the call that was made did."""
    from ..types import EmbeddingResponse, Usage

    data = []
    tokens = 0
    for index, part in enumerate(parts):
        entry = part.data[0]
        entry = dict(entry) if isinstance(entry, dict) else entry.model_dump()
        data.append({**entry, "index": index})
        tokens += int((part.get("usage") or {}).get("prompt_tokens") or 0)
    answer = EmbeddingResponse(
        model=parts[0].model,
        data=data,
        usage=Usage(prompt_tokens=tokens, completion_tokens=0, total_tokens=tokens),
    )
    hidden = dict((parts[0] if fresh is None else fresh)._hidden_params)
    hidden["cache_hit"] = True
    if fresh is not None:
        # Told as a hit, as in LiteLLM; what was asked for has its price all the same.
        hidden["partial_cache_hit"] = True
    answer._hidden_params = hidden
    return answer
