"""Lines over time as an SVG, in the colours of the bench's other picture."""

from __future__ import annotations

from typing import NamedTuple

from plots import STYLE

WIDTH, PANEL, LEFT, RIGHT = 760, 190, 56, 150
COLOURS = ("ours", "others", "bound")
# A bound is dashed and red in both schemes.
LINES = """
  polyline { fill: none; stroke-width: 1.6; } polyline.ours { stroke: #4051b5; fill: none; }
  polyline.others { stroke: #8a929c; fill: none; }
  polyline.bound { stroke: #cf3b3b; stroke-dasharray: 6 4; fill: none; }
  .axis { stroke: #d8dee4; }
  @media (prefers-color-scheme: dark) { polyline.ours { stroke: #8c9eff; } .axis { stroke: #3a3f4a; } }
"""


class Curve(NamedTuple):
    """A line: what the legend calls it, one of `COLOURS`, a value for each moment."""

    name: str
    kind: str
    values: list[float]


def _step(most: float) -> float:
    """A round distance between three to six lines of a grid up to ``most``."""
    size = 1.0
    while most / size > 6:
        size *= 2.5 if str(size)[0] == "2" else 2
    return size


def panel(title: str, seconds: list[float], curves: list[Curve], top: int) -> list[str]:
    """One diagram from zero up, its title, its grid and what each line is."""
    bottom, right = top + PANEL - 50, WIDTH - RIGHT
    most = max(value for curve in curves for value in curve.values) * 1.15 or 1
    first, span = seconds[0], (seconds[-1] - seconds[0]) or 1

    def place(moment: float, value: float) -> str:
        x = LEFT + (moment - first) / span * (right - LEFT)
        return f"{x:.1f},{bottom - value / most * (bottom - top - 14):.1f}"

    drawn = [f'<text class="title" x="{LEFT - 36}" y="{top}">{title}</text>']
    step = _step(most)
    for number in range(int(most / step) + 1):
        y = float(place(first, number * step).split(",")[1])
        drawn.append(f'<line class="axis" x1="{LEFT}" x2="{right}" y1="{y}" y2="{y}"/>')
        drawn.append(
            f'<text class="text" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{number * step:g}</text>'
        )
    for moment in (first, seconds[-1]):
        x = place(moment, 0).split(",")[0]
        drawn.append(
            f'<text class="text" x="{x}" y="{bottom + 18}" text-anchor="middle">{moment:.0f} s</text>'
        )
    free = bottom + 4.0
    # From the lowest up: a name stands beside the end of its line, or above the name below it.
    for curve in sorted(curves, key=lambda curve: curve.values[-1]):
        line = " ".join(place(moment, value) for moment, value in zip(seconds, curve.values))
        y = float(place(first, curve.values[-1]).split(",")[1])
        drawn.append(f'<polyline class="{curve.kind}" points="{line}"/>')
        free = min(free, y + 4)
        drawn.append(f'<text class="text" x="{right + 8}" y="{free}">{curve.name}</text>')
        free -= 16
    return drawn


def picture(title: str, seconds: list[float], panels: dict[str, list[Curve]]) -> str:
    """The SVG: a panel under another, all over the same seconds."""
    height = PANEL * len(panels) + 16
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}{LINES}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, (name, curves) in enumerate(panels.items()):
        drawn += panel(name, seconds, curves, 30 + number * PANEL)
    return "\n".join([*drawn, "</svg>", ""])
