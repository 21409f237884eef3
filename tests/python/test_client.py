"""`Client` and `AsyncClient`: settings, connections and callbacks of their own."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import threading
from typing import Any

import pytest

import edgequake_python
from edgequake_python import AsyncClient, Client, testing
from edgequake_python import client as clients
from loopback import MESSAGES, Loopback, Reply, chat

MadeClient: Any = Client
MadeAsyncClient: Any = AsyncClient
CALL: dict[str, Any] = {"model": "openai/unknown", "messages": MESSAGES}


def local(server: Loopback, **more: Any) -> dict[str, Any]:
    return {"api_keys": {"openai": "sk-client-0001"}, "api_bases": {"openai": server.base_url}, **more}


def test_it_calls_with_its_own_settings(server: Loopback) -> None:
    with MadeClient(**local(server, headers={"x-who": "me"}, defaults={"temperature": 0.5})) as client:
        assert client.completion(**CALL).choices[0].message.content == "Hello!"
        client.completion(**CALL, temperature=0.75, extra_headers={"x-who": "you"})
        stream = client.completion(**CALL, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Hello!"
    first, second, third = server.requests
    assert first.headers["authorization"] == "Bearer sk-client-0001"
    assert (first.headers["x-who"], second.headers["x-who"]) == ("me", "you")
    assert [request.json["temperature"] for request in (first, second, third)] == [0.5, 0.75, 0.5]


def test_the_asynchronous_one(server: Loopback) -> None:
    async def run() -> None:
        async with MadeAsyncClient(**local(server)) as client:
            answered = await client.completion(**CALL)
            assert answered.choices[0].message.content == "Hello!"
            stream = await client.completion(**CALL, stream=True)
            assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "Hello!"
            assert inspect.iscoroutinefunction(client.embedding)
            assert len((await client.embedding(model="openai/e", input=["a"])).data) == 1

    asyncio.run(run())


def test_the_packages_attributes_do_not_reach_it(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    edgequake_python.api_key = "sk-global-0001"
    edgequake_python.headers = {"x-global": "yes"}
    edgequake_python.drop_params = True
    edgequake_python.success_callback = [lambda *told: heard.append(told)]
    edgequake_python.model_alias_map = {"openai/unknown": "openai/other"}
    edgequake_python.pre_call_rules = [lambda text: False]
    client = MadeClient(**local(server))
    client.completion(**CALL)
    (request,) = server.requests
    assert request.json["model"] == "unknown"
    assert request.headers["authorization"] == "Bearer sk-client-0001"
    assert "x-global" not in request.headers
    assert heard == []
    with pytest.raises(edgequake_python.UnsupportedParamsError):
        client.completion("anthropic/m", MESSAGES, api_key="sk-0123456789", seed=1, dry_run=True)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    with pytest.raises(edgequake_python.AuthenticationError):
        MadeClient(environment=False).completion(**CALL)
    shown: Any = MadeClient(defaults={"dry_run": True}).completion(**CALL)
    assert shown.url.startswith("https://api.openai.com/")
    with pytest.raises(edgequake_python.AuthenticationError):
        MadeClient(api_keys={"groq": "gsk-0123456789"}, environment=False).completion(**CALL)


def test_a_key_goes_to_its_provider_only() -> None:
    client = MadeClient(api_keys={"groq": "gsk-0123456789", "openai": "sk-0123456789"}, environment=False)
    with testing.handler(lambda request: chat()) as requests:
        client.completion("groq/m", MESSAGES)
        client.completion("openai/m", MESSAGES)
        with pytest.raises(edgequake_python.AuthenticationError):
            client.completion("openai/m", MESSAGES, api_base="https://api.groq.com/openai/v1")
    keys = [request.headers["authorization"] for request in requests]
    assert keys == ["Bearer gsk-0123456789", "Bearer sk-0123456789"]


def test_32_threads_never_see_each_others_values(server: Loopback) -> None:
    server.handler = lambda request: Reply(chat(request.headers["x-who"]))
    wrong: list[Any] = []
    start = threading.Barrier(32)

    def work(number: int) -> None:
        heard: list[str] = []

        def listen(arguments: Any, answer: Any, *times: Any) -> None:
            heard.append(answer.choices[0].message.content)

        settings = local(server, headers={"x-who": str(number)}, drop_params=bool(number % 2))
        settings["api_keys"] = {"openai": f"sk-thread-{number:04}"}
        settings["request_hooks"] = [lambda request: seen.append(request.headers["x-who"])]
        seen: list[str] = []
        with MadeClient(**settings, callbacks=[listen] if number % 4 == 0 else ()) as client:
            start.wait(60)
            for turn in range(5):
                answered = client.completion(**CALL, user=f"{number}-{turn}")
                if answered.choices[0].message.content != str(number):
                    wrong.append(("answer", number))
                try:
                    client.completion("anthropic/m", MESSAGES, api_key="sk-x", seed=1, dry_run=True)
                    dropped = True
                except edgequake_python.UnsupportedParamsError:
                    dropped = False
                if dropped != bool(number % 2):
                    wrong.append(("drop_params", number))
        if seen != [str(number)] * 5:
            wrong.append(("hook", number, seen))
        if not set(heard) <= {str(number)}:
            wrong.append(("callback", number, heard))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    assert len(server.requests) == 160
    for request in server.requests:
        number = int(request.json["user"].split("-")[0])
        assert request.headers["authorization"] == f"Bearer sk-thread-{number:04}"
        assert request.headers["x-who"] == str(number)


def test_connections_are_its_own_and_are_closed(server: Loopback) -> None:
    one, other = MadeClient(**local(server)), MadeClient(**local(server))
    one.completion(**CALL)
    one.completion(**CALL)
    assert server.connections == 1
    other.completion(**CALL)
    assert server.connections == 2
    one.close()
    with pytest.raises(RuntimeError, match="closed"):
        one.completion(**CALL)
    other.completion(**CALL)
    assert server.connections == 2
    without = MadeClient(**local(server, pool_size=0))
    without.completion(**CALL)
    without.completion(**CALL)
    assert server.connections == 4


def test_a_proxy_of_its_own(server: Loopback) -> None:
    port = server.base_url.rsplit(":", 1)[1].split("/")[0]
    client = MadeClient(
        api_keys={"openai": "sk-0123456789"},
        api_bases={"openai": "http://model.invalid/v1"},
        proxy=f"http://127.0.0.1:{port}",
    )
    client.completion(**CALL)
    assert server.requests[0].headers["host"] == "model.invalid"
    with pytest.raises(edgequake_python.BadRequestError, match="proxy"):
        MadeClient(api_keys={"openai": "sk-0123456789"}, proxy="::no url::").completion(**CALL)


def test_a_handler_of_its_own() -> None:
    client = MadeClient(api_keys={"openai": "sk-0123456789"}, handler=lambda request: chat("own"))
    with testing.handler(lambda request: chat("process")):
        assert client.completion(**CALL).choices[0].message.content == "own"
        other = MadeClient(api_keys={"openai": "sk-0123456789"})
        assert other.completion(**CALL).choices[0].message.content == "process"


def test_a_cache_of_its_own(server: Loopback) -> None:
    client = MadeClient(**local(server, cache=edgequake_python.Cache(type="local")))
    client.completion(**CALL)
    client.completion(**CALL)
    assert len(server.requests) == 1
    MadeClient(**local(server)).completion(**CALL)
    assert len(server.requests) == 2


def test_every_operation_is_a_method() -> None:
    def answer(request: testing.Request) -> Any:
        return testing.Response({"error": {"message": "teapot"}}, 418)

    keys = {"openai": "sk-0123456789"}
    needed: dict[str, dict[str, Any]] = {
        "messages": {"max_tokens": 1, "messages": MESSAGES, "model": "openai/m"},
        "rerank": {"model": "cohere/m", "query": "a", "documents": ["a"], "api_key": "co-0123456789"},
        "image_edit": {"image": b"\x89PNG", "prompt": "a", "model": "openai/m"},
        "image_variation": {"image": b"\x89PNG", "model": "openai/dall-e-2"},
        "transcription": {"model": "openai/m", "file": ("a.wav", b"RIFF")},
        "create_file": {"file": ("f", b"a"), "purpose": "batch", "custom_llm_provider": "openai"},
        "create_batch": {
            "completion_window": "24h",
            "endpoint": "/v1/chat/completions",
            "input_file_id": "f",
            "custom_llm_provider": "openai",
        },
        "list_models": {"custom_llm_provider": "openai"},
        "speech": {"model": "openai/m", "input": "a", "voice": "alloy"},
        "compact_responses": {"input": "a", "model": "openai/m"},
    }
    usual = {
        "model": "openai/m",
        "messages": MESSAGES,
        "input": "a",
        "prompt": "a",
        "file_id": "f",
        "batch_id": "b",
        "response_id": "resp_1",
        "custom_llm_provider": "openai",
    }
    with testing.handler(answer) as requests:
        client = MadeClient(api_keys=keys, num_retries=0, environment=False)
        asynchronous = MadeAsyncClient(api_keys=keys, num_retries=0, environment=False)
        for number, (name, (module, blocking, _)) in enumerate(clients._OPERATIONS.items(), 1):
            function = getattr(client, name).__wrapped__
            names = inspect.signature(function).parameters
            arguments = needed.get(name) or {key: value for key, value in usual.items() if key in names}
            with pytest.raises(edgequake_python.APIError):
                getattr(client, name)(**arguments)
            assert len(requests) == 2 * number - 1, (name, module, blocking)
            with pytest.raises(edgequake_python.APIError):
                asyncio.run(getattr(asynchronous, name)(**arguments))
            assert len(requests) == 2 * number, name


def test_it_shows_no_key_and_is_not_pickled() -> None:
    client = MadeClient(api_keys={"openai": "sk-canary-0001"})
    assert repr(client) == "<Client for openai>"
    with pytest.raises(TypeError):
        pickle.dumps(client)
    with pytest.raises(ValueError, match="pool_size"):
        MadeClient(pool_size=-1)
