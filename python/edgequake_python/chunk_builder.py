"""One answer from the chunks of its stream: `stream_chunk_builder`."""

from __future__ import annotations

from . import _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .types import ModelResponse, ModelResponseStream, TextCompletionResponse, Usage


def stream_chunk_builder(
    chunks: Iterable[Any],
    messages: Any = None,
    start_time: Any = None,
    end_time: Any = None,
    logging_obj: Any = None,
    count_prompt_tokens: bool | None = None,
) -> ModelResponse | None:
    """Put the chunks of one stream together again.

    Args:
        chunks: `ModelResponseStream` objects in their order, or their dicts.
        messages: the messages of the call, to count the prompt by where the provider gave no counts.
        start_time: not used.
        end_time: not used.
        logging_obj: not used.
        count_prompt_tokens: not used.

    Returns:
        What the plain call would have given, each alternative apart; None when there are no chunks. A finish
        reason that no chunk has is None and not made up. Where the provider gave no token counts they are
        estimated from the texts, and ``usage.estimated`` says so; where it counted all but the reasoning,
        that is estimated, and ``usage.completion_tokens_details.estimated`` says so.
    """
    chunks = [_chunk(index, chunk) for index, chunk in enumerate(_given.items("chunks", chunks))]
    response = joined(chunks, messages)
    if response is None:
        return None
    from .response_cost import of_response

    response._hidden_params = dict(chunks[0]._hidden_params)
    response._hidden_params["response_cost"] = of_response(response)
    return response


def stream_chunk_builder_text_completion(
    chunks: Iterable[Any], messages: Any = None
) -> TextCompletionResponse | None:
    """As `stream_chunk_builder`, for the chunks of a streamed `text_completion`."""
    from .types import TextChoices, TextCompletionResponse

    parts = list(chunks)
    if not parts:
        return None
    texts: dict[int, TextChoices] = {}
    usage = None
    for part in parts:
        usage = getattr(part, "usage", None) or usage
        for choice in part.choices:
            whole = texts.setdefault(choice.index, TextChoices(index=choice.index, text=""))
            whole.text = f"{whole.text}{choice.text or ''}"
            whole.finish_reason = choice.finish_reason or whole.finish_reason
    if usage is None:
        from .tokens import estimated_usage

        text = "".join(str(choice.text) for choice in texts.values())
        usage = estimated_usage(parts[0].model or "", messages, text, 0)
    first = parts[0]
    ordered = [texts[index] for index in sorted(texts)]
    return TextCompletionResponse(
        id=first.id, created=first.created, model=first.model, choices=ordered, usage=usage
    )


def joined(chunks: list[Any], messages: Any = None) -> ModelResponse | None:
    """As `stream_chunk_builder`, without ``_hidden_params``."""
    from .types import ModelResponse

    if not chunks:
        return None
    first = chunks[0]
    alternatives: dict[int, _Alternative] = {}
    fields: dict[str, Any] = {}
    usage = None
    for chunk in chunks:
        fields.update(chunk.model_extra or {})
        for choice in chunk.choices:
            alternatives.setdefault(choice.index, _Alternative()).add(choice)
        last = fields.pop("usage", None)
        usage = last or usage
    response = ModelResponse(
        id=first.id,
        created=first.created,
        model=first.model,
        system_fingerprint=first.system_fingerprint,
        choices=[alternatives[index].choice(index) for index in sorted(alternatives)],
        usage=usage,
        **fields,
    )
    for index, choice in zip(sorted(alternatives), response.choices):
        # The constructor reads None as "stop"; a stream that was cut has no reason.
        choice["finish_reason"] = alternatives[index].finish_reason
    if usage is None:
        response.usage = _estimated(response, messages)
    else:
        _estimate_reasoning(response, usage)
    return response


def _chunk(index: int, chunk: Any) -> ModelResponseStream:
    """A chunk as it is, or as its dict or another library's object says it was."""
    from .types import ModelResponseStream

    if isinstance(chunk, ModelResponseStream):
        return chunk
    fields = _given.mapping(f"chunks[{index}]", chunk)
    try:
        return ModelResponseStream(**fields)
    except (TypeError, ValueError, AttributeError) as error:
        raise _given.wrong(f"chunks[{index}]", f"is no chunk of a stream: {error}") from error


