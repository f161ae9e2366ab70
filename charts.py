"""SVG charts without scripts, readable on light and dark pages: bars, lines, and rows of events."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH: Final = 860
LEFT, RIGHT, TOP, BOTTOM = 150, WIDTH - 130, 14, 34
"""Pixels: the edges of the plot, and the space above and below it. Charts with the same time axis are aligned."""
CHARACTER, ROW, HEAD = 7, 24, 54
"""Pixels: the width of a character, the height of a row, the height of a picture's title and note."""
FEW: Final = 20
"""A line with at most this many points shows each of them as a dot."""

LIGHT: Final = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#0a7ea4", "#848d97")
DARK: Final = ("#4493f8", "#f0883e", "#3fb950", "#ab7df8", "#db61a2", "#d29922", "#39c5cf", "#7d8590")
BLUE, ORANGE, GREY = 0, 1, 7
"""Colours of lines in their order, for light and dark pages."""


def _theme(page: str, ink: str, soft: str, rule: str, event: str, colours: Sequence[str]) -> str:
    """CSS. The colours are literal values, because programs other than browsers do not support CSS variables."""
    numbered = [f"svg .c{n} {{ fill: {colour} }} svg .l{n} {{ stroke: {colour} }}" for n, colour in enumerate(colours)]
    return "\n".join(
        [
            f"svg .page {{ fill: {page} }} svg text {{ fill: {ink} }} svg .note {{ fill: {soft} }}",
            f"svg line {{ stroke: {rule} }} svg .event {{ stroke: {event} }}",
            *numbered,
        ]
    )


STYLE: Final = f"""
svg text {{ font: 13px system-ui, sans-serif }} svg .title {{ font-size: 16px; font-weight: 600 }}
svg .note {{ font-size: 12px }} svg .event {{ opacity: .35 }} svg polyline {{ fill: none; stroke-width: 2 }}
{_theme("#fff", "#1f2328", "#59636e", "#d1d9e0", "#b3261e", LIGHT)}
@media (prefers-color-scheme: dark) {{
{_theme("#0d1117", "#f0f6fc", "#9198a1", "#3d444d", "#ff8a80", DARK)} }}
"""


@dataclass(frozen=True)
class Bar:
    """One horizontal bar, with a label after its end."""

    label: str
    value: float
    words: str
    colour: int = BLUE


@dataclass(frozen=True)
class Mark:
    """An event at a time (seconds), with a tooltip; darker with its weight."""

    at: float
    words: str
    weight: int = 1


@dataclass(frozen=True)
class Axis:
    """The position of a value between left (0) and right (1), and the values labelled below the plot."""

    share: Callable[[float], float]
    ticks: Sequence[tuple[float, str]]

    def x(self, value: float) -> float:
        """Pixels from the left edge of the chart."""
        return LEFT + self.share(value) * (RIGHT - LEFT)


