"""LiteLLM's import path for what is known about responses' ids."""

from __future__ import annotations

from typing import Any, Optional

from . import ids


class ResponsesAPIRequestUtils:
    """Ids of responses, encoded and decoded."""

    @staticmethod
    def _build_responses_api_response_id(
        custom_llm_provider: Optional[str], model_id: Optional[str], response_id: str
    ) -> str:
        return ids.encode(response_id, str(custom_llm_provider), model_id)

    @staticmethod
    def _decode_responses_api_response_id(response_id: str) -> dict[str, Any]:
        decoded = ids.decode(response_id)
        return {
            "custom_llm_provider": decoded.provider,
            "model_id": decoded.model_id,
            "response_id": decoded.response_id,
        }

    @staticmethod
    def decode_previous_response_id_to_original_previous_response_id(previous_response_id: str) -> str:
        """The provider's own id."""
        return ids.decode(previous_response_id).response_id
