"""How a call went: lazily made, never dumped, and surviving copies and pickles."""

# The tests hand over what callers hand over, dicts for classes and extras included.
# mypy: no-check-untyped-defs

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import pytest
from pydantic import PrivateAttr

from edgequake_python.types.trusted import build
from edgequake_python.types.utils import (
    EmbeddingResponse,
    HiddenParams,
    ModelResponse,
    ModelResponseStream,
    TextCompletionResponse,
)

RESPONSES = [ModelResponse, ModelResponseStream, EmbeddingResponse, TextCompletionResponse]


class Meta:
    """What the extension module's object offers; counts how often it is asked, and refuses to be copied."""

    response_ms = 12.5
    request_id = "req_1"

    def __init__(self):
        self.asked = 0

    def hidden_params(self):
        self.asked += 1
        return {"response_cost": 0.5, "additional_headers": {"a": "b"}, "dropped_params": ["seed"]}

    def headers(self):
        return {"x-ratelimit-remaining-requests": "9"}

    def __reduce_ex__(self, protocol):
        raise TypeError("a meta can be neither pickled nor copied")


def from_call(cls, meta):
    made = cls()
    return build(cls, dict(made.__dict__), {}, {"_meta": meta})


@pytest.fixture(params=RESPONSES, ids=lambda cls: cls.__name__)
def cls(request):
    return request.param


def test_made_once_when_asked(cls):
    meta = Meta()
    response = from_call(cls, meta)
    response.model_dump()
    response.model_dump_json()
    repr(response)
    assert meta.asked == 0
    assert response._hidden_params["response_cost"] == 0.5
    response._hidden_params["mine"] = 1
    assert response._hidden_params["mine"] == response.hidden_params["mine"] == 1
    assert meta.asked == 1
    assert response._response_headers == response.headers == {"x-ratelimit-remaining-requests": "9"}
    assert response._response_ms == 12.5
    assert response.request_id == "req_1"
    assert response.dropped_params == ["seed"]
    assert "_hidden_params" in response
    assert response.get("_hidden_params")["mine"] == 1


def test_without_a_call(cls):
    response = cls()
    assert response._hidden_params == {}
    assert response._response_headers is None
    assert response._response_ms is None
    assert response.headers == {}
    assert response.request_id is None
    assert response.dropped_params == []
    constructed = cls.model_construct()
    assert constructed._hidden_params == {}


def test_given_by_the_user(cls):
    given = {"model_id": "a"}
    response = cls(hidden_params=given)
    assert response._hidden_params == given
    response._hidden_params = {"model_id": "b"}
    response._response_headers = {"x-request-id": "r"}
    response._response_ms = 3.0
    assert response._hidden_params == {"model_id": "b"}
    assert (response.request_id, response._response_ms) == ("r", 3.0)
    with pytest.raises(AttributeError):
        del response._nothing


def test_response_headers_and_ms_of_constructors():
    response = ModelResponse(response_ms=5.0, _response_headers={"x-request-id": "r"})
    assert response._response_ms == 5.0
    assert response.request_id == "r"
    assert EmbeddingResponse(_response_headers={"a": "b"}).headers == {"a": "b"}


def test_never_in_a_dump(cls):
    response = from_call(cls, Meta())
    plain = cls().model_dump().keys()
    _ = response._hidden_params, response.headers, response.request_id, response._response_ms
    response._hidden_params["x"] = 1
    assert response.model_dump().keys() == plain


def test_extras_of_the_same_name_are_kept():
    extras = {"headers": 1, "request_id": "body", "hidden_params": None, "dropped_params": "x"}
    response = build(ModelResponse, dict(ModelResponse().__dict__), dict(extras), {"_meta": None})
    assert {name: response.model_dump()[name] for name in extras} == extras
    assert response.headers == {}
    assert response.dropped_params == []
    assert response.request_id == "body"


def test_equality_is_about_the_answer():
    first, second = from_call(ModelResponse, Meta()), None
    second = build(ModelResponse, dict(first.__dict__), {}, {"_meta": None})
    assert first == second
    first._hidden_params["cache_hit"] = True
    assert first == second


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        copy.copy,
        lambda r: r.model_copy(),
        lambda r: r.model_copy(deep=True),
        lambda r: r.model_copy(deep=True, update={"model": "other"}),
        lambda r: pickle.loads(pickle.dumps(r)),
        lambda r: pickle.loads(pickle.dumps(r, protocol=2)),
    ],
    ids=["deepcopy", "copy", "model_copy", "deep model_copy", "model_copy update", "pickle", "pickle 2"],
)
def test_duplicates_keep_it(cls, duplicate):
    response = from_call(cls, Meta())
    twin = duplicate(response)
    assert type(twin) is cls
    assert twin._hidden_params["response_cost"] == 0.5
    assert (twin._response_ms, twin.request_id) == (12.5, "req_1")
    assert twin.headers == response.headers
    assert type(twin._hidden_params) is (HiddenParams if cls is TextCompletionResponse else dict)
    if twin.model != "other":
        assert twin == response
        assert twin.model_dump_json() == response.model_dump_json()


def test_a_deep_copy_shares_nothing():
    response = from_call(ModelResponse, Meta())
    twin = copy.deepcopy(response)
    twin._hidden_params["additional_headers"]["a"] = "changed"
    twin.choices[0].message.content = "changed"
    assert response._hidden_params["additional_headers"]["a"] == "b"
    assert response.choices[0].message.content is None


def test_pickle_crosses_processes():
    response = from_call(ModelResponse, Meta())
    code = (
        "import pickle, sys\n"
        "r = pickle.load(sys.stdin.buffer)\n"
        "assert r.request_id == 'req_1' and r._hidden_params['response_cost'] == 0.5\n"
        "r.choices[0].message.content = 'seen'\n"
        "sys.stdout.buffer.write(pickle.dumps(r))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(response),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        timeout=60,
    )
    back = pickle.loads(done.stdout)
    assert back.choices[0].message.content == "seen"
    assert back.id == response.id
    assert back._response_ms == 12.5


class WithPrivate(ModelResponse):
    """A user's own response class."""

    note: str = "none"
    _secret: int = PrivateAttr(default=3)


def test_users_subclasses():
    response = WithPrivate(note="mine", hidden_params={"a": 1})
    assert (response.note, response._secret, response._hidden_params) == ("mine", 3, {"a": 1})
    assert not hasattr(response, "usage")
    twin = pickle.loads(pickle.dumps(response))
    assert (twin, twin._secret, twin._hidden_params) == (response, 3, {"a": 1})
