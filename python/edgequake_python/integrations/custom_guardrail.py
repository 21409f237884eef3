"""`CustomGuardrail`: a `CustomLogger` with a name and a moment, as LiteLLM's proxy uses them."""

from __future__ import annotations

from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CustomGuardrail(CustomLogger):
    """A check of what is asked or answered.

    In this package it acts through the hooks that run in line: `async_pre_call_deployment_hook` may change a
    call or refuse it by raising, `async_post_call_success_deployment_hook` an answer.

    Args:
        guardrail_name: its name.
        supported_event_hooks: moments it can act in.
        event_hook: the moment it acts in.
        default_on: whether it acts on calls that do not ask for it.
        **kwargs: `CustomLogger`'s.
    """

    def __init__(
        self,
        guardrail_name: str | None = None,
        supported_event_hooks: list[Any] | None = None,
        event_hook: Any = None,
        default_on: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.guardrail_name = guardrail_name
        self.supported_event_hooks = supported_event_hooks
        self.event_hook = event_hook
        self.default_on = default_on
