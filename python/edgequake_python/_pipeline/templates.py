"""Prompt templates of models that take one text: ``roles``, ``custom_prompt_dict`` and their kin.

Every provider here is asked with messages, and its server applies the model's own template, so a template of
the caller's has no place to go. It is refused, or reported as dropped, and never lost in silence.
"""

from __future__ import annotations

from ..exceptions import UnsupportedParamsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._course import Course
    from .call import Call, Proceed

_NAMES = (
    "roles",
    "initial_prompt_value",
    "final_prompt_value",
    "bos_token",
    "eos_token",
    "hf_model_name",
    "custom_prompt_dict",
)


def stage(call: Call, proceed: Proceed) -> Course:
    """Refuse the templates, or drop them when that is allowed."""
    given = [name for name in _NAMES if call.get(name)]
    registered = call.settings.get("custom_prompt_dict") or {}
    if not given and call.model in registered:
        given = ["custom_prompt_dict"]
    plain = call.but(*_NAMES)
    if not given:
        return (yield from proceed(plain))
    allowed = call.get("drop_params")
    if not (call.settings.get("drop_params") if allowed is None else allowed):
        raise UnsupportedParamsError(
            message=f"prompt templates ({', '.join(given)}) do not apply to providers that are asked with "
            "messages; write the prompt and use text_completion(prompt=...), or set drop_params=True",
            model=call.model,
            llm_provider="",
        )
    answer = yield from proceed(plain)
    hidden = answer._hidden_params
    if isinstance(hidden, dict):
        hidden["dropped_params"] = [*(hidden.get("dropped_params") or ()), *given]
    return answer