def _estimated(response: ModelResponse, messages: Any) -> Usage:
    """Counts of texts that the provider did not count."""
    from .pricing import part
    from .tokens import token_counter
    from .types import Usage

    model = response.model or ""
    answer = 0
    for choice in response.choices:
        message = choice.message
        texts = [message.content, message.get("reasoning_content")]
        texts += [str(part(part(call, "function"), "arguments") or "") for call in message.tool_calls or []]
        texts.append(part(message.function_call, "arguments"))
        answer += sum(token_counter(model, text=text) for text in texts if text)
    prompt = token_counter(model, messages=messages, default_token_count=0) if messages else 0
    return Usage(prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer, estimated=True)


def _estimate_reasoning(response: ModelResponse, counted: Any) -> None:
    """Reasoning that the provider counted only within the completion. The chunks keep their own counts."""
    from .tokens import token_counter
    from .types import CompletionTokensDetailsWrapper, Usage

    thoughts = [choice.message.get("reasoning_content") for choice in response.choices]
    details = counted.get("completion_tokens_details")
    completion = counted.get("completion_tokens")
    if not any(thoughts) or not completion or (details and details.get("reasoning_tokens") is not None):
        return
    # In the pieces that the core estimates a plain answer by.
    pieces = [text[at : at + 1024] for text in thoughts if text for at in range(0, len(text), 1024)]
    count = min(sum(token_counter(text=piece) for piece in pieces), completion)
    told = {name: value for name, value in dict(details or {}).items() if value is not None}
    known = {"text_tokens": completion - count, **told, "reasoning_tokens": count, "estimated": True}
    fields = {**dict(counted), "completion_tokens_details": CompletionTokensDetailsWrapper(**known)}
    response.usage = Usage(**fields)


def _joined_base64(known: str, piece: str) -> str:
    """Both one after the other; the padding that ends a piece has no place inside."""
    if not known.endswith("=") or not piece:
        return known + piece
    import base64
    import binascii

    try:
        return base64.b64encode(base64.b64decode(known) + base64.b64decode(piece)).decode()
    except binascii.Error:
        return known + piece


