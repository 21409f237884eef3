"""A program that imports openai catches our exceptions by openai's classes; no other program pays for it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from edgequake_python.exceptions import (
    RateLimitError,
    link_openai,
)
from error_classes import API, VALUES, required


def run_python(code: str, *flags: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, *flags, "-c", textwrap.dedent(code)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_is_quiet_and_loads_nothing_heavy() -> None:
    out = run_python(
        """
        import sys
        before = set(sys.modules)
        import edgequake_python
        package = set(sys.modules)
        from edgequake_python import exceptions
        exceptions.RateLimitError("m", "p", "mo", headers={"retry-after": "1"})
        exceptions.from_core("BadRequestError", 400, "m", "openai", "mo", None, [("a", "b")])
        added = set(sys.modules) - package - before
        added = {name for name in added if not name.startswith("edgequake_python")}
        print(sorted(added - {"__future__"}))
        """,
        "-W",
        "error",
    )
    assert out.strip() == "[]"


PAIRS = {
    "OpenAIError": "OpenAIError",
    "APIError": "APIError",
    "MockException": "APIError",
    "APIResponseValidationError": "APIResponseValidationError",
    "JSONSchemaValidationError": "APIResponseValidationError",
    "APIConnectionError": "APIConnectionError",
    "IncompleteStreamError": "APIConnectionError",
    "InternalError": "APIError",
    "Timeout": "APITimeoutError",
    "AuthenticationError": "AuthenticationError",
    "PermissionDeniedError": "PermissionDeniedError",
    "NotFoundError": "NotFoundError",
    "UnprocessableEntityError": "UnprocessableEntityError",
    "RateLimitError": "RateLimitError",
    "InternalServerError": "InternalServerError",
    "BadGatewayError": "APIStatusError",
    "ServiceUnavailableError": "APIStatusError",
    "MidStreamFallbackError": "APIStatusError",
    "BadRequestError": "BadRequestError",
    "InvalidRequestError": "BadRequestError",
    "ContextWindowExceededError": "BadRequestError",
    "ContentPolicyViolationError": "BadRequestError",
    "UnsupportedParamsError": "BadRequestError",
    "ImageFetchError": "BadRequestError",
    "PaymentRequiredError": "BadRequestError",
    "RejectedRequestError": "BadRequestError",
    "LiteLLMUnknownProvider": "BadRequestError",
    "VectorStoreSearchError": "BadRequestError",
}
LINK_PREAMBLE = f"""
import copy, pickle, sys
from edgequake_python import exceptions as ours
pairs = {PAIRS!r}
required = {{name: fields for name, fields in {[(name, required(name)) for name in PAIRS]!r}}}
values = {VALUES!r}
def build(name):
    return getattr(ours, name)(**{{key: values[key] for key in required[name]}})
"""


@pytest.fixture
def needs_openai() -> None:
    from importlib.util import find_spec

    if find_spec("openai") is None:
        pytest.skip("openai is not installed")


def test_every_api_class_has_a_counterpart() -> None:
    assert set(PAIRS) == set(API)


@pytest.mark.usefixtures("needs_openai")
def test_openai_catches_ours() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
before = {name: build(name) for name in pairs}
texts = {name: (str(error), repr(error), vars(error).keys()) for name, error in before.items()}
assert "openai" not in sys.modules
import openai
after = {name: build(name) for name in pairs}
for errors in (before, after):
    for name, error in errors.items():
        theirs = getattr(openai, pairs[name])
        for expected in (theirs, openai.OpenAIError):
            try:
                raise error
            except expected as caught:
                assert caught is error
        assert error.__class__ is getattr(ours, name)
        assert error.__class__.__mro__.count(theirs) == 1
        assert (str(error), repr(error), vars(error).keys()) == texts[name]
        assert isinstance(error, openai.APIError) is (name != "OpenAIError")
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert isinstance(twin, theirs)
            assert (str(twin), repr(twin), vars(twin).keys()) == texts[name]

# What is told apart in openai and LiteLLM stays apart.
assert not isinstance(after["NotFoundError"], openai.BadRequestError)
assert not isinstance(after["Timeout"], ours.APIConnectionError)
assert isinstance(after["Timeout"], openai.APIConnectionError)
assert not isinstance(after["RateLimitError"], ours.APIError)
for name in ("BudgetExceededError", "RouterRateLimitError", "ModelNotMappedError", "BaseLLMException"):
    assert not issubclass(getattr(ours, name), openai.OpenAIError)

bases = {name: getattr(ours, name).__bases__ for name in pairs}
for _ in range(3):
    ours.link_openai()
assert bases == {name: getattr(ours, name).__bases__ for name in pairs}
class Both(ours.RateLimitError, openai.RateLimitError):
    pass
assert "litellm.RateLimitError: m" == str(Both("m", "p", "mo"))

# Imported anew, as some test suites do: the classes of both generations catch ours.
first = openai
for name in [name for name in sys.modules if name.split(".")[0] == "openai"]:
    del sys.modules[name]
import openai
assert openai.RateLimitError is not first.RateLimitError
error = build("RateLimitError")
assert isinstance(error, openai.RateLimitError) and isinstance(error, first.RateLimitError)
print("ok")
""",
        "-W",
        "error",
    )
    assert out.strip() == "ok"


