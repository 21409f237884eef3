"""The same calls through litellm and through this package, against the simulator: what programs read.

Runs when LITELLM_COMPAT_TESTS is set (``make compat``). litellm is installed in an environment of its own, in
the user's cache folder, and asked in a process of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import edgequake_python
from litellm_environment import COMPARED, Differences, ask, litellm_python, on_purpose

pytestmark = COMPARED

#: Where the two differ on purpose: what is asked, what differs, and why.
ON_PURPOSE: Differences = (
    (
        r": error 403$",
        r"raised|is",
        "403 is PermissionDeniedError everywhere",
    ),
    (r"^azure: error 500$", r"raised|is", "500 is InternalServerError everywhere"),
    (r": error 503$", r"raised|is|status", "503 is ServiceUnavailableError, whatever the text says"),
    (r"", r"system_fingerprint", "kept for every provider that gives one"),
    (r"", r"service_tier", "kept where the provider says it"),
    (r"", r"provider_specific_fields", "a provider's own word for the finish is kept"),
    (
        r"",
        r"usage\.(cost|estimated|iterations|inference_geo|speed|service_tier)",
        "costs are in _hidden_params",
    ),
    (r"", r"usage\.completion_tokens_details", "no reasoning is made up where the provider counts none"),
    (r"^gemini: ", r"usage\.prompt_tokens_details", "as above, for the prompt's parts"),
    (
        r"^(anthropic|bedrock|gemini): (async )?stream( tools)?$",
        r"counted",
        "counts given unasked are handed on",
    ),
    (r"^mistral: stream usage$", r"counted", "Mistral counts unasked; OpenAI's manner is spoken for it here"),
    (r"^gemini: tools$", r"tool_calls\[\].index", "a call has its place in the list"),
    (r"^cohere: .*stream", r"", "litellm fails on Cohere's streams"),
    (r"^cohere: tools$", r"finish_reason|tool_calls\[\].index", "calls of tools are no plain end"),
    (r"^ollama: tools$", r"message.content", "an empty text beside calls of tools is none"),
    (r"^ollama: (async )?stream( tools)?$", r"counted", "counts given unasked are handed on"),
    (r"^ollama: error context_window$", r"raised", "a prompt that is too long is told from other refusals"),
    (r"^image$", r"kinds.usage|\.url$", "the simulator's address is made of the request's bytes"),
    (r"^transcription$", r"kinds.usage", "the counts are an open object"),
    (r"^rerank$", r"document", "return_documents is kept where the provider does not know it"),
    (r"^built$", r"usage", "a count that the provider did not give is estimated, and says so"),
    (r"^unsupported$", r"provider|model", "the error names them"),
    (r"^bedrock: ", r"model", "the model is named without its route"),
)


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    litellm_python()
    with edgequake_python.Simulator() as simulator:
        theirs = ask("probe.py", "litellm", simulator.base_url)
        ours = ask("probe.py", "edgequake_python", simulator.base_url)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{table(theirs, ours)}")
    return theirs["found"], ours["found"]


def table(theirs: dict[str, Any], ours: dict[str, Any]) -> str:
    """What was asked of which provider, how alike the two libraries are in it, and each's seconds."""
    rows: dict[str, list[float]] = {}
    for asked in theirs["found"]:
        provider, colon, _ = asked.partition(": ")
        row = rows.setdefault(provider if colon else "other endpoints", [0, 0, 0, 0, 0.0, 0.0])
        found = differences(prepared(theirs["found"][asked]), prepared(ours["found"].get(asked)))
        kind = (
            3 if any(not on_purpose(ON_PURPOSE, asked, path) for path, _, _ in found) else 2 if found else 1
        )
        row[0] += 1
        row[kind] += 1
        for place, library in ((4, theirs), (5, ours)):
            row[place] += library["seconds"].get(asked, 0.0)
    rows["in all"] = [sum(column) for column in zip(*rows.values())]
    head = ("", "calls", "same", "on purpose", "wrong", "litellm s", "ours s")
    lines = ["{:16} {:>6} {:>6} {:>11} {:>6} {:>10} {:>7}".format(*head)]
    lines += ["{:16} {:6} {:6} {:11} {:6} {:10.1f} {:7.1f}".format(name, *row) for name, row in rows.items()]
    return "\n".join(lines)


def bare(value: Any) -> Any:
    """Without what is None or empty: a field that says nothing is as good as one that is not there."""
    if isinstance(value, dict):
        kept = {name: bare(item) for name, item in value.items() if name not in ("id", "created")}
        if isinstance(kept.get("arguments"), str):
            # However it is spaced.
            kept["arguments"] = json.loads(kept["arguments"])
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [bare(item) for item in value] if isinstance(value, list) else value


def summed(chunks: list[Any]) -> dict[str, Any]:
    """What a stream says in all, however it is cut: texts, roles, calls, finish, counts, classes."""
    said: dict[str, Any] = {"text": "", "roles": [], "finish": [], "calls": {}, "kinds": {}, "counted": False}
    for chunk in chunks:
        dump = chunk["dump"]
        for name, kind in chunk["kinds"].items():
            if name != "usage":
                said["kinds"][name] = kind
        said["counted"] = said["counted"] or bool(dump.get("usage"))
        said["model"] = dump["model"]
        said["object"] = dump["object"]
        for choice in dump["choices"]:
            delta = choice["delta"]
            said["text"] += delta.get("content") or ""
            said["roles"] += [delta["role"]] if delta.get("role") else []
            if choice.get("finish_reason"):
                said["finish"].append([choice["finish_reason"], bool(delta.get("content"))])
            for call in delta.get("tool_calls") or ():
                known = said["calls"].setdefault(str(call["index"]), {"name": "", "arguments": ""})
                known["name"] += call["function"].get("name") or ""
                known["arguments"] += call["function"].get("arguments") or ""
    said["roles"] = said["roles"][:1]
    said["arguments"] = [json.loads(call.pop("arguments")) for call in said["calls"].values()]
    return said


def differences(theirs: Any, ours: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Paths at which two values differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for name in {**theirs, **ours}:
            found += differences(theirs.get(name), ours.get(name), f"{path}.{name}".lstrip("."))
        return found
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [item for one, other in zip(theirs, ours) for item in differences(one, other, f"{path}[]")]
    return [] if theirs == ours else [(path, theirs, ours)]


def prepared(value: Any) -> Any:
    return summed(value) if isinstance(value, list) else bare(value)


def test_every_call_gives_the_same(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = both
    assert set(theirs) == set(ours)
    assert len(theirs) > 100
    wrong = [
        f"{asked}: {path}: litellm {one!r}, ours {other!r}"
        for asked in theirs
        for path, one, other in differences(prepared(theirs[asked]), prepared(ours[asked]))
        if not on_purpose(ON_PURPOSE, asked, path)
    ]
    assert wrong == [], "\n".join(wrong)


def test_answers_were_compared_and_not_errors(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = both
    for asked in theirs:
        if "error" in asked or asked.startswith(("un", "coroutine")):
            continue
        assert "raised" not in ours[asked], (asked, ours[asked])
        if not re.search("^cohere: .*stream", asked):
            assert "raised" not in theirs[asked], (asked, theirs[asked])
