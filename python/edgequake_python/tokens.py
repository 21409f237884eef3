"""Counting tokens without asking anyone: `token_counter`, `encode` and `decode`.

OpenAI's models are counted with the encodings OpenAI publishes (``o200k_base`` since GPT-4o,
``cl100k_base`` before). Others' texts are counted with ``cl100k_base``, which for English and code is within
some ten per cent of what their providers count, and further off for other scripts. What a message, a tool
and an image add follows OpenAI's published rules, and is an approximation too.
"""

from __future__ import annotations

from . import _eq_core, _given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from .types import Usage

    Count = Callable[[str], int]

#: What the frame of a message costs, and the beginning of the answer.
_PER_MESSAGE = 3
_PER_NAME = 1
_PER_ANSWER = 3


def counter(model: str, custom_tokenizer: Mapping[str, Any] | None = None) -> Count:
    """A function that counts the tokens of a text as ``model`` would."""
    if custom_tokenizer is not None:
        tokenizer = custom_tokenizer["tokenizer"]
        return lambda text: len(tokenizer.encode(text).ids)
    encoding = _encoding(model)

    def count(text: str) -> int:
        try:
            return _eq_core.count_tokens(encoding, text)
        except UnicodeEncodeError:
            return _eq_core.count_tokens(encoding, _whole(text))

    return count


def _encoding(model: str | None) -> str:
    return _eq_core.token_encoding("" if model is None else _given.word("model", model))


def _whole(text: str) -> str:
    """A text whose lone surrogates, which no encoding knows, became question marks."""
    return text.encode("utf-8", "replace").decode()


def token_counter(
    model: str = "",
    custom_tokenizer: Mapping[str, Any] | None = None,
    text: str | Sequence[str] | None = None,
    messages: Sequence[Any] | None = None,
    count_response_tokens: bool | None = False,
    tools: Sequence[Any] | None = None,
    tool_choice: Any = None,
    use_default_image_token_count: bool | None = False,
    default_token_count: int | None = None,
) -> int:
    """How many tokens a text, or a chat request, has.

    Args:
        model: decides the encoding; any name will do.
        custom_tokenizer: what `create_tokenizer` gives, to count with another tokenizer.
        text: one text, or several that follow one another.
        messages: messages of a chat instead: dicts or message objects.
        count_response_tokens: True leaves out what only a request has (the begun answer, the tools).
        tools: the request's tools.
        tool_choice: the request's choice among them.
        use_default_image_token_count: count every image as 250 tokens.
        default_token_count: what a part of a message counts that cannot be counted; None raises.

    Raises:
        ValueError: for neither text nor messages, for both, or for tools beside a text.
        BadRequestError: for what is none of these; it names the place.
    """
    if text is not None and messages is not None:
        raise ValueError("text and messages cannot both be set")
    count = counter(model, custom_tokenizer)
    if text is not None:
        if tools or tool_choice:
            raise ValueError("tools and tool_choice belong to messages, not to a text")
        return count("".join(_given.texts("text", text)))
    if messages is None:
        raise ValueError("Either text or messages must be provided")
    from .message_tokens import count_messages, count_tools

    dicts = _given.dicts("messages", messages)
    total = count_messages(
        dicts, count, (_PER_MESSAGE, _PER_NAME), bool(use_default_image_token_count), default_token_count
    )
    if not count_response_tokens:
        has_system = any(message.get("role") == "system" for message in dicts)
        total += _PER_ANSWER
        if tools is not None or tool_choice is not None:
            given = [] if tools is None else _given.dicts("tools", tools)
            total += count_tools(given, _eq_core.plain(tool_choice, "tool_choice"), count, has_system)
    return total


def get_token_count(messages: Sequence[Any], model: str) -> int:
    """As `token_counter` for messages."""
    return token_counter(model=model, messages=messages)


def count_call(model: str, prompt: str, messages: Sequence[Any], completion: str) -> dict[str, int]:
    """Counts of a call of which only the texts are known, under the names of a `Usage`."""
    count = counter(model)
    question, answer = (
        "".join(_given.texts(*one)) for one in (("prompt", prompt), ("completion", completion))
    )
    asked = token_counter(model, messages=messages) if messages else count(question)
    return {"prompt_tokens": asked, "completion_tokens": count(answer)}


#: Bytes of a text for each of its tokens, where the text itself is gone.
_BYTES_PER_TOKEN = 4


