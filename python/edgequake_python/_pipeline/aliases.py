"""Other names of a model: ``model_alias_map`` and Azure's ``deployment_id``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._course import Course
    from .call import Call, Proceed


def stage(call: Call, proceed: Proceed) -> Course:
    """Replace the model by what it stands for."""
    model = call.model
    for known in (call.get("model_alias_map"), call.settings.get("model_alias_map")):
        if known and model in known:
            model = known[model]
            break
    call = call.but("model_alias_map", model=model) if model else call.but("model_alias_map")
    deployment = call.get("deployment_id")
    if deployment is not None:
        call = call.but("deployment_id", model=deployment, custom_llm_provider="azure")
    return (yield from proceed(call))
