"""Errors of the library itself, not of a provider: budgets, guardrails, the Router, custom code.

They have no counterpart in openai and are no `EdgeQuakeError`: a retry for API errors must not catch a spent
budget.
"""

from __future__ import annotations

import sys

from ._error_base import CopiedByState
from ._error_response import ErrorRequest, ErrorResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any


class BudgetExceededError(CopiedByState, Exception):
    """More has been spent than allowed. The status is the setting `budget_exceeded_status_code` (422)."""

    def __init__(
        self,
        current_cost: float,
        max_budget: float,
        message: str | None = None,
        llm_provider: str | None = None,
        entity_type: str | None = None,
        entity_id: str | None = None,
    ) -> None:
        self.current_cost = current_cost
        self.max_budget = max_budget
        self.llm_provider: str = llm_provider or ""
        self.entity_type = entity_type
        self.entity_id = entity_id
        self.category = "litellm_rate_limit"
        self.rate_limit_type = "budget"
        setting = getattr(sys.modules.get(__package__), "budget_exceeded_status_code", None)
        self.status_code: int = setting if isinstance(setting, int) else 422
        self.message: str = (
            message or f"Budget has been exceeded! Current cost: {current_cost}, Max budget: {max_budget}"
        )
        super().__init__(self.message)


class GuardrailRaisedException(CopiedByState, Exception):
    """A guardrail stopped the call."""

    def __init__(
        self,
        guardrail_name: str | None = None,
        message: str = "",
        should_wrap_with_default_message: bool = True,
        status_code: int = 400,
        blocked_content: bool = False,
    ) -> None:
        self.guardrail_name = guardrail_name
        self.status_code = status_code
        self.blocked_content = blocked_content
        self.message: str = message
        if should_wrap_with_default_message:
            self.message = f"Guardrail raised an exception, Guardrail: {guardrail_name}, Message: {message}"
        super().__init__(self.message)


class BlockedPiiEntityError(CopiedByState, Exception):
    """A guardrail found personal data of a kind that may not be sent."""

    def __init__(self, entity_type: str, guardrail_name: str | None = None, status_code: int = 400) -> None:
        self.entity_type = entity_type
        self.guardrail_name = guardrail_name
        self.status_code = status_code
        self.message: str = (
            f"Blocked entity detected: {entity_type} by Guardrail: {guardrail_name}. "
            "This entity is not allowed to be used in this request."
        )
        super().__init__(self.message)


class ModelNotMappedError(CopiedByState, Exception):
    """The price and context tables do not know the model."""


class RouterRateLimitError(CopiedByState, ValueError):
    """Every deployment that could take the call is cooling down.

    A ValueError, not a `RateLimitError`: handlers written for LiteLLM rely on it. It does have the
    `status_code` and `retry_after` of a rate limit.
    """

    status_code = 429

    def __init__(
        self,
        model: str,
        cooldown_time: float,
        enable_pre_call_checks: bool,
        cooldown_list: Iterable[Any],
        model_ids: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.cooldown_time = cooldown_time
        self.enable_pre_call_checks = enable_pre_call_checks
        self.cooldown_list: list[Any] = list(cooldown_list)
        self.all_deployments_in_cooldown: bool = bool(model_ids) and set(model_ids) <= set(self.cooldown_list)
        self.type = "all_deployments_in_cooldown" if self.all_deployments_in_cooldown else "rate_limit_error"
        self.retry_after = cooldown_time
        cooling = (
            "All deployments for selected model are in cooldown. " if self.all_deployments_in_cooldown else ""
        )
        self.message: str = (
            f"No deployments available for selected model, Try again in {cooldown_time} seconds. {cooling}"
            f"Passed model={model}. pre-call-checks={enable_pre_call_checks}, "
            f"cooldown_list={self.cooldown_list}"
        )
        super().__init__(self.message)


class RouterRateLimitErrorBasic(CopiedByState, ValueError):
    """No deployment has capacity left, without the details."""

    status_code = 429

    def __init__(self, model: str) -> None:
        self.model = model
        self.message = "No deployments available for selected model."
        super().__init__(self.message)


class CustomLLMError(CopiedByState, Exception):
    """Raised by a program's own `CustomLLM`; becomes the error that belongs to `status_code`."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        self.message = message
        super().__init__(message)


class BaseLLMException(CopiedByState, Exception):
    """A provider's error before it is mapped; exists for programs that raise or catch it themselves."""

    def __init__(
        self,
        status_code: int,
        message: str,
        headers: Any = None,
        request: Any = None,
        response: Any = None,
        body: dict[str, Any] | None = None,
        status_code_is_synthesized: bool = False,
    ) -> None:
        self.status_code = status_code
        self.message = message
        self.headers = headers
        self.request: Any = request if request is not None else ErrorRequest()
        self.response: Any = response if response is not None else ErrorResponse(status_code, headers)
        self.body = body
        self.status_code_is_synthesized = status_code_is_synthesized
        super().__init__(message)


class AnthropicError(BaseLLMException):
    """A `BaseLLMException` of Anthropic's."""


class VertexAIError(BaseLLMException):
    """A `BaseLLMException` of Vertex AI's."""


class AzureOpenAIError(BaseLLMException):
    """A `BaseLLMException` of Azure's; its constructor has an order of its own."""

    def __init__(
        self,
        status_code: int,
        message: str,
        request: Any = None,
        response: Any = None,
        headers: Any = None,
        body: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(status_code, message, headers, request, response, body)
