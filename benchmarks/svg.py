"""Two kinds of charts as SVG, readable on light and dark pages: horizontal bars, and lines over a logarithmic axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH = 760
LEFT, RIGHT, TOP, BOTTOM = 310, 90, 64, 44
ROW = 26
STYLE = """
.page { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
.title { font-size: 16px; font-weight: 600 }
.note { fill: #59636e } .grid { stroke: #d1d9e0; stroke-width: 1 } .line { fill: none; stroke-width: 2 }
.c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #848d97; stroke: #848d97 } .c2 { fill: #bc4c00; stroke: #bc4c00 }
.c3 { fill: #1a7f37; stroke: #1a7f37 } .c4 { fill: #8250df; stroke: #8250df } .c5 { fill: #bf3989; stroke: #bf3989 }
.c6 { fill: #9a6700; stroke: #9a6700 } .c7 { fill: #0a7ea4; stroke: #0a7ea4 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } text { fill: #f0f6fc } .note { fill: #9198a1 } .grid { stroke: #3d444d }
.c0 { fill: #4493f8; stroke: #4493f8 } .c1 { fill: #7d8590; stroke: #7d8590 } .c2 { fill: #f0883e; stroke: #f0883e }
.c3 { fill: #3fb950; stroke: #3fb950 } .c4 { fill: #ab7df8; stroke: #ab7df8 } .c5 { fill: #db61a2; stroke: #db61a2 }
.c6 { fill: #d29922; stroke: #d29922 } .c7 { fill: #39c5cf; stroke: #39c5cf } }
"""
COLOURS = 8


@dataclass(frozen=True)
class Stripe:
    """One horizontal bar. `colour` is 0 for ours and 1 for what it stands beside; `words` follow the bar."""

    label: str
    value: float
    words: str
    colour: int = 0


def bars(title: str, note: str, stripes: Sequence[Stripe]) -> str:
    """Horizontal bars from zero, in the order given."""
    room, largest = WIDTH - LEFT - RIGHT, max(stripe.value for stripe in stripes) or 1.0
    parts = []
    for number, stripe in enumerate(stripes):
        top, length = TOP + number * ROW, max(stripe.value / largest * room, 1)
        parts += [
            f'<text x="{LEFT - 10}" y="{top + 16}" text-anchor="end">{escape(stripe.label)}</text>',
            f'<rect x="{LEFT}" y="{top + 4}" width="{length:.1f}" height="{ROW - 9}" rx="2" class="c{stripe.colour}"/>',
            f'<text x="{LEFT + length + 8:.1f}" y="{top + 16}">{escape(stripe.words)}</text>',
        ]
    return _page(title, note, TOP + len(stripes) * ROW + 16, parts)


def lines(title: str, note: str, unit: str, series: Mapping[str, Mapping[int, float]], height: int = 420) -> str:
    """One line for each series over a logarithmic axis; the vertical one begins at zero."""
    xs = sorted({x for points in series.values() for x in points})
    largest = max((y for points in series.values() for y in points.values()), default=1.0) * 1.1 or 1.0
    left, right, bottom = 60, WIDTH - 170, height - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - log10(xs[0])) / ((log10(xs[-1]) - log10(xs[0])) or 1.0)
        return left + across * (right - left), bottom - y / largest * (bottom - TOP)

    parts = [line for y in _ticks(largest) for line in _rule(left, right, place(xs[0], y)[1], f"{y:g} {unit}")]
    parts += [
        f'<text x="{place(x, 0)[0]:.1f}" y="{bottom + 20}" text-anchor="middle" class="note">{x:,}</text>' for x in xs
    ]
    ends = _apart({name: place(max(points), points[max(points)])[1] for name, points in series.items()}, bottom)
    for number, (name, points) in enumerate(series.items()):
        colour = f"c{number % COLOURS}"
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(x, points[x]) for x in sorted(points)))
        parts.append(f'<polyline points="{path}" class="line {colour}" style="fill:none"/>')
        for x, y in (place(*point) for point in points.items()):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="{colour}"/>')
        label = f"{name} {points[max(points)]:.1f}"
        parts.append(f'<rect x="{right + 10}" y="{ends[name] - 4:.1f}" width="9" height="9" class="{colour}"/>')
        parts.append(f'<text x="{right + 24}" y="{ends[name] + 5:.1f}">{escape(label)}</text>')
    return _page(title, note, height, parts)


def _page(title: str, note: str, height: int, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    words = [
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" rx="6" class="page"/>',
        f'<text x="16" y="28" class="title">{escape(title)}</text>',
        f'<text x="16" y="48" class="note">{escape(note)}</text>',
    ]
    return "\n".join([head, *words, *parts, "</svg>", ""])


def _ticks(largest: float) -> list[float]:
    """Four to nine round numbers from zero to `largest`."""
    step = 10 ** floor(log10(largest))
    step = next(part for part in (step, step / 2, step / 5, step / 10) if largest / part >= 4)
    return [step * number for number in range(int(largest / step) + 1)]


def _rule(left: float, right: float, y: float, words: str) -> list[str]:
    return [
        f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>',
        f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" class="note">{words}</text>',
    ]


def _apart(heights: Mapping[str, float], lowest: float, least: float = 17) -> dict[str, float]:
    """The same heights, moved where two labels would lie on each other; none gets below `lowest`."""
    moved: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda pair: pair[1]):
        moved[name] = max(height, max(moved.values(), default=height - least) + least)
    for name in reversed(moved):
        moved[name] = lowest = min(moved[name], lowest)
        lowest -= least
    return moved