@pytest.mark.usefixtures("needs_openai")
def test_the_factory_and_unpickling_link() -> None:
    assert (
        run_python(
            """
            import pickle
            from edgequake_python.exceptions import RateLimitError, from_core
            data = pickle.dumps(RateLimitError("m", "p", "mo"))
            import openai
            assert not issubclass(RateLimitError, openai.RateLimitError)
            twin = pickle.loads(data)
            assert isinstance(twin, openai.RateLimitError)
            print("ok")
            """
        ).strip()
        == "ok"
    )
    assert (
        run_python(
            """
            import openai
            from edgequake_python.exceptions import from_core
            try:
                raise from_core("Timeout", None, "slow", "openai", "mo", None, None)
            except openai.APITimeoutError as error:
                assert isinstance(error, openai.APIConnectionError)
                print("ok")
            """
        ).strip()
        == "ok"
    )


@pytest.mark.usefixtures("needs_openai")
def test_link_from_many_threads() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
import threading
import openai
sys.setswitchinterval(1e-6)
gate = threading.Barrier(16)
failures = []
def work():
    gate.wait()
    try:
        for name in pairs:
            assert isinstance(build(name), getattr(openai, pairs[name]))
    except BaseException as error:
        failures.append(error)
threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not failures, failures
for name in pairs:
    mro = getattr(ours, name).__mro__
    assert len(set(mro)) == len(mro)
print("ok")
"""
    )
    assert out.strip() == "ok"


def test_link_survives_odd_modules_called_openai() -> None:
    out = run_python(
        LINK_PREAMBLE
        + """
import types
from unittest.mock import MagicMock

sys.modules["openai"] = MagicMock()  # a test double: no real classes in it
build("RateLimitError")
sys.modules["openai"] = None  # "import openai" is blocked
build("RateLimitError")

class Lazy(types.ModuleType):
    def __getattribute__(self, name):
        raise AssertionError("would have been loaded")
sys.modules["openai"] = Lazy("openai")
build("RateLimitError")

class Theirs(Exception):
    def __init__(self, *, response):
        raise AssertionError("not our constructor")
    __str__ = __repr__ = __reduce__ = lambda self: 1 / 0

half = types.ModuleType("openai")  # another thread is importing it
half.RateLimitError = Theirs
sys.modules["openai"] = half
half.NotFoundError = MagicMock()  # patched by a test
assert pickle.loads(pickle.dumps(build("RateLimitError"))).message == "litellm.RateLimitError: m"
assert repr(build("RateLimitError")) == "RateLimitError('litellm.RateLimitError: m')"
assert str(build("NotFoundError")) == "litellm.NotFoundError: m"
assert isinstance(build("RateLimitError"), half.RateLimitError)
half.BadRequestError = type("BadRequestError", (Exception,), {})
assert isinstance(build("ContextWindowExceededError"), half.BadRequestError)

again = types.ModuleType("openai")  # reloaded: both generations are in use
again.RateLimitError = type("RateLimitError", (Exception,), {})
again.Timeout = type("Odd", (OSError,), {})
again.APITimeoutError = again.Timeout  # its layout cannot be combined with ours
sys.modules["openai"] = again
assert isinstance(build("RateLimitError"), again.RateLimitError)
assert isinstance(build("RateLimitError"), half.RateLimitError)
assert str(build("Timeout")) == "litellm.Timeout: m"
print("ok")
"""
    )
    assert out.strip() == "ok"


def test_link_without_openai_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "openai", raising=False)
    before = RateLimitError.__bases__
    link_openai()
    assert RateLimitError.__bases__ == before
    assert "openai" not in sys.modules
