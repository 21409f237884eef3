"""A callback that writes down what it is told, and the call that tests tell it of."""

from __future__ import annotations

import asyncio
from typing import Any

from edgequake_python.integrations.custom_logger import CustomLogger
from edgequake_python.observers import flush

HI = [{"role": "user", "content": "hi"}]
CALL: dict[str, Any] = {"model": "openai/gpt-4o", "messages": HI}


class Recorder(CustomLogger):
    """Writes down what it is told."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.told: list[tuple[str, dict[str, Any], Any]] = []

    def names(self) -> list[str]:
        assert flush(10)
        return [name for name, _, _ in self.told]

    def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
        self.told.append(("pre", kwargs, None))

    def log_post_api_call(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.told.append(("post", kwargs, response_obj))

    def log_stream_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.told.append(("chunk", kwargs, response_obj))

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.told.append(("success", kwargs, response_obj))

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.told.append(("failure", kwargs, response_obj))

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        await asyncio.sleep(0)
        self.told.append(("async success", kwargs, response_obj))

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self.told.append(("async failure", kwargs, response_obj))
