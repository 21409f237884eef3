"""Whether a deployment answers: `ahealth_check` and `check_valid_key`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PROMPT = "test from litellm"


def check_valid_key(model: str, api_key: str) -> bool:
    """Whether the provider takes the key: one small call tells."""
    from . import completion

    try:
        completion(
            model, [{"role": "user", "content": "Hey, how's it going?"}], max_tokens=10, api_key=api_key
        )
    except Exception:
        return False
    return True


async def ahealth_check(
    model_params: dict[str, Any], mode: str | None = None, prompt: str | None = None, input: Any = None
) -> dict[str, Any]:
    """Ask a deployment something small.

    Args:
        model_params: arguments of the call: ``model``, ``api_key``, ``api_base``, ...; never changed.
        mode: ``chat`` (the default), ``completion``, ``embedding``, ``image_generation``, ``audio_speech``,
            ``rerank`` or ``responses``.
        prompt: what to ask.
        input: what to ask of ``embedding``.

    Returns:
        The answer's rate-limit headers (perhaps none) when it is healthy, else a dict with ``error``.
    """
    try:
        answer = await _ask(dict(model_params), mode or "chat", prompt, input)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    hidden = getattr(answer, "_hidden_params", None)
    headers = hidden.get("additional_headers") if isinstance(hidden, dict) else None
    return {name: value for name, value in (headers or {}).items() if "ratelimit" in name}


async def _ask(params: dict[str, Any], mode: str, prompt: str | None, given: Any) -> Any:
    import edgequake_python as package

    for name in ("mode", "health_check_timeout", "health_check_model"):
        params.pop(name, None)
    text = prompt or os.environ.get("DEFAULT_HEALTH_CHECK_PROMPT") or _PROMPT
    messages = params.pop("messages", None) or [{"role": "user", "content": text}]
    if mode == "chat":
        if params.get("max_tokens") is None and params.get("max_completion_tokens") is None:
            params["max_tokens"] = 16
        return await package.acompletion(messages=messages, **params)
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "completion": ("atext_completion", {"prompt": text, "max_tokens": 16}),
        "embedding": ("aembedding", {"input": given or [text]}),
        "image_generation": ("aimage_generation", {"prompt": text}),
        "audio_speech": ("aspeech", {"input": text, "voice": "alloy"}),
        "rerank": ("arerank", {"query": text, "documents": ["my sample text"]}),
        "responses": ("aresponses", {"input": text}),
    }
    if mode not in calls:
        raise ValueError(f"mode {mode!r} is none of chat, {', '.join(calls)}")
    name, arguments = calls[mode]
    return await getattr(package, name)(**{**arguments, **params})
