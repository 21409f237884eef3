"""Objects built without validation are the same as constructed ones, and no dump ever warns."""

# The tests hand over what callers hand over, dicts for classes and extras included.
# mypy: no-check-untyped-defs

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import warnings
from typing import Any, Optional, Union

import pytest
from pydantic import BaseModel, TypeAdapter

from edgequake_python.types import utils
from edgequake_python.types.base import Model
from edgequake_python.types.metadata import Response
from edgequake_python.types.trusted import LAYOUTS, build
from edgequake_python.types.utils import (
    Choices,
    Delta,
    Message,
    ModelResponse,
    ModelResponseStream,
    StreamingChoices,
    Usage,
)


def trusted(cls, extra=None, **fields):
    layout = LAYOUTS[cls]
    known = {name: fields[name] for name in layout.fields if name in fields}
    return build(cls, known, extra or {}, {"_meta": None} if layout.has_meta else None)


def built_message():
    call = trusted(
        utils.ChatCompletionMessageToolCall,
        function=trusted(utils.Function, arguments="{}", name="f"),
        id="c",
        type="function",
    )
    extra = {"reasoning_content": "hm"}
    return trusted(Message, extra, content=None, role="assistant", tool_calls=[call], function_call=None)


def built_usage():
    return trusted(
        Usage,
        completion_tokens=2,
        prompt_tokens=1,
        total_tokens=3,
        completion_tokens_details=None,
        prompt_tokens_details=None,
    )


def built_response():
    choice = trusted(Choices, finish_reason="tool_calls", index=0, message=built_message())
    common = {"id": "a", "created": 1, "model": "m", "object": "chat.completion", "system_fingerprint": None}
    return trusted(ModelResponse, {"service_tier": "x"}, **common, choices=[choice], usage=built_usage())


def constructed_response():
    return ModelResponse(
        id="a",
        created=1,
        model="m",
        choices=[
            {
                "finish_reason": "tool_calls",
                "message": {
                    "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}],
                    "reasoning_content": "hm",
                },
            }
        ],
        usage={"completion_tokens": 2, "prompt_tokens": 1, "total_tokens": 3},
        service_tier="x",
    )


def built_chunk():
    delta = trusted(Delta, content="x", role=None, function_call=None, tool_calls=None, audio=None)
    choice = trusted(StreamingChoices, finish_reason=None, index=0, delta=delta, logprobs=None)
    return trusted(
        ModelResponseStream,
        id="a",
        created=1,
        model="m",
        object="chat.completion.chunk",
        system_fingerprint=None,
        choices=[choice],
        provider_specific_fields=None,
    )


def constructed_chunk():
    return ModelResponseStream(id="a", created=1, model="m", choices=[{"delta": {"content": "x"}}])


PAIRS = [(built_response, constructed_response), (built_chunk, constructed_chunk)]


@pytest.mark.parametrize(("built", "constructed"), PAIRS, ids=["response", "chunk"])
def test_built_is_like_constructed(built, constructed):
    one, other = built(), constructed()
    assert one == other
    assert repr(one) == repr(other)
    assert one.model_dump() == other.model_dump()
    assert one.model_dump_json() == other.model_dump_json()
    assert list(one.__dict__) == list(other.__dict__)
    for changed in (
        {"exclude_none": True},
        {"exclude_unset": True},
        {"include": {"choices": {0: {"index"}}}},
    ):
        assert one.model_dump(**changed) == other.model_dump(**changed)
    for duplicate in (copy.copy, copy.deepcopy, lambda r: r.model_copy(), lambda r: r.model_copy(deep=True)):
        assert duplicate(one) == duplicate(other) == one
    assert pickle.loads(pickle.dumps(one)) == pickle.loads(pickle.dumps(other)) == one
    for instance in (one, other):
        instance.model = "changed"
        instance.new = {"a": 1}
        instance.choices[0].index = 4
        del instance.choices[0].index
        del instance.new
        instance._hidden_params["x"] = 1
    assert one == other
    assert one.model_dump() == other.model_dump()
    assert one._hidden_params == other._hidden_params
    assert type(one).model_validate(one) is one


def test_every_class_has_its_layout():
    documented = {cls.__name__ for cls in LAYOUTS}
    named = (getattr(utils, name) for name in utils.__all__)
    exported = {cls.__name__ for cls in named if isinstance(cls, type) and issubclass(cls, Model)}
    # A base class, and classes that only programs make.
    others = {
        "ModelResponseBase",
        "BudgetConfig",
        "LiteLLMFineTuningJob",
        "TokenCountResponse",
        "CredentialItem",
    }
    # Made by their constructors, once a call.
    others |= {"ImageObject", "ImageResponse", "ImageUsage", "ImageUsageInputTokensDetails"}
    assert documented == exported - others


