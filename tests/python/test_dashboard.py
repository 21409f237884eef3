"""The Grafana dashboard asks for metrics that are exported, with labels that they have."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

import edgequake_python
from edgequake_python.observers import flush

DOCS = Path(__file__).resolve().parents[2] / "docs"
DASHBOARD: dict[str, Any] = json.loads((DOCS / "assets" / "grafana-dashboard.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_it_is_a_dashboard() -> None:
    panels = DASHBOARD["panels"]
    assert DASHBOARD["schemaVersion"] >= 36 and DASHBOARD["uid"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24 and not taken & cells, panel["title"]
        taken |= cells
        assert panel["datasource"]["uid"] == "${datasource}" and panel["title"] and panel["description"]
        legends = [target["legendFormat"] for target in panel["targets"]]
        assert all(legends) and len(set(legends)) == len(legends)
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD))) - {"__rate_interval", "__all"}
    assert used <= variables


def test_every_metric_and_label_is_exported(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    client = pytest.importorskip("prometheus_client")
    from edgequake_python.integrations.prometheus import PrometheusLogger

    registry = client.CollectorRegistry()
    where = {"api_base": openai_simulated.base_url, "api_key": "sk-simulated"}
    entries = [
        {
            "model_name": "g",
            "litellm_params": {"model": f"openai/{model}", **where},
            "model_info": {"id": model},
        }
        for model in ("gpt-4o", "sim/500")
    ]
    router = edgequake_python.Router(entries, num_retries=0, allowed_fails=0, cooldown_time=600)
    edgequake_python.callbacks = [PrometheusLogger(registry, router=router)]
    edgequake_python.cache = edgequake_python.Cache()
    edgequake_python.budgets = edgequake_python.Budgets(total=1.0)
    ask: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    for _ in range(2):
        edgequake_python.completion(**ask)
    list(edgequake_python.completion(stream=True, **{**ask, "temperature": 0.5}))
    for _ in range(20):
        if registry.get_sample_value(
            "edgequake_deployment_rest_seconds", {"group": "g", "deployment": "sim/500"}
        ):
            break
        with contextlib.suppress(edgequake_python.EdgeQuakeError):
            router.completion("g", ask["messages"], caching=False)
    assert flush(10)
    labels: dict[str, set[str]] = {}
    values: dict[str, float] = {}
    for family in registry.collect():
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
            values[sample.name] = values.get(sample.name, 0.0) + sample.value
    for query in QUERIES:
        for metric, selector in re.findall(r"(edgequake_\w+)(?:\{(.*?)\})?", query):
            assert metric in labels, f"{metric} is not exported"
            assert set(re.findall(r"(\w+)=", selector)) <= labels[metric]
        grouped = {name for names in re.findall(r"by \(([\w, ]+)\)", query) for name in names.split(", ")}
        assert grouped <= set().union(*(labels[metric] for metric in re.findall(r"edgequake_\w+", query)))
    # Nothing flies any more, and what was said of money is true.
    assert values["edgequake_in_flight"] == 0
    assert values["edgequake_budget_limit_usd"] == 1.0 > values["edgequake_budget_spent_usd"] > 0
    assert 0 < values["edgequake_deployment_rest_seconds"] <= 600
    assert values["edgequake_cache_hits_total"] == 1


def test_names_that_callers_make_up_are_bounded(
    openai_simulated: edgequake_python.Simulator, restored_settings: None
) -> None:
    client = pytest.importorskip("prometheus_client")
    from edgequake_python.integrations.prometheus import PrometheusLogger

    registry = client.CollectorRegistry()
    edgequake_python.callbacks = [PrometheusLogger(registry, max_models=3)]
    ask: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}], "num_retries": 0}
    for number in range(8):
        edgequake_python.completion(f"openai/sim/{number}?made-up", **ask)
    edgequake_python.completion("openai/gpt-4o", **ask)
    for number in range(5):
        with contextlib.suppress(edgequake_python.EdgeQuakeError):
            edgequake_python.completion("x", custom_llm_provider=f"nobody-{number}", **ask)
    entry = {"model": "openai/sim/mine", "api_base": openai_simulated.base_url, "api_key": "sk-simulated"}
    router = edgequake_python.Router([{"model_name": "mine", "litellm_params": entry}])
    router.completion("mine", ask["messages"])
    assert flush(10)
    counted: dict[tuple[str, str], float] = {}
    for family in registry.collect():
        for sample in family.samples:
            if sample.name == "edgequake_requests_total":
                who = sample.labels["provider"], sample.labels["model"]
                counted[who] = counted.get(who, 0.0) + sample.value
            if sample.name == "edgequake_in_flight":
                assert sample.value == 0.0
    assert counted == {
        **{("openai", f"sim/{number}?made-up"): 1.0 for number in range(3)},
        ("openai", "other"): 5.0,
        ("other", "other"): 5.0,
        ("openai", "gpt-4o"): 1.0,
        ("openai", "sim/mine"): 1.0,
    }


def test_the_pages_name_what_is_exported() -> None:
    page = (DOCS / "guide" / "observability.md").read_text()
    code = (DOCS.parent / "python" / "edgequake_python" / "integrations" / "prometheus.py").read_text()
    made = set(re.findall(r'"(edgequake_\w+)"', code))
    named = set(re.findall(r"edgequake_\w+", page)) - {"edgequake_python"}
    plain = {re.sub(r"_(total|count|sum|bucket)$", "", name) for name in named}
    assert made == plain