class Chart:
    """Shapes, drawn in order. `inline` is for a page that contains STYLE, `picture` for a standalone file."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._root = Element("svg", viewBox=f"0 0 {WIDTH} {height:g}", role="img")

    def add(self, shape: str, kind: str, hint: str = "", **attributes: float | str) -> None:
        """`kind` is a class of STYLE; `hint` is the tooltip of the shape."""
        element = SubElement(self._root, shape, {"class": kind} | _texts(attributes))
        if hint:
            SubElement(element, "title").text = hint

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "label") -> None:
        """Text that starts, ends or is centred at `x`."""
        self.add("text", kind, x=x, y=y, **{"text-anchor": anchor})
        self._root[-1].text = words

    def ticks(self, axis: Axis) -> None:
        """The labels below the plot."""
        for value, words in axis.ticks:
            self.text(axis.x(value), self._height - BOTTOM + 18, words, "middle", "note")

    def inline(self) -> str:
        """An SVG element."""
        return tostring(self._root, encoding="unicode")

    def picture(self, title: str, note: str) -> str:
        """A standalone file: the chart below a title and a note."""
        whole = Chart(self._height + HEAD)
        whole._root.set("xmlns", "http://www.w3.org/2000/svg")
        SubElement(whole._root, "title").text = title
        SubElement(whole._root, "style").text = STYLE
        whole.add("rect", "page", width=WIDTH, height=self._height + HEAD, rx=6)
        whole.text(16, 28, title, kind="title")
        whole.text(16, 48, note, kind="note")
        below = _texts({"y": HEAD, "width": WIDTH, "height": self._height})
        SubElement(whole._root, "svg", below).extend(self._root)
        return f"{whole.inline()}\n"


def bars(values: Sequence[Bar]) -> Chart:
    """Horizontal bars from zero, in the order given."""
    chart = Chart(len(values) * ROW + 2 * TOP)
    left, largest = 36 + CHARACTER * max(len(bar.label) for bar in values), max(bar.value for bar in values) or 1
    for number, bar in enumerate(values):
        y, length = TOP + number * ROW, max(bar.value / largest * (WIDTH - 90 - left), 1)
        chart.text(left - 10, y + 13, bar.label, "end")
        chart.add("rect", f"c{bar.colour}", x=left, y=y, width=length, height=ROW - 7, rx=2)
        chart.text(left + length + 8, y + 13, bar.words)
    return chart


def lines(
    series: Mapping[str, Mapping[float, float]], axis: Axis, unit: str, marks: Sequence[Mark] = (), height: float = 230
) -> Chart:
    """One line per series, from zero upwards and labelled at its end; a red rule at each mark."""
    chart, bottom = Chart(height), height - BOTTOM
    y = _grid(chart, bottom, max((max(points.values()) for points in series.values()), default=0), unit)
    chart.ticks(axis)
    for mark in marks:
        x = axis.x(mark.at)
        chart.add("line", "event", mark.words, x1=x, x2=x, y1=TOP, y2=bottom)
    ends = _apart({name: y(points[max(points)]) for name, points in series.items()}, bottom)
    for number, (name, points) in enumerate(series.items()):
        colour, places = number % len(LIGHT), [(axis.x(x), y(points[x])) for x in sorted(points)]
        chart.add("polyline", f"l{colour}", name, points=" ".join(f"{x:.1f},{top:.1f}" for x, top in places))
        for x, top in places if len(places) <= FEW else ():
            chart.add("circle", f"c{colour}", cx=x, cy=top, r=3)
        chart.add("rect", f"c{colour}", x=RIGHT + 10, y=ends[name] - 4, width=9, height=9)
        chart.text(RIGHT + 24, ends[name] + 5, name)
    return chart


def rows(groups: Mapping[str, Sequence[Mark]], axis: Axis) -> Chart:
    """One row per group, with a tick at each event."""
    chart = Chart(TOP + len(groups) * ROW + BOTTOM)
    for number, (name, marks) in enumerate(groups.items()):
        y = TOP + number * ROW
        chart.text(LEFT - 8, y + 15, name, "end", "note")
        chart.add("line", "rule", x1=LEFT, x2=RIGHT, y1=y + ROW - 2, y2=y + ROW - 2)
        for mark in marks:
            opacity = f"{min(0.4 + 0.15 * mark.weight, 1):.2f}"
            place = {"x": axis.x(mark.at) - 1, "y": y + 3, "width": 2.4, "height": ROW - 8}
            chart.add("rect", f"c{BLUE}", mark.words, opacity=opacity, **place)
    chart.ticks(axis)
    return chart


def seconds(end: float) -> Axis:
    """From zero to `end`, with at most eight steps."""
    step = _step(end, 8)
    ticks = (number * step for number in range(floor(end / step) + 1))
    return Axis(lambda at: min(at / end, 1), [(at, f"{at:g} s") for at in ticks])


def logarithmic(values: Collection[float]) -> Axis:
    """From the smallest to the largest of these values, each of which is labelled."""
    first, width = log10(min(values)), log10(max(values) / min(values)) or 1
    return Axis(lambda value: (log10(value) - first) / width, [(value, f"{value:,.0f}") for value in sorted(values)])


def _texts(attributes: Mapping[str, float | str]) -> dict[str, str]:
    """Attribute values as strings, rounded to a tenth of a pixel."""
    return {name: value if isinstance(value, str) else f"{round(value, 1):g}" for name, value in attributes.items()}


def _grid(chart: Chart, bottom: float, largest: float, unit: str) -> Callable[[float], float]:
    """Rules at round numbers, from zero to `largest` or just above; returns a function from a value to its y
    coordinate."""
    step = _step(largest or 1, 5)
    highest = max(ceil(largest / step), 1) * step
    for number in range(round(highest / step) + 1):
        y = bottom - number * step / highest * (bottom - TOP)
        chart.add("line", "rule", x1=LEFT, x2=RIGHT, y1=y, y2=y)
        chart.text(LEFT - 8, y + 4, f"{number * step:,.4g} {unit}", "end", "note")
    return lambda value: bottom - value / highest * (bottom - TOP)


def _step(extent: float, most: int) -> float:
    """1, 2 or 5 times a power of ten, so that at most `most` steps fit into `extent`."""
    power: float = 10 ** floor(log10(extent / most))
    return next(power * nice for nice in (1, 2, 5, 10) if power * nice * most >= extent)


def _apart(heights: Mapping[str, float], lowest: float, least: float = 17) -> dict[str, float]:
    """The same heights, moved apart where two labels would overlap; none is placed below `lowest`."""
    moved: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda pair: pair[1]):
        moved[name] = max(height, max(moved.values(), default=height - least) + least)
    for name in reversed(moved):
        moved[name] = lowest = min(moved[name], lowest)
        lowest -= least
    return moved
