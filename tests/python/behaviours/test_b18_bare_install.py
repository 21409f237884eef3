"""Every documented feature works with the package and pydantic alone."""

from __future__ import annotations

import child
import edgequake_python as eq

PROOFS = [
    "test_package_frame.py::test_pydantic_is_the_only_required_dependency",
]


#: Whatever else is installed cannot be imported here.
PROGRAM = """
import importlib.abc, sysconfig
from pathlib import Path
KNOWN = "pydantic pydantic_core annotated_types typing_extensions typing_inspection edgequake_python".split()
FOUND = Path(sysconfig.get_paths()["purelib"])
class Bare(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in KNOWN and ((FOUND / top).exists() or (FOUND / f"{top}.py").exists()):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Bare())
call["model"] = "openai/gpt-4o"
assert text(eq.completion(**call)) and streamed() and asyncio.run(astreamed())
assert eq.embedding("openai/text-embedding-3-small", ["a"], api_base=sys.argv[1], api_key="k").data
eq.cache = eq.Cache(type="local")
assert text(eq.completion(**call, caching=True)) == text(eq.completion(**call, caching=True))
eq.cache = None
row = {"model_name": "m", "litellm_params": {key: call[key] for key in ("model", "api_base", "api_key")}}
router = eq.Router(model_list=[row], num_retries=1)
assert text(router.completion("m", call["messages"]))
assert eq.token_counter(model="gpt-4o", text="hello") == 1
assert eq.completion_cost(eq.completion(**call)) > 0
eq.success_callback = [lambda *given: None]
eq.completion(**call)
try:
    eq.completion(**{**call, "model": "openai/sim/429", "num_retries": 1})
except eq.RateLimitError:
    print("well")
"""


def test_features_with_pydantic_alone(simulator: eq.Simulator) -> None:
    assert child.run(PROGRAM, simulator.base_url) == "well\n"