class _Alternative:
    """What one alternative of a stream has said."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {"content": [], "reasoning_content": [], "refusal": []}
        self.calls: dict[int, dict[str, Any]] = {}
        self.function_call: dict[str, Any] | None = None
        self.thinking: list[dict[str, Any]] = []
        self.lists: dict[str, list[Any]] = {"annotations": [], "images": [], "reasoning_items": []}
        self.audio: dict[str, Any] = {}
        self.specific: dict[str, Any] = {}
        self.logprobs: list[Any] = []
        self.finish_reason: str | None = None
        self.fields: dict[str, Any] = {}

    def add(self, choice: Any) -> None:
        delta = choice.delta
        for name, texts in self.texts.items():
            text: Any = delta.get(name)
            if isinstance(text, list):
                # Databricks says content in parts.
                text = "".join(str(part.get("text") or "") for part in text if part.get("type") == "text")
            if isinstance(text, str):
                texts.append(text)
        for call in delta.tool_calls or []:
            self._add_call(call)
        if delta.function_call is not None:
            known: dict[str, Any] = self.function_call or {"name": "", "arguments": ""}
            self.function_call = known
            known["name"] = delta.function_call.name or known["name"]
            known["arguments"] += delta.function_call.arguments or ""
        for block in delta.get("thinking_blocks") or []:
            self._add_thinking(block)
        for detail in delta.get("reasoning_details") or []:
            self._add_detail(dict(detail))
        for name, items in self.lists.items():
            items.extend(delta.get(name) or [])
        if delta.audio is not None:
            self._add_audio(delta.audio)
        for name, value in (delta.get("provider_specific_fields") or {}).items():
            self._add_specific(name, value)
        if choice.logprobs is not None and getattr(choice.logprobs, "content", None):
            self.logprobs.extend(choice.logprobs.content)
        if choice.finish_reason:
            self.finish_reason = choice.finish_reason
            self.fields.update(choice.get("provider_specific_fields") or {})

    def _add_specific(self, name: str, value: Any) -> None:
        if name == "citation":
            # They come one by one; a plain answer has lists of them.
            self.specific.setdefault("citations", [[]])[0].append(value)
            return
        known = self.specific.get(name)
        joins: Any = str if name == "tool_plan" else list
        if isinstance(known, joins) and isinstance(value, joins):
            value = known + value
        self.specific[name] = value

    def _add_call(self, call: Any) -> None:
        known = self.calls.setdefault(
            call.index, {"id": None, "type": "function", "function": {"name": "", "arguments": ""}}
        )
        known["id"] = known["id"] or call.id
        known["type"] = call.type or known["type"]
        custom = call.get("custom")
        if custom is not None:
            part = known.setdefault("custom", {"name": "", "input": ""})
            part["name"] = custom.name or part["name"]
            part["input"] += custom.input or ""
            known.pop("function", None)
            return
        known["function"]["name"] = call.function.name or known["function"]["name"]
        known["function"]["arguments"] += call.function.arguments or ""
        specific = call.get("provider_specific_fields")
        if specific:
            known.setdefault("provider_specific_fields", {}).update(specific)

    def _add_thinking(self, block: Any) -> None:
        last = self.thinking[-1] if self.thinking else None
        # A signature ends a block; pieces of text belong to the block that is open.
        if last is None or block.get("type") != "thinking" or "data" in last or last.get("signature"):
            self.thinking.append(dict(block))
            return
        last["thinking"] = (last.get("thinking") or "") + (block.get("thinking") or "")
        if block.get("signature"):
            last["signature"] = block["signature"]

    def _add_detail(self, detail: dict[str, Any]) -> None:
        """Pieces of what OpenRouter says about the reasoning: those of one kind and index are one."""
        details: list[dict[str, Any]] = self.specific.setdefault("reasoning_details", [])
        last = details[-1] if details else None
        if last is None or any(last.get(name) != detail.get(name) for name in ("type", "index")):
            details.append(detail)
            return
        for name, value in detail.items():
            if name in ("text", "summary", "data") and isinstance(value, str):
                last[name] = (last.get(name) or "") + value
            elif value is not None:
                last[name] = value

    def _add_audio(self, audio: Any) -> None:
        self.audio["transcript"] = self.audio.get("transcript", "") + (audio.get("transcript") or "")
        self.audio["data"] = _joined_base64(self.audio.get("data", ""), audio.get("data") or "")
        # A stream that was cut may not have said these.
        self.audio["id"] = audio.get("id") or self.audio.get("id") or ""
        self.audio["expires_at"] = audio.get("expires_at") or self.audio.get("expires_at") or 0

    def choice(self, index: int) -> dict[str, Any]:
        text: str | None = "".join(self.texts["content"])
        if not text and (self.calls or self.function_call):
            # As in a plain answer: beside calls of tools nothing is said.
            text = None
        message: dict[str, Any] = {"role": "assistant", "content": text}
        reasoning = "".join(self.texts["reasoning_content"])
        refusal = "".join(self.texts["refusal"])
        specific = {**self.specific, **({"refusal": refusal} if refusal else {})}
        optional = {
            "tool_calls": [self.calls[position] for position in sorted(self.calls)],
            "function_call": self.function_call,
            "reasoning_content": reasoning,
            "thinking_blocks": self.thinking,
            "audio": self.audio,
            "provider_specific_fields": specific,
            **self.lists,
        }
        message.update({name: value for name, value in optional.items() if value})
        choice: dict[str, Any] = {"index": index, "message": message, "finish_reason": self.finish_reason}
        if self.logprobs:
            choice["logprobs"] = {"content": self.logprobs}
        if self.fields:
            choice["provider_specific_fields"] = self.fields
        return choice
