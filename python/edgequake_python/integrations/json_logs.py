"""Calls as lines of JSON, for whatever gathers logs."""

from __future__ import annotations

import json
import logging
from threading import Lock

from ..observers.standard import parts_of
from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, TextIO, Union

#: Of the standard logging object, what a line has. The texts are left out unless they are asked for.
_FIELDS = (
    "id",
    "litellm_call_id",
    "trace_id",
    "call_type",
    "status",
    "stream",
    "custom_llm_provider",
    "model",
    "model_group",
    "model_id",
    "api_base",
    "startTime",
    "endTime",
    "completionStartTime",
    "response_time",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "response_cost",
    "cache_hit",
    "saved_cache_cost",
    "request_tags",
    "end_user",
    "error_str",
)


class JsonLogger(CustomLogger):
    """Writes a line of JSON for every call that has ended; the name for it is ``json_logs``.

    Args:
        to: a file's path, an open text file, or a logger; None: the logger ``edgequake_python.calls``.
        messages: whether lines have what was asked and answered.
        **kwargs: `CustomLogger`'s.
    """

    def __init__(
        self,
        to: Optional[Union[str, TextIO, logging.Logger]] = None,
        messages: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._to = logging.getLogger("edgequake_python.calls") if to is None else to
        self._fields = (*_FIELDS, "messages", "response") if messages else _FIELDS
        self._lock = Lock()

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A line."""
        self._write(kwargs)

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A line."""
        self._write(kwargs)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A line."""
        self._write(kwargs)

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A line."""
        self._write(kwargs)

    def _write(self, kwargs: dict[str, Any]) -> None:
        payload = parts_of(kwargs)
        fields = {name: payload.get(name) for name in self._fields}
        failed = payload["status"] != "success"
        if failed:
            error = payload["error_information"]
            fields["error_class"], fields["error_code"] = error["error_class"], error["error_code"]
        line = json.dumps(fields, ensure_ascii=False, default=str)
        if isinstance(self._to, logging.Logger):
            self._to.log(logging.ERROR if failed else logging.INFO, line)
            return
        with self._lock:
            if isinstance(self._to, str):
                with open(self._to, "a", encoding="utf-8") as file:
                    file.write(line + "\n")
            else:
                self._to.write(line + "\n")
                self._to.flush()
