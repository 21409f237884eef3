"""Embeddings: `embedding` and `aembedding`."""

# ruff: noqa: D417 - the parameters that are not listed are `completion`'s
# ruff: noqa: D103, F811 - overloads, whose decorator is not imported from typing

from __future__ import annotations

from . import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, overload

    from .dry_run import PreparedRequest
    from .types import EmbeddingResponse
else:

    def overload(function):
        """typing.overload, whose module is not worth its import here."""
        return function


@overload
def embedding(
    model: str, input: str | Sequence[Any] = ..., *, dry_run: Literal[True], **kwargs: Any
) -> PreparedRequest: ...
@overload
def embedding(
    model: str, input: str | Sequence[Any] = ..., *args: Any, **kwargs: Any
) -> EmbeddingResponse: ...
def embedding(
    model: str,
    input: str | Sequence[Any] = [],  # LiteLLM's default; never changed
    dimensions: int | None = None,
    encoding_format: str | None = None,
    timeout: float | Any = 600,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    api_type: str | None = None,
    caching: bool | None = None,  # LiteLLM has False here, and means "not said"
    user: str | None = None,
    custom_llm_provider: str | None = None,
    litellm_call_id: str | None = None,
    logger_fn: Any = None,
    **kwargs: Any,
) -> EmbeddingResponse | PreparedRequest:
    """Turn texts into vectors.

    Args:
        model: ``provider/model``, or a bare name that tells its provider.
        input: a text, a list of texts, a list of tokens, or a list of token lists.
        dimensions: length of the vectors, where the model can choose.
        encoding_format: ``"float"`` (lists of float), ``"base64"`` (text of little-endian float32), or
            ``"numpy"`` (arrays of float32, which needs numpy).
        timeout: seconds, or `Timeouts`.
        **kwargs: as for `completion`.

    Returns:
        An `EmbeddingResponse`; ``data[i]["embedding"]`` belongs to ``input[i]``.

    Raises:
        As `completion`.
    """
    arguments = _call.gather(locals())
    if encoding_format == "numpy":
        from .arrays import with_arrays

        return with_arrays(_call.send("embed", _without_format(arguments)))
    answer: EmbeddingResponse = _call.send("embed", arguments)
    return answer


def _without_format(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments without a format that no provider knows."""
    del arguments["encoding_format"]
    return arguments


@overload
async def aembedding(
    model: str, input: str | Sequence[Any] = ..., *, dry_run: Literal[True], **kwargs: Any
) -> PreparedRequest: ...
@overload
async def aembedding(
    model: str, input: str | Sequence[Any] = ..., *args: Any, **kwargs: Any
) -> EmbeddingResponse: ...
async def aembedding(
    model: str,
    input: str | Sequence[Any] = [],  # LiteLLM's default; never changed
    dimensions: int | None = None,
    encoding_format: str | None = None,
    timeout: float | Any = 600,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    api_type: str | None = None,
    caching: bool | None = None,  # LiteLLM has False here, and means "not said"
    user: str | None = None,
    custom_llm_provider: str | None = None,
    litellm_call_id: str | None = None,
    logger_fn: Any = None,
    **kwargs: Any,
) -> EmbeddingResponse | PreparedRequest:
    """`embedding` for asyncio. Cancelling it closes the connection.

    Raises:
        EdgeQuakeError: as `embedding` does.
    """
    arguments = _call.gather(locals())
    if encoding_format == "numpy":
        from .arrays import with_arrays

        return with_arrays(await _call.send_async("embed", _without_format(arguments)))
    answer: EmbeddingResponse = await _call.send_async("embed", arguments)
    return answer
