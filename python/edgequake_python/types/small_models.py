"""Small pydantic models of LiteLLM's."""

from __future__ import annotations

from typing import Any, Optional

from .base import Model


class BudgetConfig(Model):
    """What may be spent and used in a time."""

    max_budget: Optional[float] = None
    budget_duration: Optional[str] = None
    tpm_limit: Optional[int] = None
    rpm_limit: Optional[int] = None


class CredentialItem(Model):
    """Credentials under a name, for ``credential_list``."""

    credential_name: str
    credential_values: dict[str, Any]
    credential_info: dict[str, Any]
    display_name: Optional[str] = None


class TokenCountResponse(Model):
    """A count of tokens, and who counted."""

    total_tokens: int
    request_model: str
    model_used: str
    tokenizer_type: str
    original_response: Optional[dict[str, Any]] = None
    error: bool = False
    error_message: Optional[str] = None
    status_code: Optional[int] = None


class LiteLLMFineTuningJob(Model):
    """A fine-tuning job as the provider tells it."""

    id: Optional[str] = None
    created_at: Optional[int] = None
    status: Optional[str] = None
    model: Optional[str] = None
    object: str = "fine_tuning.job"
    seed: Optional[int] = None


class RerankRequest(Model):
    """What `rerank` is asked."""

    model: str
    query: str
    documents: list[Any]
    top_n: Optional[int] = None
    rank_fields: Optional[list[str]] = None
    return_documents: Optional[bool] = None
    max_chunks_per_doc: Optional[int] = None
    max_tokens_per_doc: Optional[int] = None


class Thread(Model):
    """A thread of the Assistants API."""

    id: str
    created_at: int
    metadata: Optional[Any] = None
    object: str = "thread"


class SafeAttributeModel:
    """Lets an attribute be deleted that is not there."""

    def __delattr__(self, name: str) -> None:
        if hasattr(self, name):
            super().__delattr__(name)


class AdapterCompletionStreamWrapper:
    """An iterator over another, blocking or asynchronous, to be subclassed."""

    def __init__(self, completion_stream: Any) -> None:
        self.completion_stream = completion_stream

    def __iter__(self) -> AdapterCompletionStreamWrapper:
        return self

    def __next__(self) -> Any:
        return next(self.completion_stream)

    def __aiter__(self) -> AdapterCompletionStreamWrapper:
        return self

    async def __anext__(self) -> Any:
        return await self.completion_stream.__anext__()
