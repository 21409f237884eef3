"""Names that programs take from LiteLLM: where they are found, and what those that are not here say."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python import _absent, _names, config, config_kept
from edgequake_python.types.parameters import all_litellm_params
from loopback import MESSAGES, Loopback, chat

ROOT = Path(__file__).resolve().parents[2]


class TestTheTable:
    def test_every_name_resolves(self) -> None:
        missing = []
        for name, module in _names._MODULE_OF.items():
            try:
                getattr(importlib.import_module(f"edgequake_python.{module}"), name)
            except (ImportError, AttributeError):
                missing.append(f"{module}.{name}")
        assert missing == []

    def test_type_checkers_see_what_programs_get(self) -> None:
        tree = ast.parse(Path(edgequake_python.__file__).read_text(encoding="utf-8"))
        (block,) = (node for node in tree.body if isinstance(node, ast.If) and "TYPE_" in ast.unparse(node))
        seen = 0
        for node in block.body:
            if isinstance(node, ast.ImportFrom) and node.level:
                module = importlib.import_module(f"edgequake_python.{node.module}")
                for alias in node.names:
                    found = getattr(edgequake_python, alias.name)
                    # A package of the function's name, once it is imported, is called in its stead.
                    same = found is getattr(module, alias.name) or (
                        inspect.ismodule(found) and callable(found)
                    )
                    assert same, alias.name
                    seen += 1
        assert seen > 100

    def test_they_are_the_packages_and_the_import_paths(self) -> None:
        for module in ("utils", "main"):
            namespace = importlib.import_module(f"edgequake_python.{module}")
            for name in ("completion", "ModelResponse", "trim_messages", "RateLimitError"):
                assert getattr(namespace, name) is edgequake_python._names.find_for("x", name)

    def test_modules_are_attributes(self) -> None:
        for name in ("types", "utils", "exceptions", "main", "llms", "constants", "_logging"):
            assert inspect.ismodule(getattr(edgequake_python, name))
        assert edgequake_python.types.llms.openai.ChatCompletionUserMessage

    def test_no_module_hides_a_switch(self) -> None:
        """Importing a module makes it an attribute of the package, over a switch of that name."""
        files = {path.stem for path in (ROOT / "python" / "edgequake_python").iterdir()}
        switches = {name for name in {**vars(config), **vars(config_kept)} if not name.startswith("__")}
        assert files & switches == set()


class TestWhatIsNotHere:
    def test_a_function_says_what_to_use(self) -> None:
        refuse: Any = edgequake_python.ocr
        with pytest.raises(NotImplementedError, match="completion"):
            refuse("x", document={})
        wait: Any = edgequake_python.aocr
        assert inspect.iscoroutinefunction(wait)
        with pytest.raises(NotImplementedError, match="aocr"):
            asyncio.run(wait("x"))

    def test_each_names_an_alternative(self) -> None:
        for instead, names in _absent._INSTEAD:
            for name in names.split():
                function: Any = _absent.stand_in(name)
                assert (function.__name__, instead in function.__doc__) == (name, True)

    def test_what_litellm_has_not_either(self) -> None:
        for module in (edgequake_python, edgequake_python.utils):
            with pytest.raises(AttributeError, match="no_such_name"):
                _ = module.no_such_name


def test_the_lists_that_programs_change_are_lists() -> None:
    edgequake_python.openai_compatible_providers.append("mine")
    assert edgequake_python.constants.openai_compatible_providers[-1] == "mine"
    edgequake_python.openai_compatible_providers.remove("mine")
    for name in ("callbacks", "success_callback", "failure_callback", "_async_success_callback"):
        assert type(getattr(edgequake_python, name)) is list
    assert edgequake_python.LlmProviders.OPENAI in edgequake_python.provider_list
    assert "openai" in edgequake_python.provider_list
    assert "temperature" in edgequake_python.OPENAI_CHAT_COMPLETION_PARAMS
    edgequake_python.in_memory_llm_clients_cache.flush_cache()


#: LiteLLM's own arguments that say how a call is made: tested for what they do.
_DOES_SOMETHING = {
    "api_key",
    "api_base",
    "custom_llm_provider",
    "headers",
    "num_retries",
    "max_retries",
    "request_timeout",
    "stream_timeout",
    "ssl_verify",
    "allowed_openai_params",
    "model_list",
    "use_litellm_proxy",
    "litellm_credential_name",
    "client",
    "provider_specific_header",
    "mock_response",
    "mock_timeout",
    "model_alias_map",
    "fallbacks",
    "retry_policy",
    "litellm_system_prompt",
}


@pytest.mark.parametrize("name", sorted(set(all_litellm_params) - _DOES_SOMETHING))
def test_no_argument_of_litellms_is_sent(server: Loopback, name: str) -> None:
    """It is taken, or refused by name; the provider never sees it."""
    server.handler = lambda request: chat("ok")
    call: dict[str, Any] = {"model": "openai/gpt-4o", "messages": MESSAGES, "api_key": "k"}
    try:
        edgequake_python.completion(**call, api_base=server.base_url, **{name: "canary"})
    except (edgequake_python.BadRequestError, ImportError) as error:
        assert name in str(error)
    for request in server.requests:
        assert b"canary" not in request.body
        assert name not in request.json


def test_third_party_names() -> None:
    """The names that published frameworks take; needs the list beside the checkout."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        third_party_names = importlib.import_module("third_party_names")
    finally:
        sys.path.pop(0)
    if not third_party_names.DEFAULT.exists():
        pytest.skip("no list")
    names = third_party_names.names(third_party_names.DEFAULT)
    missing = [name for name in names if third_party_names.resolve(name, "edgequake_python") is not None]
    assert json.dumps(missing) == "[]"


def test_a_router_says_too_what_is_used_instead() -> None:
    import asyncio

    router = edgequake_python.Router()
    for name in ("ocr", "search", "generate_content", "vector_store_search", "video_generation"):
        with pytest.raises(NotImplementedError, match=f"no {name}"):
            getattr(router, name)()
        with pytest.raises(NotImplementedError, match=f"no a{name}"):
            asyncio.run(getattr(router, f"a{name}")())
    assert not hasattr(router, "nonsense") and not hasattr(router, "_nonsense")
    with pytest.raises(AttributeError, match="'Router' object has no attribute 'nonsense'"):
        router.nonsense  # type: ignore[attr-defined]  # noqa: B018