def estimated_usage(model: str, messages: Any, text: str, beside: int) -> Usage:
    """Counts of an answer that the provider did not count.

    Args:
        model: the model asked.
        messages: what was asked, when that is still known.
        text: the answer's text.
        beside: bytes of what was said beside it: reasoning, arguments of tool calls.
    """
    from .types import Usage

    answer = counter(model)(text) - (-beside // _BYTES_PER_TOKEN)
    prompt = 0
    if isinstance(messages, (list, tuple)) and messages:
        prompt = token_counter(model, messages=messages, default_token_count=0)
    return Usage(prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer, estimated=True)


def encode(model: str = "", text: str = "", custom_tokenizer: Mapping[str, Any] | None = None) -> list[int]:
    """The tokens of a text, as ``model`` has them. Texts that look like control tokens are text.

    Args:
        model: decides the encoding; any name will do.
        text: the text.
        custom_tokenizer: what `create_tokenizer` gives, to use another tokenizer.
    """
    if custom_tokenizer is not None:
        ids: list[int] = custom_tokenizer["tokenizer"].encode(text).ids
        return ids
    encoding = _encoding(model)
    text = _given.text("text", text)
    try:
        return _eq_core.encode_tokens(encoding, text)
    except UnicodeEncodeError:
        return _eq_core.encode_tokens(encoding, _whole(text))


def decode(
    model: str = "",
    tokens: Iterable[int] = (),
    custom_tokenizer: Mapping[str, Any] | None = None,
    skip_special_tokens: bool = True,
) -> str:
    """The text of tokens; a character that they cut in two becomes U+FFFD.

    Raises:
        ValueError: for a number that is no token of the model's encoding.
    """
    if custom_tokenizer is not None:
        text: str = custom_tokenizer["tokenizer"].decode(
            list(tokens), skip_special_tokens=skip_special_tokens
        )
        return text
    encoding = _encoding(model)
    try:
        return _eq_core.decode_tokens(encoding, list(tokens))
    except (TypeError, OverflowError):
        raise _given.wrong("tokens", "is not a list of tokens' numbers") from None


def create_tokenizer(json: str) -> dict[str, Any]:
    """A tokenizer from the text of a ``tokenizer.json``, for ``custom_tokenizer``; needs the package
    `tokenizers`.
    """
    return {"type": "huggingface_tokenizer", "tokenizer": _tokenizers().Tokenizer.from_str(json)}


def create_pretrained_tokenizer(
    identifier: str, revision: str = "main", auth_token: str | None = None
) -> dict[str, Any]:
    """A tokenizer from Hugging Face's hub, over the network; needs the package `tokenizers`."""
    tokenizer = _tokenizers().Tokenizer.from_pretrained(identifier, revision=revision, token=auth_token)
    return {"type": "huggingface_tokenizer", "tokenizer": tokenizer}


class _Encoding:
    """A model's own tokenizer with the methods of one."""

    def __init__(self, model: str) -> None:
        self._model = model
        self.name = _encoding(model)

    def encode(self, text: str, **kwargs: Any) -> list[int]:
        """As the module's `encode`."""
        return encode(self._model, text)

    def decode(self, tokens: Iterable[int], **kwargs: Any) -> str:
        """As the module's `decode`."""
        return decode(self._model, tokens)


def select_tokenizer(model: str, custom_tokenizer: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A model's tokenizer, with its ``type``; a custom one is fetched from Hugging Face's hub."""
    if custom_tokenizer is not None:
        named = custom_tokenizer.get("revision") or "main", custom_tokenizer.get("auth_token")
        return create_pretrained_tokenizer(custom_tokenizer["identifier"], *named)
    return {"type": "openai_tokenizer", "tokenizer": _Encoding(model)}


def get_modified_max_tokens(
    model: str,
    base_model: str,
    messages: Sequence[Any] | None,
    user_max_tokens: int | None,
    buffer_perc: float | None,
    buffer_num: float | None,
) -> int | None:
    """How many tokens an answer may have, so that it fits beside what was asked.

    Args:
        model: whose limits count: its own output limit, or one for input and output together.
        base_model: whose tokens are counted.
        messages: what is asked.
        user_max_tokens: what the caller wants; None stays None.
        buffer_perc: how much more the input may be than was counted; 0.1 by default.
        buffer_num: the same as a number of tokens, 10 by default; the larger of the two counts.
    """
    from .model_info import get_max_tokens, get_model_info

    if user_max_tokens is None:
        return None
    try:
        info, most = get_model_info(model), get_max_tokens(base_model)
        if most is None:
            return user_max_tokens
        count = token_counter(base_model, messages=messages or [], default_token_count=0)
    except Exception:
        return user_max_tokens
    spare = max(
        (0.1 if buffer_perc is None else buffer_perc) * count, 10 if buffer_num is None else buffer_num
    )
    asked = count + int(spare)
    if info.get("max_input_tokens") == most:
        # One limit for both: what is asked takes from what may be answered.
        return min(user_max_tokens, most - asked) if most > asked else user_max_tokens
    return min(user_max_tokens, most)


def _tokenizers() -> Any:
    from importlib import import_module

    try:
        return import_module("tokenizers")
    except ImportError:
        raise ImportError(
            "a tokenizer of one's own needs the package `tokenizers`: pip install tokenizers"
        ) from None
