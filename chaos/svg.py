"""Small charts as inline SVG, drawn in the colours of the page around them so that they are right by day and night."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10
from typing import Final

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 150, 16, 14, 34
"""Pixels: the whole width, and the margins around the drawing."""
INNER: Final = WIDTH - LEFT - RIGHT
TICKS: Final = 8


@dataclass(frozen=True)
class Mark:
    """Something that happened at a moment (seconds), with words for whoever points at it; darker with its weight."""

    at: float
    words: str
    weight: int = 1


def bars(values: Sequence[tuple[str, float, str]], unit: str) -> str:
    """Upright bars: (label below, height, words). For distributions."""
    height, tallest = 180, _round_up(max((value for _, value, _ in values), default=0))
    width = INNER / max(len(values), 1)
    drawn = [_axis_y(height, tallest, unit)]
    for number, (label, value, words) in enumerate(values):
        x, tall = LEFT + number * width, value / tallest * height
        drawn.append(
            f'<rect class="bar" x="{x + 1:.1f}" y="{TOP + height - tall:.1f}" width="{max(width - 2, 1):.1f}" '
            f'height="{tall:.1f}"><title>{escape(words)}</title></rect>'
        )
        drawn.append(
            f'<text class="tick" x="{x + width / 2:.1f}" y="{TOP + height + 16}" text-anchor="middle">{label}</text>'
        )
    return _frame(TOP + height + BOTTOM, drawn)


def line(series: Sequence[tuple[str, Sequence[float]]], step: float, marks: Sequence[Mark], unit: str) -> str:
    """Lines over time, a value for each `step` seconds, with upright marks where something happened."""
    height, longest = 180, max((len(values) for _, values in series), default=1)
    tallest = _round_up(max((value for _, values in series for value in values), default=0))
    end = max(longest * step, 1)
    drawn = [_axis_y(height, tallest, unit), _axis_x(TOP + height, end)]
    for mark in marks:
        x = LEFT + mark.at / end * INNER
        drawn.append(
            f'<line class="kill" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{TOP + height}">'
            f"<title>{escape(mark.words)}</title></line>"
        )
    for number, (name, values) in enumerate(series):
        points = " ".join(
            f"{LEFT + (place + 0.5) * step / end * INNER:.1f},{TOP + height - value / tallest * height:.1f}"
            for place, value in enumerate(values)
        )
        drawn.append(f'<polyline class="line line{number}" points="{points}"><title>{escape(name)}</title></polyline>')
        place = f'x="{WIDTH - RIGHT}" y="{TOP + 12 + number * 16}" text-anchor="end"'
        drawn.append(f'<text class="key key{number}" {place}>{escape(name)}</text>')
    return _frame(TOP + height + BOTTOM, drawn)


def rows(groups: Sequence[tuple[str, Sequence[Mark]]], end: float) -> str:
    """A row for each group, with a tick wherever something happened."""
    tall, drawn = 22, []
    for number, (name, marks) in enumerate(groups):
        y = TOP + number * tall
        drawn.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        drawn.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y + tall - 2}" y2="{y + tall - 2}"/>')
        for mark in marks:
            x, dark = LEFT + min(mark.at / max(end, 1), 1) * INNER - 1, min(0.4 + 0.15 * mark.weight, 1)
            drawn.append(
                f'<rect class="mark" x="{x:.1f}" y="{y + 3}" width="2.4" height="{tall - 8}" opacity="{dark:.2f}">'
                f"<title>{escape(mark.words)}</title></rect>"
            )
    bottom = TOP + len(groups) * tall
    return _frame(bottom + BOTTOM, [*drawn, _axis_x(bottom, end)])


def _axis_x(y: float, end: float) -> str:
    step = _round_step(end)
    ticks = [
        f'<text class="tick" x="{LEFT + at / end * INNER:.1f}" y="{y + 16}" text-anchor="middle">{at:g} s</text>'
        for at in (number * step for number in range(int(end / step) + 1))
    ]
    return f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>' + "".join(ticks)


def _axis_y(height: float, tallest: float, unit: str) -> str:
    drawn = []
    for share in (0.0, 0.5, 1.0):
        y = TOP + height * (1 - share)
        drawn.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tallest * share:,.4g} {unit}</text>'
        )
    return "".join(drawn)


def _round_up(value: float) -> float:
    """The next number that reads well, half of it included."""
    power: float = 10 ** ceil(log10(max(value, 1)) - 1)
    return next(power * nice for nice in (1, 2, 4, 6, 8, 10) if power * nice >= value)


def _round_step(end: float) -> float:
    """1, 2 or 5 times a power of ten, so that about eight ticks fit."""
    rough = max(end, 1) / TICKS
    power: float = 10 ** (ceil(log10(rough)) - 1)
    return next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)


def _frame(height: float, drawn: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(drawn)}</svg>'
