"""Pictures of measurements are well-formed, and nothing in them lies on anything else."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from benchmarks import plots
from charts import Bar, bars, lines, logarithmic

SVG = "{http://www.w3.org/2000/svg}"


def _texts(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}text"))


def test_stripes_are_as_long_as_their_values() -> None:
    picture = bars([Bar("ours", 200, "200"), Bar("bare", 100, "100", 1)]).picture("A <title>", "note & more")

    _, first, second = ElementTree.fromstring(picture).iter(f"{SVG}rect")
    assert float(first.attrib["width"]) == 2 * float(second.attrib["width"])
    assert _texts(picture)[0].text == "A <title>"


def test_stripes_of_nothing_can_be_drawn() -> None:
    assert len(_texts(bars([Bar("ours", 0, "0")]).picture("t", "n"))) == 4


def test_labels_of_lines_that_end_together_lie_apart() -> None:
    series = {name: {1000: 1.0, 10000: 2.0} for name in ("create", "poll", "verify")}
    picture = lines(series, logarithmic([1000, 10000]), "ms").picture("t", "n")

    labels = [text for text in _texts(picture) if text.text in series]

    heights = sorted(float(text.attrib["y"]) for text in labels)
    assert len(heights) == 3
    assert min(b - a for a, b in pairwise(heights)) >= 15


def test_both_colour_schemes_are_defined() -> None:
    chart = lines({"poll": {10: 1.0, 100: 2.0}}, logarithmic([10, 100]), "ms")

    assert "prefers-color-scheme: dark" in chart.picture("t", "n")


def test_only_what_was_measured_is_drawn(tmp_path: Path) -> None:
    figures = {
        "effort": "quick",
        "machine": {"cores": 2},
        "verifying": [
            {"what": "ours, 2 worker processes, v1", "per_second": 400.0},
            {"what": "synchronous view, 2 x 32 threads", "per_second": 9.0},
        ],
    }

    (path,) = plots.draw(figures, tmp_path / "plots")

    said = [text.text for text in _texts(path.read_text())]
    assert path.name == "verifying.svg"
    assert said[2:] == ["ours, 2 worker processes, v1", "400", "synchronous view, 2 x 32 threads", "9"]