@pytest.mark.parametrize("cls", list(LAYOUTS), ids=lambda cls: cls.__name__)
def test_layouts_tell_the_truth(cls):
    layout = LAYOUTS[cls]
    assert tuple(cls.model_fields) == layout.fields
    assert issubclass(cls, Response) is layout.has_meta
    instance = trusted(cls, {name: {"a": 1} for name in layout.optional}, **dict.fromkeys(layout.fields))
    assert list(instance.model_dump()) == [*layout.fields, *layout.optional]
    assert json.loads(instance.model_dump_json()) == instance.model_dump()
    bare = trusted(cls, **dict.fromkeys(layout.fields))
    for name in set(layout.optional) - {"provider_specific_fields"}:
        assert not hasattr(bare, name)
    assert pickle.loads(pickle.dumps(instance)) == copy.deepcopy(instance) == instance


def test_values_of_the_wrong_type_are_dumped_as_they_are():
    response = constructed_response()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        response.id = 3
        response.usage = {"prompt_tokens": 1}
        response.choices = [{"a": 1}, Choices(message={"content": "x"}), StreamingChoices()]
        response.choices[1].message.content = [{"type": "text", "text": "x"}]
        dump = response.model_dump()
        assert json.loads(response.model_dump_json()) == dump
    assert dump["id"] == 3
    assert dump["choices"][1]["message"]["content"] == [{"type": "text", "text": "x"}]


class Holder(BaseModel):
    """A user's model with our classes in its fields."""

    response: ModelResponse
    either: Union[ModelResponse, ModelResponseStream, Message, int, None] = None
    many: list[Union[str, ModelResponse]] = []


@pytest.mark.parametrize("response", [built_response(), ModelResponse(), ModelResponse(usage=Usage())])
@pytest.mark.parametrize(
    "kind", [Optional[ModelResponse], Union[int, ModelResponse], Union[Message, ModelResponse]]
)
def test_inside_users_unions(response: ModelResponse, kind: Any):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        adapter = TypeAdapter(kind)
        assert adapter.dump_python(response) == response.model_dump()
        assert json.loads(adapter.dump_json(response)) == response.model_dump()
        holder = Holder(response=response, either=response, many=["a", response])
        dump = holder.model_dump()
        assert dump["response"] == dump["either"] == dump["many"][1] == response.model_dump()
        assert Holder.model_validate_json(holder.model_dump_json()) == holder
        assert holder.model_dump(include={"either": {"id"}}) == {"either": {"id": response.id}}
        assert Holder(response=response, either=Message(content="x")).model_dump()["either"]["content"] == "x"
        Holder.model_json_schema(mode="serialization")


def test_classes_survive_a_forced_rebuild():
    ModelResponse.model_rebuild(force=True)
    assert built_response().model_dump() == constructed_response().model_dump()
    assert "usage" not in ModelResponse().model_dump()


def test_clean_under_warnings_as_errors():
    code = (
        "import sys\n"
        "import edgequake_python.types\n"
        "assert 'openai' not in sys.modules\n"
        "from edgequake_python.types.utils import ModelResponse, ModelResponseStream, EmbeddingResponse\n"
        "r = ModelResponse(choices=[{'message': {'content': 'x', 'tool_calls': [{'function': {}}]}}])\n"
        "r.model_dump(); r.model_dump_json(); r.json(); r.dict(); r.to_dict(); repr(r)\n"
        "r.model_copy(deep=True)\n"
        "r.choices[0].message.json(); ModelResponse(**r.dict()); ModelResponse.model_json_schema()\n"
        "ModelResponseStream(usage={}).model_dump_json(); EmbeddingResponse(data=[{}]).json()\n"
        "assert 'openai' not in sys.modules\n"
        "print('clean')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("clean", "")


def test_importing_the_package_imports_no_pydantic():
    code = (
        "import importlib.util, sys\n"
        "path = [p + '/edgequake_python/types/__init__.py' for p in sys.path]\n"
        "import os\n"
        "file = next(p for p in path if os.path.exists(p))\n"
        "spec = importlib.util.spec_from_file_location('lazy', file, submodule_search_locations=[])\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        "sys.exit('pydantic' in sys.modules)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=60)
