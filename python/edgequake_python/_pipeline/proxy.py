"""Every call through one gateway: ``use_litellm_proxy``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._course import Course
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Send the call to the gateway, ``LITELLM_PROXY_API_BASE``, which knows the model by its whole name."""
    wanted = call.get("use_litellm_proxy")
    plain = call.but("use_litellm_proxy")
    if not (call.settings.get("use_litellm_proxy") if wanted is None else wanted):
        return (yield from proceed(plain))
    model, provider = plain.model, plain.get("custom_llm_provider")
    if provider and not model.startswith(f"{provider}/"):
        model = f"{provider}/{model}"
    if not model.startswith("litellm_proxy/"):
        model = f"litellm_proxy/{model}"
    return (yield from proceed(plain.but("custom_llm_provider", model=model)))
