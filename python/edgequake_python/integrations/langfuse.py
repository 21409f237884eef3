"""Calls as generations of Langfuse, through its official package (the extra ``langfuse``)."""

from __future__ import annotations

import hashlib
import os
from threading import Lock

from ..observers.standard import parts_of
from .custom_logger import CustomLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Optional

#: Keys of a call's ``metadata`` that say something to Langfuse, and are not metadata of the generation.
_OWN = (
    "trace_id",
    "existing_trace_id",
    "trace_name",
    "generation_name",
    "generation_id",
    "parent_observation_id",
    "session_id",
    "trace_user_id",
    "tags",
    "trace_metadata",
    "version",
    "trace_version",
    "trace_release",
    "update_trace_keys",
    "mask_input",
    "mask_output",
    "prompt",
    "debug_langfuse",
)
#: Of the standard logging object, what goes into the metadata of the generation.
_KEPT = ("litellm_call_id", "custom_llm_provider", "api_base", "cache_hit", "model_group", "model_id")
_MASK = "redacted"


class LangfuseLogger(CustomLogger):
    """A generation for every call, in the trace that its ``metadata`` names; the name for it is ``langfuse``.

    Keys and host come from the call (``langfuse_public_key``, ``langfuse_secret_key``, ``langfuse_host``),
    the arguments, or the environment (``LANGFUSE_PUBLIC_KEY``, ``LANGFUSE_SECRET_KEY``, ``LANGFUSE_HOST``).

    Args:
        public_key: Langfuse's public key.
        secret_key: Langfuse's secret key.
        host: where Langfuse is.
        **kwargs: `CustomLogger`'s.

    Raises:
        ImportError: without the official package, or with one too old to know ``propagate_attributes``.
    """

    def __init__(
        self,
        public_key: Optional[str] = None,
        secret_key: Optional[str] = None,
        host: Optional[str] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        from importlib import import_module

        try:
            self._package: Any = import_module("langfuse")
        except ImportError:
            raise ImportError("Langfuse needs its official package: pip install langfuse") from None
        if not hasattr(self._package, "propagate_attributes"):
            raise ImportError("this version of the package langfuse is too old: pip install -U langfuse")
        self._given = (public_key, secret_key, host)
        self._clients: dict[tuple[Any, ...], Any] = {}
        self._lock = Lock()

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A generation."""
        self._record(kwargs)

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A generation."""
        self._record(kwargs)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """A generation of level ERROR."""
        self._record(kwargs)

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """A generation of level ERROR."""
        self._record(kwargs)

    def flush(self) -> None:
        """Send what has gathered; the official package does so by itself now and then, and at exit."""
        for client in list(self._clients.values()):
            client.flush()

    def _client(self, dynamic: dict[str, Any]) -> Any:
        secret = dynamic.get("langfuse_secret_key") or dynamic.get("langfuse_secret")
        named = (dynamic.get("langfuse_public_key"), secret, dynamic.get("langfuse_host"))
        keys = tuple(
            one or other or os.environ.get(f"LANGFUSE_{name}")
            for one, other, name in zip(named, self._given, ("PUBLIC_KEY", "SECRET_KEY", "HOST"))
        )
        with self._lock:
            client = self._clients.get(keys)
            if client is None:
                host = {} if keys[2] is None else {"host": keys[2]}
                client = self._package.Langfuse(public_key=keys[0], secret_key=keys[1], **host)
                self._clients[keys] = client
            return client

    def _record(self, kwargs: dict[str, Any]) -> None:
        payload = parts_of(kwargs)
        metadata = (kwargs.get("litellm_params") or {}).get("metadata") or {}
        client = self._client(kwargs.get("standard_callback_dynamic_params") or {})
        trace = metadata.get("existing_trace_id") or metadata.get("trace_id")
        trace = trace or kwargs.get("litellm_trace_id") or payload["trace_id"]
        context: dict[str, Any] = {"trace_id": _trace_id(str(trace))}
        parent = metadata.get("parent_observation_id")
        if parent:
            context["parent_span_id"] = parent
        error = payload["error_str"]
        asked = _MASK if metadata.get("mask_input") else payload["messages"]
        answered = _MASK if metadata.get("mask_output") else _said(payload["response"])
        name = metadata.get("generation_name") or f"litellm-{payload['call_type']}"
        given: dict[str, Any] = {
            "trace_context": context,
            "name": name,
            "model": payload["model"],
            "model_parameters": _parameters(payload["model_parameters"]),
            "input": asked,
            "output": None if error else answered,
            "metadata": _metadata(payload, metadata),
            "usage_details": _usage(payload),
            "cost_details": None if payload["response_cost"] is None else {"total": payload["response_cost"]},
            "level": "ERROR" if error else "DEFAULT",
            "status_message": error,
            "version": metadata.get("version"),
            "completion_start_time": kwargs.get("completion_start_time"),
            "prompt": metadata.get("prompt"),
        }
        with self._package.propagate_attributes(**_of_the_trace(payload, metadata)):
            generation = client.start_observation(
                as_type="generation", **{key: value for key, value in given.items() if value is not None}
            )
        # The package begins an observation now and at no other time; this one has begun before.
        span: Any = getattr(generation, "_otel_span", None)
        if hasattr(span, "_start_time"):
            span._start_time = int(payload["startTime"] * 1_000_000_000)
        generation.end(end_time=int(payload["endTime"] * 1_000_000_000))


def _of_the_trace(payload: Mapping[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    given = {
        "trace_name": metadata.get("trace_name"),
        "user_id": metadata.get("trace_user_id") or payload["end_user"] or None,
        "session_id": metadata.get("session_id"),
        "tags": metadata.get("tags"),
        "metadata": metadata.get("trace_metadata"),
        "version": metadata.get("trace_version"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _trace_id(given: str) -> str:
    """Langfuse's ids of traces are 32 hexadecimal digits; of another id one is made, always the same."""
    plain = given.replace("-", "").lower()
    if len(plain) == 32 and all(digit in "0123456789abcdef" for digit in plain):
        return plain
    return hashlib.sha256(given.encode()).hexdigest()[:32]


def _said(response: Any) -> Any:
    """The message of an answer, or the answer where it has none."""
    choices = response.get("choices") if isinstance(response, dict) else None
    if choices and isinstance(choices[0], dict):
        return choices[0].get("message") or choices[0].get("text") or response
    return response


def _parameters(given: dict[str, Any]) -> dict[str, Any]:
    plain = (str, int, float, bool)
    return {name: value if isinstance(value, plain) else str(value) for name, value in given.items()}


def _metadata(payload: Mapping[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    mine = {name: value for name, value in metadata.items() if name not in _OWN}
    for name in (
        "litellm_call_id",
        "custom_llm_provider",
        "api_base",
        "cache_hit",
        "model_group",
        "model_id",
    ):
        if payload.get(name):
            mine[name] = payload[name]
    return mine


def _usage(payload: Mapping[str, Any]) -> Optional[dict[str, int]]:
    if not payload["total_tokens"]:
        return None
    usage = payload["hidden_params"]["usage_object"] or {}
    counts = {
        "input": payload["prompt_tokens"],
        "output": payload["completion_tokens"],
        "total": payload["total_tokens"],
    }
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    if cached:
        counts["cache_read_input_tokens"] = cached
    return counts
