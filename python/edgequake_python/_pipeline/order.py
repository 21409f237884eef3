"""The order of the concerns."""

from __future__ import annotations

from functools import partial
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._course import Course
    from .call import Call, Proceed


class Concern:
    """One file of the chain and what asks for it.

    Args:
        module: name of a module with ``stage(call, proceed)``; relative ones are of this package. Imported
            when first asked for.
        arguments: names of arguments that ask for it by being given and not empty.
        attributes: names of attributes of the package that ask for it the same way.
        operations: operations it has to do with; none named: all of them.
        shapes: whether it says what is asked, so that a request that is only shown must go through it too.
    """

    def __init__(
        self,
        module: str,
        arguments: tuple[str, ...] = (),
        attributes: tuple[str, ...] = (),
        operations: tuple[str, ...] = (),
        shapes: bool = False,
    ) -> None:
        self.module = module
        self.shapes = shapes
        self.arguments = frozenset(arguments)
        self.attributes = attributes
        self._names = self.arguments.union(attributes)
        self.operations = operations
        self._stage: Callable[[Call, Proceed], Course] | None = None

    def asked(self, call: Call, named: frozenset[str]) -> bool:
        """Whether this call wants it; ``named`` is all that asks for something, see `asking`."""
        if named.isdisjoint(self._names):
            return False
        return not self.operations or call.operation in self.operations

    @property
    def stage(self) -> Callable[[Call, Proceed], Course]:
        """Its generator function."""
        if self._stage is None:
            stage: Callable[[Call, Proceed], Course] = import_module(self.module, __package__).stage
            self._stage = stage
        return self._stage


#: From the outside in. Whoever adds a concern names its arguments and attributes in `_call` as well.
#: The places of the cache, the budget and the callbacks are where the comments say.
CONCERNS: list[Concern] = [
    Concern(".verbosity", (), ("set_verbose",)),
    Concern(".aliases", ("model_alias_map", "deployment_id"), ("model_alias_map",), shapes=True),
    Concern(".race", ("model_list",), (), ("chat",)),
    Concern(".fallbacks", ("fallbacks", "context_window_fallback_dict"), ("model_fallbacks",)),
    Concern(".retries", ("retry_policy",)),
    Concern(".credentials", ("litellm_credential_name", "client", "provider_specific_header"), shapes=True),
    Concern(".proxy", ("use_litellm_proxy",), ("use_litellm_proxy",), shapes=True),
    Concern(
        ".messages",
        (
            "litellm_system_prompt",
            "supports_system_message",
            "ensure_alternating_roles",
            "user_continue_message",
            "assistant_continue_message",
            "cache_control_injection_points",
        ),
        (),
        ("chat",),
        shapes=True,
    ),
    # Outside the cache, because what comes out of it is told of too.
    Concern(
        ".callbacks",
        ("callbacks", "success_callback", "failure_callback", "logger_fn", "prompt_id", "guardrails"),
        (
            "callbacks",
            "success_callback",
            "failure_callback",
            "input_callback",
            "_async_success_callback",
            "_async_failure_callback",
        ),
    ),
    # It must see the model that answers, and the request as it is sent.
    Concern(".caching", ("caching", "cache", "cache_key"), ("cache",)),
    # Whatever is answered from the cache costs nothing, so it is not asked about.
    Concern(".budget", ("budgets",), ("max_budget", "budgets")),
    # Inside the budget and the callbacks, which count by what it notes.
    Concern(
        ".prices",
        (
            "input_cost_per_token",
            "output_cost_per_token",
            "input_cost_per_second",
            "output_cost_per_second",
            "cache_read_input_token_cost",
            "cache_creation_input_token_cost",
            "base_model",
        ),
    ),
    Concern(".rules", (), ("pre_call_rules", "post_call_rules")),
    Concern(".validation", ("enable_json_schema_validation",), ("enable_json_schema_validation",), ("chat",)),
    Concern(".reasoning", ("merge_reasoning_content_in_choices",), (), ("chat",)),
    Concern(
        ".templates",
        (
            "roles",
            "initial_prompt_value",
            "final_prompt_value",
            "bos_token",
            "eos_token",
            "hf_model_name",
            "custom_prompt_dict",
        ),
        ("custom_prompt_dict",),
        ("chat",),
        shapes=True,
    ),
    Concern(".mocks", ("mock_response", "mock_tool_calls", "mock_delay", "mock_timeout")),
    Concern(".custom", (), ("custom_provider_map",), shapes=True),
]


class _Names:
    """Names that ask for any of the concerns, gathered once for as many as there are."""

    def __init__(self) -> None:
        self.count = len(CONCERNS)
        self.arguments = frozenset().union(*(concern.arguments for concern in CONCERNS))
        self.attributes = tuple(dict.fromkeys(name for concern in CONCERNS for name in concern.attributes))
        #: The next concern by where one is and what asks; None: there is none, the core is next.
        self.next: dict[Any, int | None] = {}


_names = _Names()


def asking(call: Call) -> frozenset[str]:
    """Names of the arguments that are given, and of the attributes that hold something, among those that ask
    for a concern. A name that is both asks for the same either way.
    """
    global _names
    if _names.count != len(CONCERNS):
        _names = _Names()
    given, held = call.arguments, call.settings.get
    named = [name for name in _names.attributes if held(name)]
    # `is not None`: an empty text can be a mock's answer, and False a wish.
    named += [name for name in _names.arguments.intersection(given) if given[name] is not None]
    return frozenset(named)


def chain(call: Call, position: int = 0) -> Course:
    """The course of ``call`` from ``position`` inwards; it ends in the core."""
    named = asking(call)
    shown = bool(call.arguments.get("dry_run"))
    known, where = _names.next, (position, call.operation, shown, named)
    if where not in known:
        # As many as there are ways to combine what programs ask for: few.
        known[where] = _next(call, position, named, shown)
    index = known[where]
    if index is not None:
        return CONCERNS[index].stage(call, partial(chain, position=index + 1))
    from .core import stage

    return stage(call)


def _next(call: Call, position: int, named: frozenset[str], shown: bool) -> int | None:
    """The first concern from ``position`` on that a call wants."""
    for index in range(position, len(CONCERNS)):
        concern = CONCERNS[index]
        if concern.asked(call, named) and (not shown or concern.shapes):
            return index
    return None
