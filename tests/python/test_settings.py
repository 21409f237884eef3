"""Settings: argument before module attribute before environment, and assigned ones count at the next call."""

from __future__ import annotations

import asyncio
import concurrent.futures
import subprocess
import sys
import threading
from typing import Any

import pytest

import edgequake_python
from edgequake_python import acompletion, completion
from edgequake_python.exceptions import AuthenticationError, RateLimitError, Timeout, UnsupportedParamsError
from loopback import MESSAGES, Loopback, Request, chat, error

CALL: dict[str, Any] = {"model": "gpt-4o", "messages": MESSAGES}


def keys(server: Loopback) -> list[str]:
    return [request.headers["authorization"].split(" ", 1)[1] for request in server.requests]


class TestOrder:
    """Each source wins over those below it: they are taken away one by one, from the top."""

    def test_of_the_key(self, server: Loopback, complete: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_BASE", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
        edgequake_python.openai_key = "sk-openai-key"
        edgequake_python.api_key = "sk-api-key"
        complete(**CALL, api_key="sk-argument")
        complete(**CALL)
        edgequake_python.api_key = None
        complete(**CALL)
        edgequake_python.openai_key = ""
        complete(**CALL)
        assert keys(server) == ["sk-argument", "sk-api-key", "sk-openai-key", "sk-env"]
        monkeypatch.setenv("OPENAI_API_KEY", "")
        with pytest.raises(AuthenticationError):
            complete(**CALL)
        assert len(server.requests) == 4

    def test_of_the_base(self, server: Loopback, complete: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        base = server.base_url
        monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
        monkeypatch.setenv("OPENAI_API_BASE", base + "/litellms-variable")
        monkeypatch.setenv("OPENAI_BASE_URL", base + "/openais-variable")
        edgequake_python.api_base = base + "/setting"
        complete(**CALL, api_base=base + "/argument", base_url=base + "/alias")
        complete(**CALL, base_url=base + "/alias")
        complete(**CALL)
        edgequake_python.api_base = None
        complete(**CALL)
        monkeypatch.delenv("OPENAI_BASE_URL")
        complete(**CALL)
        places = [request.path.split("/")[2] for request in server.requests]
        assert places == ["argument", "alias", "setting", "openais-variable", "litellms-variable"]

    def test_of_the_organization(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_ORGANIZATION", "env")
        edgequake_python.organization = "setting"
        completion(**server.call(), organization="argument")
        completion(**server.call())
        edgequake_python.organization = None
        completion(**server.call())
        sent = [request.headers["openai-organization"] for request in server.requests]
        assert sent == ["argument", "setting", "env"]

    def test_a_key_does_not_travel_to_another_provider(self, server: Loopback) -> None:
        edgequake_python.api_key = "sk-openai"
        completion(**server.call(model="custom_openai/m", api_key=None))
        assert "authorization" not in server.requests[0].headers


class TestMissingKey:
    def test_names_the_variable(self, server: Loopback, content: Any) -> None:
        with pytest.raises(AuthenticationError, match="OPENAI_API_KEY") as caught:
            content(**CALL, api_base=server.base_url)
        assert caught.value.status_code == 401
        assert caught.value.llm_provider == "openai"
        assert server.connections == 0

    def test_an_authorization_header_is_a_key(self, server: Loopback) -> None:
        completion(**CALL, api_base=server.base_url, extra_headers={"Authorization": "Basic x"})
        assert server.requests[0].headers["authorization"] == "Basic x"


class TestAttributes:
    def test_headers(self, server: Loopback, complete: Any) -> None:
        edgequake_python.headers = {"x-a": "setting", "x-b": "setting"}
        complete(**server.call(extra_headers={"X-A": "argument"}))
        assert server.requests[0].headers["x-a"] == "argument"
        assert server.requests[0].headers["x-b"] == "setting"

    def test_drop_params(self, server: Loopback, complete: Any) -> None:
        call = server.call(model="gpt-5", temperature=0.2)
        with pytest.raises(UnsupportedParamsError):
            complete(**call)
        edgequake_python.drop_params = True
        assert complete(**call).dropped_params == ["temperature"]
        edgequake_python.drop_params = False
        with pytest.raises(UnsupportedParamsError):
            complete(**call)

    @pytest.mark.parametrize(("setting", "argument", "requests"), [(0, None, 1), (1, None, 2), (3, 1, 2)])
    def test_num_retries(
        self, server: Loopback, complete: Any, setting: int, argument: int | None, requests: int
    ) -> None:
        server.handler = lambda request: error(429, headers={"retry-after-ms": "1"})
        edgequake_python.num_retries = setting
        with pytest.raises(RateLimitError):
            complete(**server.call(num_retries=argument))
        assert len(server.requests) == requests

    def test_request_timeout(self, server: Loopback, complete: Any) -> None:
        def handler(request: Request) -> Any:
            request.server.pause(10)
            return chat()

        server.handler = handler
        edgequake_python.request_timeout = 0.05
        with pytest.raises(Timeout, match=r"0\.05"):
            complete(**server.call(num_retries=0))

    def test_timeout_argument_wins_over_request_timeout(self, server: Loopback) -> None:
        def handler(request: Request) -> Any:
            request.server.pause(0.2)
            return chat()

        server.handler = handler
        edgequake_python.request_timeout = 0.01
        assert completion(**server.call(timeout=30, num_retries=0)).choices

    def test_unknown_attributes_are_kept(self) -> None:
        edgequake_python._some_framework_was_here = True
        edgequake_python.made_up = {"a": 1}
        assert edgequake_python.made_up == {"a": 1}
        assert completion(**{**CALL, "model": "sim/gpt-4o"}).choices

    def test_unknown_attributes_that_nobody_assigned(self) -> None:
        script = (
            "import warnings; warnings.simplefilter('ignore'); import edgequake_python as litellm\n"
            "assert not hasattr(litellm, 'nothing')\n"
            "assert getattr(litellm, 'nothing', 5) == 5\n"
            "assert litellm.ModelResponse.__name__ == 'ModelResponse'"
        )
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")

    def test_common_switches_exist(self) -> None:
        for name in ("set_verbose", "suppress_debug_info", "telemetry", "drop_params", "ssl_verify"):
            assert isinstance(getattr(edgequake_python, name), bool)


class TestThreads:
    def test_what_one_thread_assigns_counts_in_another(self, server: Loopback) -> None:
        assigned, called = threading.Barrier(2, timeout=10), threading.Barrier(2, timeout=10)
        names = ["sk-first", "sk-second", "sk-third"]

        def caller() -> None:
            for _ in names:
                assigned.wait()
                completion(**CALL, api_base=server.base_url)
                called.wait()

        thread = threading.Thread(target=caller)
        thread.start()
        for name in names:
            edgequake_python.openai_key = name
            assigned.wait()
            called.wait()
        thread.join()
        assert keys(server) == names

    @pytest.mark.parametrize("asynchronous", [False, True])
    def test_values_of_calls_never_mix(self, server: Loopback, asynchronous: bool) -> None:
        threads, calls = 32, 10

        def handler(request: Request) -> Any:
            # Every part of a request must be of the same call.
            name = request.json["user"]
            parts = [
                request.headers["authorization"],
                request.headers["x-name"],
                request.headers["openai-organization"],
                request.query["name"],
                request.json["messages"][0]["content"],
                request.json["extra"],
            ]
            assert parts == [f"Bearer sk-{name}", name, name, name, name, name], parts
            return chat(content=name)

        server.handler = handler

        def call(name: str) -> dict[str, Any]:
            return {
                "model": "openai/m",
                "messages": [{"role": "user", "content": name}],
                "api_base": server.base_url,
                "api_key": f"sk-{name}",
                "extra_headers": {"x-name": name},
                "organization": name,
                "extra_query": {"name": name},
                "extra_body": {"extra": name},
                "user": name,
                "num_retries": 0,
            }

        async def many(names: list[str]) -> list[Any]:
            return await asyncio.gather(*(acompletion(**call(name)) for name in names))

        def work(thread: int) -> None:
            names = [f"{thread}-{number}" for number in range(calls)]
            answers = (
                asyncio.run(many(names)) if asynchronous else [completion(**call(name)) for name in names]
            )
            assert [answer.choices[0].message.content for answer in answers] == names

        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for result in [pool.submit(work, thread) for thread in range(threads)]:
                result.result(timeout=60)
        assert len(server.requests) == threads * calls
