"""Copies of a Router: settings of its own, limits in common, and no keys in a pickle."""

from __future__ import annotations

import copy
import pickle

import pytest

from edgequake_python import Router, RouterRateLimitError
from loopback import MESSAGES, Loopback, chat
from test_router import deployment


def test_a_copy_has_its_own_settings_and_the_same_limits(server: Loopback) -> None:
    server.handler = lambda request: chat()
    router = Router(
        [deployment(server, "group", "one", rpm=3)],
        fallbacks=[{"group": ["other"]}],
        model_group_alias={"alias": "group"},
    )
    router.completion("group", MESSAGES)
    twin = copy.deepcopy(router)
    assert twin.total_calls == router.total_calls
    for name in ("group", "alias"):
        twin.completion(name, MESSAGES)
    with pytest.raises(RouterRateLimitError):
        router.completion("group", MESSAGES)
    twin.delete_deployment("one")
    twin.model_group_alias["more"] = "group"
    twin.fallbacks[0]["group"].append("more")
    twin.total_calls["more"] += 1
    assert [item["model_info"]["id"] for item in router.model_list] == ["one"] and not twin.model_list
    assert router.model_group_alias == {"alias": "group"} and router.fallbacks == [{"group": ["other"]}]
    assert "more" not in router.total_calls


def test_a_shallow_copy_is_the_same_router(server: Loopback) -> None:
    server.handler = lambda request: chat()
    router = Router([deployment(server, "group", "one")])
    twin = copy.copy(router)
    assert twin is not router and twin.model_list == router.model_list
    assert twin.completion("group", MESSAGES).choices[0].message.content


def test_a_router_is_not_pickled(server: Loopback) -> None:
    with pytest.raises(TypeError, match="holds keys"):
        pickle.dumps(Router([deployment(server, "group", "one")]))
