"""Draw results.json: ``python bench/plots.py`` writes docs/assets/bench.svg. ``run.py --write`` calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import payloads

HERE = Path(__file__).resolve().parent
PICTURE = HERE.parent / "docs" / "assets" / "bench.svg"
LIBRARIES = ("edgequake_python", "openai", "litellm")
#: Title, unit, workload, figure, divisor from the figure's unit to the title's.
PANELS: list[tuple[str, str, str, str, float]] = [
    ("Importing", "ms", "import", "wall_us", 1e3),
    ("Memory after importing", "MB", "import", "peak_rss_mb", 1),
    ("A call, median", "us", "sync", "p50_us", 1),
    ("A call, 64 in flight: CPU", "us", "async", "cpu_us", 1),
    ("A chunk of a stream: CPU", "us", "stream", "cpu_us", payloads.CHUNKS),
    ("256 embeddings of 1,536", "ms", "embed", "wall_us", 1e3),
]
WIDTH, COLUMN, PANEL, BAR = 760, 365, 118, 20
# The picture has a ground of its own, so that it can be read on a page of either scheme.
STYLE = """
  .ground { fill: #ffffff; stroke: #d8dee4; } .title { fill: #1f2328; font-weight: 600; }
  .text { fill: #4d5661; } .ours { fill: #4051b5; } .others { fill: #b6bdc6; }
  text { font: 13px system-ui, sans-serif; } .title { font-size: 14px; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #1b1d24; stroke: #3a3f4a; } .title { fill: #eceff4; } .text { fill: #b8c0cc; }
    .ours { fill: #8c9eff; } .others { fill: #565e6b; }
  }
"""


def number(value: float) -> str:
    """Three digits, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def bars(panel: tuple[str, str, str, str, float], medians: dict[str, Any], x: int, y: int) -> list[str]:
    """One panel: a title, and a bar for each library, the longest filling the room."""
    title, unit, workload, figure, divisor = panel
    values = {
        name: medians[name][workload][figure] / divisor
        for name in LIBRARIES
        if figure in medians.get(name, {}).get(workload, {})
    }
    room, left = COLUMN - 252, x + 132
    ours, most = values.get(LIBRARIES[0]), max(values.values(), default=1)
    drawn = [f'<text class="title" x="{x}" y="{y}">{title} ({unit})</text>']
    for row, (name, value) in enumerate(values.items()):
        top = y + 10 + row * (BAR + 6)
        kind = "ours" if name == LIBRARIES[0] else "others"
        times = "" if name == LIBRARIES[0] or not ours else f" ({value / ours:.3g}x)"
        length = max(2, value / most * room)
        drawn += [
            f'<text class="text" x="{left - 8}" y="{top + 15}" text-anchor="end">{name}</text>',
            f'<rect class="{kind}" x="{left}" y="{top}" width="{length:.1f}" height="{BAR}" rx="3"/>',
            f'<text class="text" x="{left + length + 6:.1f}" y="{top + 15}">{number(value)}{times}</text>',
        ]
    return drawn


def picture(facts: dict[str, Any]) -> str:
    """The SVG."""
    height = 24 + PANEL * ((len(PANELS) + 1) // 2)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>What calls cost, beside openai and litellm; shorter is better</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    for index, panel in enumerate(PANELS):
        row, column = divmod(index, 2)
        drawn += bars(panel, facts["medians"], 20 + column * COLUMN, 32 + row * PANEL)
    return "\n".join([*drawn, "</svg>", ""])


def write(facts: dict[str, Any]) -> None:
    """Draw into the documentation's folder."""
    PICTURE.write_text(picture(facts), encoding="utf-8")


if __name__ == "__main__":
    write(json.loads((HERE / "results.json").read_text(encoding="utf-8")))
