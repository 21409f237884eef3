"""Embeddings."""

from __future__ import annotations

from typing import Any, Optional, Union

from pydantic import Field

from .base import ItemAssignable, Model, Open, coerce
from .metadata import Response
from .usage import Usage


class Embedding(ItemAssignable):
    """One input's vector: a list of floats, or their little-endian float32 bytes in base64."""

    embedding: Open[Union[list[float], str]] = Field(default_factory=list)
    index: Open[int]
    object: Open[str] = "embedding"


class EmbeddingResponse(Response, ItemAssignable):
    """Vectors in the order of the inputs.

    ``data`` is kept as it was given; calls give dicts, so ``response.data[0]["embedding"]`` always works.
    """

    model: Open[Optional[str]] = None
    data: Open[list[Any]]
    object: Open[str] = "list"
    usage: Open[Optional[Usage]] = None

    def __init__(
        self,
        model: Optional[str] = None,
        usage: Union[Usage, dict[str, Any], None] = None,
        stream: Optional[bool] = False,
        data: Optional[list[Any]] = None,
        hidden_params: Optional[dict[str, Any]] = None,
        _response_headers: Optional[dict[str, Any]] = None,
        response_ms: Optional[float] = None,
        **params: Any,
    ) -> None:
        object_name = params.pop("object", None) or "list"
        self._fill(
            model=model,
            data=[] if data is None else data,
            object=object_name,
            usage=Usage() if usage is None else coerce(Usage, usage),
            **params,
        )
        # Validation copies a list; the caller's own one is what "as given" means.
        if data is not None:
            self.__dict__["data"] = data
        self._start_metadata(hidden_params, _response_headers, response_ms)


class EmbeddingRequest(Model):
    """The arguments of a call for vectors, checked."""

    model: str
    input: list[str] = Field(default_factory=list)
    timeout: Optional[float] = 600
    api_base: Optional[str] = None
    api_version: Optional[str] = None
    api_key: Optional[str] = None
    api_type: Optional[str] = None
    caching: bool = False
    user: Optional[str] = None
    custom_llm_provider: Optional[Union[str, dict[str, Any]]] = None
    litellm_call_id: Optional[str] = None
    litellm_logging_obj: Optional[dict[str, Any]] = None
    logger_fn: Optional[str] = None
