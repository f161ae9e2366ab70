"""Charts show what happened where it happened, whatever its size, and fit into a page that has their style."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as some

from charts import BLUE, STYLE, Axis, Bar, Chart, Mark, bars, lines, rows, seconds

MINUTE = seconds(60)


def shapes(chart: Chart, name: str) -> list[ElementTree.Element]:
    """The shapes of this kind, in order."""
    return list(ElementTree.fromstring(chart.inline()).iter(name))


def hints(chart: Chart) -> list[str | None]:
    """What is shown to whoever points at a shape."""
    return [hint.text for hint in shapes(chart, "title")]


def test_what_happened_is_marked_at_its_moment_in_both_charts_over_time() -> None:
    marks = [Mark(0, "web <1>"), Mark(15, "worker"), Mark(60, "beat")]

    timeline, purchases = rows({"killed": marks}, MINUTE), lines({"begun": {0: 1.0, 60: 3.0}}, MINUTE, "/s", marks)

    ticks = [float(tick.attrib["x"]) + 1 for tick in shapes(timeline, "rect")]
    rules = [float(rule.attrib["x1"]) for rule in shapes(purchases, "line") if rule.attrib["class"] == "event"]
    assert ticks == rules
    assert (ticks[1] - ticks[0]) * 4 == ticks[2] - ticks[0]
    assert hints(timeline) == ["web <1>", "worker", "beat"]
    assert hints(purchases) == ["web <1>", "worker", "beat", "begun"]


def test_many_things_at_once_are_darker_than_one() -> None:
    one, many = shapes(rows({"killed": [Mark(1, "one"), Mark(2, "many", 3)]}, MINUTE), "rect")

    assert float(one.attrib["opacity"]) < float(many.attrib["opacity"]) <= 1


def test_a_line_goes_as_high_as_its_values() -> None:
    (line,) = shapes(lines({"begun": {0: 0.0, 30: 5.0, 60: 10.0}}, MINUTE, "/s"), "polyline")

    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights[0] - heights[1] == heights[1] - heights[2] > 0


def test_a_line_of_zeros_and_no_line_can_be_drawn() -> None:
    assert len(shapes(lines({"begun": {0: 0.0, 60: 0.0}}, MINUTE, "/s"), "polyline")) == 1
    assert shapes(lines({}, MINUTE, "/s"), "polyline") == []


@given(some.floats(min_value=1, max_value=1e7))
def test_an_axis_has_a_handful_of_ticks_all_of_them_inside(end: float) -> None:
    axis: Axis = seconds(end)

    assert 4 <= len(axis.ticks) <= 9
    assert all(0 <= axis.share(at) <= 1 for at, _ in axis.ticks)


@given(some.floats(min_value=0.001, max_value=1e9))
def test_the_highest_value_stays_below_the_upper_edge(largest: float) -> None:
    chart = lines({"begun": {0: 0.0, 60: largest}}, MINUTE, "/s")

    (line,) = shapes(chart, "polyline")
    rules = [float(rule.attrib["y1"]) for rule in shapes(chart, "line")]
    assert min(rules) <= float(line.attrib["points"].split(",")[-1])
    assert 2 <= len(rules) <= 7


def test_a_long_label_finds_room_at_the_left() -> None:
    label = "bare Celery task of the same calls and commits, 16 threads"

    text, _ = shapes(bars([Bar(label, 1, "1")]), "text")

    assert float(text.attrib["x"]) >= len(label) * 7


def test_names_of_lines_that_end_together_stay_inside() -> None:
    for height in (0.0, 10.0):
        series = {f"line {number}": {0: 10.0, 60: height} for number in range(8)}
        names = [text for text in shapes(lines(series, MINUTE, "/s"), "text") if text.text in series]
        assert all(10 <= float(name.attrib["y"]) <= 230 for name in names)
        assert len({name.attrib["y"] for name in names}) == 8


def test_every_class_that_is_used_has_a_colour_by_day_and_night() -> None:
    series = {f"line {number}": {0: 1.0, 60: float(number)} for number in range(9)}
    charts = [lines(series, MINUTE, "/s", [Mark(1, "web")]), bars([Bar("ours", 1, "1", BLUE)])]

    used = {shape.attrib["class"] for chart in charts for name in ("rect", "polyline") for shape in shapes(chart, name)}

    assert {f"c{number}" for number in range(8)} | {f"l{number}" for number in range(8)} == used
    assert all(STYLE.count(f"svg .{one} ") == 2 for one in used)


def test_a_chart_that_was_put_into_a_file_still_fits_into_a_page() -> None:
    chart = bars([Bar("ours", 1, "1")])
    before = chart.inline()

    assert "xmlns" in chart.picture("t", "n")
    assert chart.inline() == before
    assert "http" not in before
