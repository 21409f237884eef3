"""Chat completions: whole (``ModelResponse``) and one streamed step (``ModelResponseStream``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union, cast

from pydantic_core import PydanticSerializationUnexpectedValue, core_schema

from .base import ItemAssignable, Open, coerce
from .finish_reason import normalise
from .ids import generate_id, now
from .logprobs import ChoiceLogprobs
from .message import Delta, Message
from .metadata import Response
from .usage import Usage

if TYPE_CHECKING:
    from pydantic.annotated_handlers import GetCoreSchemaHandler


class Choices(ItemAssignable):
    """One answer. ``logprobs`` and ``provider_specific_fields`` are there only when the provider sent them.

    ``finish_reason`` is one of OpenAI's words; a provider's own word is kept as
    ``provider_specific_fields["native_finish_reason"]``.
    """

    finish_reason: Open[str]
    index: Open[int]
    message: Open[Message]

    if TYPE_CHECKING:
        logprobs: ChoiceLogprobs
        provider_specific_fields: dict[str, Any]

    def __init__(
        self,
        finish_reason: Optional[str] = None,
        index: Optional[int] = 0,
        message: Union[Message, dict[str, Any], None] = None,
        logprobs: Union[ChoiceLogprobs, dict[str, Any], None] = None,
        enhancements: Any = None,
        provider_specific_fields: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        reason, provider_specific_fields = normalise(finish_reason, provider_specific_fields)
        given = {
            "logprobs": coerce(ChoiceLogprobs, logprobs),
            "provider_specific_fields": provider_specific_fields,
            "enhancements": enhancements,
        }
        self._fill(
            finish_reason=reason or "stop",
            index=index or 0,
            message=Message() if message is None else coerce(Message, message),
            **{name: value for name, value in given.items() if value is not None},
            **params,
        )


class StreamingChoices(ItemAssignable):
    """One answer's part in a chunk. ``finish_reason`` is None until the last chunk."""

    finish_reason: Open[Optional[str]]
    index: Open[int]
    delta: Open[Delta]
    logprobs: Open[Optional[ChoiceLogprobs]]

    if TYPE_CHECKING:
        provider_specific_fields: dict[str, Any]

    def __init__(
        self,
        finish_reason: Optional[str] = None,
        index: Optional[int] = 0,
        delta: Union[Delta, dict[str, Any], None] = None,
        logprobs: Union[ChoiceLogprobs, dict[str, Any], None] = None,
        enhancements: Any = None,
        provider_specific_fields: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        reason, provider_specific_fields = normalise(finish_reason, provider_specific_fields)
        given = {"provider_specific_fields": provider_specific_fields, "enhancements": enhancements}
        self._fill(
            finish_reason=reason,
            index=index or 0,
            delta=Delta() if delta is None else coerce(Delta, delta),
            logprobs=coerce(ChoiceLogprobs, logprobs),
            **{name: value for name, value in given.items() if value is not None},
            **params,
        )


def _choices(cls: type[Union[Choices, StreamingChoices]], given: Optional[list[Any]]) -> list[Any]:
    """The choices as ``cls``; one empty choice when none are given. Whole choices may hold streaming ones."""
    if given is None:
        return [cls()]
    return [
        choice if cls is Choices and isinstance(choice, StreamingChoices) else coerce(cls, choice)
        for choice in given
    ]


class ModelResponseBase(Response):
    """What an answer and a chunk have in common. ``created`` is in seconds since the epoch."""

    id: Open[str]
    created: Open[int]
    model: Open[Optional[str]] = None
    object: Open[str]
    system_fingerprint: Open[Optional[str]] = None


class ModelResponse(ModelResponseBase):
    """A chat completion. ``usage`` is absent (``hasattr`` is false) when nobody said what was used."""

    if TYPE_CHECKING:
        # What a caller meets; the wider types below are for the few who build chunks with this class.
        choices: list[Choices]
        usage: Usage
    else:
        choices: Open[list[Union[Choices, StreamingChoices]]]
        usage: Open[Optional[Usage]] = None

    def __init__(
        self,
        id: Optional[str] = None,
        choices: Optional[list[Any]] = None,
        created: Optional[int] = None,
        model: Optional[str] = None,
        object: Optional[str] = None,
        system_fingerprint: Optional[str] = None,
        usage: Union[Usage, dict[str, Any], None] = None,
        stream: Optional[bool] = None,
        stream_options: Any = None,
        response_ms: Optional[float] = None,
        hidden_params: Optional[dict[str, Any]] = None,
        _response_headers: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        self._fill(
            id=id or generate_id(),
            created=now() if created is None else created,
            model=model,
            object="chat.completion.chunk" if stream else "chat.completion",
            system_fingerprint=system_fingerprint,
            choices=_choices(StreamingChoices if stream else Choices, choices),
            usage=coerce(Usage, usage),
            **params,
        )
        if usage is None:
            # A declared field, because `ModelResponse.model_fields` is looked at, and yet absent like an
            # extra.
            del self.__dict__["usage"]
            self.__pydantic_fields_set__.discard("usage")
        self._start_metadata(hidden_params, _response_headers, response_ms)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        schema = handler(source)
        if not cls.__dict__.get("__pydantic_complete__") or "__pydantic_core_schema__" not in cls.__dict__:
            return schema
        # Another model is getting a field of this class. In a Union pydantic counts fields, and would warn
        # about a response without usage: there a response is dumped by a function.
        dump = core_schema.plain_serializer_function_ser_schema(_dump_embedded, info_arg=True)
        return cast("core_schema.CoreSchema", {**schema, "serialization": dump})


def _dump_embedded(value: Any, info: Any) -> Any:
    """Serialise a field of a user's model whose type is ``ModelResponse``."""
    if not isinstance(value, ModelResponse):
        raise PydanticSerializationUnexpectedValue(
            f"Expected `ModelResponse` but got `{type(value).__name__}`"
        )
    return value.model_dump(
        mode=info.mode,
        include=info.include,
        exclude=info.exclude,
        by_alias=info.by_alias,
        exclude_unset=info.exclude_unset,
        exclude_defaults=info.exclude_defaults,
        exclude_none=info.exclude_none,
        round_trip=info.round_trip,
    )


class ModelResponseStream(ModelResponseBase):
    """One chunk of a streamed chat completion. ``usage`` is there only on the usage chunk."""

    choices: Open[list[StreamingChoices]]
    provider_specific_fields: Open[Optional[dict[str, Any]]] = None

    if TYPE_CHECKING:
        usage: Usage

    def __init__(
        self,
        choices: Optional[list[Any]] = None,
        id: Optional[str] = None,
        created: Optional[int] = None,
        provider_specific_fields: Optional[dict[str, Any]] = None,
        model: Optional[str] = None,
        object: Optional[str] = None,
        system_fingerprint: Optional[str] = None,
        usage: Union[Usage, dict[str, Any], None] = None,
        hidden_params: Optional[dict[str, Any]] = None,
        **params: Any,
    ) -> None:
        if usage is not None:
            params["usage"] = coerce(Usage, usage)
        self._fill(
            id=id or generate_id(),
            created=now() if created is None else created,
            model=model,
            object="chat.completion.chunk",
            system_fingerprint=system_fingerprint,
            choices=_choices(StreamingChoices, choices),
            provider_specific_fields=provider_specific_fields,
            **params,
        )
        self._start_metadata(hidden_params, None, None)
