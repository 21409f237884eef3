"""Reranking: which documents answer a query best."""

from __future__ import annotations

from .. import _call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..types.rerank import RerankResponse


def rerank(
    model: str,
    query: str,
    documents: Sequence[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: Sequence[str] | None = None,
    return_documents: bool | None = True,
    max_chunks_per_doc: int | None = None,
    max_tokens_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """Order documents by how well they answer a query.

    Args:
        model: ``provider/model``: Cohere, Jina, Voyage, Together, Fireworks, DeepInfra, NVIDIA, Hugging
            Face's Text Embeddings Inference, Bedrock, Vertex AI, vLLM, Infinity, or any server with
            ``/rerank``.
        query: what is asked.
        documents: texts, or dicts with a ``text``; at least one.
        custom_llm_provider: the provider, when ``model`` does not name it.
        top_n: how many results; all when not given.
        rank_fields: fields of documents that are dicts to rank by, where the provider knows them.
        return_documents: whether results repeat the text, where the provider can.
        max_chunks_per_doc: as the provider documents it.
        max_tokens_per_doc: longer documents are cut there.
        **kwargs: as for `completion`.

    Returns:
        A `RerankResponse`; ``results`` are dicts with ``index`` and ``relevance_score``, best first.

    Raises:
        BadRequestError, ...: as `completion` does.
    """
    parameters = locals()
    arguments = _call.gather(parameters)
    return _call.ask("rerank", arguments, _maker(arguments))


async def arerank(
    model: str,
    query: str,
    documents: Sequence[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: Sequence[str] | None = None,
    return_documents: bool | None = None,
    max_chunks_per_doc: int | None = None,
    max_tokens_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """As `rerank`."""
    parameters = locals()
    arguments = _call.gather(parameters)
    return await _call.ask_async("rerank", arguments, _maker(arguments))


#: Providers whose answers hold no texts.
_TEXTLESS = ("cohere", "cohere_chat", "nvidia_nim", "deepinfra", "bedrock", "vertex_ai", "vertex_ai_beta")
#: Providers that bill a hundred documents as one search, and do not say so in the answer.
_UNCOUNTED = ("bedrock", "vertex_ai", "vertex_ai_beta")
_DOCUMENTS_OF_A_SEARCH = 100


def _maker(arguments: dict[str, Any]) -> _call.Make[RerankResponse]:
    """What builds the response of a call with these arguments."""
    return lambda answer, meta: _ranked(answer, meta, arguments)


def _ranked(answer: dict[str, Any], meta: Any, arguments: dict[str, Any]) -> RerankResponse:
    from ..types.ids import new_uuid
    from ..types.rerank import RerankResponse

    results = answer["results"]
    top_n = arguments.get("top_n")
    if isinstance(top_n, int):
        # Servers that rank all, whatever was asked.
        results = results[:top_n]
    if arguments.get("return_documents") and meta.provider in _TEXTLESS:
        documents = arguments["documents"]
        for result in results:
            text = documents[result["index"]]
            result["document"] = text if isinstance(text, dict) else {"text": text}
    if meta.provider in _UNCOUNTED and not answer.get("meta"):
        searches = -(-len(arguments["documents"]) // _DOCUMENTS_OF_A_SEARCH)
        answer = {**answer, "meta": {"billed_units": {"search_units": searches}}}
    answer = {**answer, "results": results, "id": answer.get("id") or new_uuid()}
    response = RerankResponse(**answer)
    response._privates()["_meta"] = meta
    return response
