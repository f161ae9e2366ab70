"""The report as one self-contained HTML page without scripts."""

from collections import Counter, defaultdict
from html import escape
from typing import Any, Final

import charts
from chaos import figures, scorecard
from chaos.run import RunResult
from charts import Bar, Chart, Mark

STYLE: Final = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2530; --soft: #5d6876; --rule: #dfe4ea;
  --bad: #b3261e; --good: #1b7f3b; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #e6eaf0; --soft: #9aa6b4; --rule: #2b333d;
  --bad: #ff8a80; --good: #6fd08c; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 56rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin: 2.5rem 0 .5rem; } p, figcaption { color: var(--soft); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--rule); vertical-align: top; } td.number { text-align: right; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; }
"""
COLUMNS: Final = 400
"""Columns of a row of marks."""
POINTS: Final = 120
"""Points of a line over time."""
EDGES: Final = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)
"""Seconds: the upper bounds of the histogram's columns."""


def render(result: RunResult, counted: dict[str, Any]) -> str:
    """The HTML."""
    verdict, how = ("Nothing was lost", "good") if counted["lossless"] else ("Something was lost", "bad")
    kills = sum(counted["kills"].values())
    title = f"{counted['purchases']:,} purchases, {kills} kills, seed {counted['seed']}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{STYLE}{charts.STYLE}</style></head><body>
<h1><span class="{how}">{verdict}.</span><br>{title}</h1>
{_table(scorecard.lines(counted))}
<h2>What the checker looked for</h2>{_verdicts(counted)}
<h2>Purchases over time</h2>{_throughput(result)}
<h2>Until everything was right</h2>{_convergence(result)}
<h2>Who was killed, and when</h2>{_timeline(result, "kill")}
<h2>What went wrong at PortOne, and when</h2>{_timeline(result, "faults")}
</body></html>
"""


def _table(lines: list[tuple[str, str]]) -> str:
    rows = (f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in lines)
    return f"<table>{''.join(rows)}</table>"


def _verdicts(counted: dict[str, Any]) -> str:
    rows = []
    for check in counted["checks"]:
        count, how = len(check["losses"]), "bad" if check["losses"] else "good"
        found = "".join(f"<br>{escape(loss)}" for loss in check["losses"][:10])
        rows.append(
            f"<tr><th>{escape(check['name'])}</th><td class='number {how}'>{count}</td>"
            f"<td>{escape(check['question'])}{found}</td></tr>"
        )
    return f"<table>{''.join(rows)}</table>"


def _throughput(result: RunResult) -> str:
    """Purchases started and finished per second, with a mark for every kill."""
    length = max(result.calm - result.began, 1)
    step = max(length / POINTS, 1)
    series: dict[str, dict[float, float]] = {}
    for name, kind in (("begun", "begun"), ("ended", "left")):
        counts = [0.0] * (int(length / step) + 1)
        for note in result.notes.of(kind):
            counts[min(int((note["at"] - result.began) / step), len(counts) - 1)] += 1 / step
        series[name] = {(place + 0.5) * step: count for place, count in enumerate(counts)}
    marks = [Mark(note["at"] - result.began, f"{note['who']} killed") for note in result.notes.of("kill")]
    chart = charts.lines(series, charts.seconds(length), "/s", marks)
    return _figure(chart, "Purchases a second. Each red line is a kill.")


def _convergence(result: RunResult) -> str:
    """A histogram of the sessions' times to their final state."""
    columns = [0] * (len(EDGES) + 1)
    for seconds in figures.convergence_times(result):
        columns[next((place for place, edge in enumerate(EDGES) if seconds <= edge), len(EDGES))] += 1
    labels = [f"≤ {edge:g} s" for edge in EDGES] + ["more"]
    bars = [Bar(label, count, f"{count:,}") for label, count in zip(labels, columns, strict=True)]
    caption = "Sessions by the seconds from the last payment, request or deadline to their final state in the books."
    return _figure(charts.bars(bars), caption)


def _timeline(result: RunResult, kind: str) -> str:
    groups: defaultdict[str, list[Mark]] = defaultdict(list)
    for note in result.notes.of(kind):
        at = note["at"] - result.began
        for name in [note["victim"]] if kind == "kill" else note["kinds"]:
            groups[name].append(Mark(at, f"{name} at {at:.1f} s"))
    if not groups:
        return "<p>Nothing.</p>"
    ranked = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    caption = {
        "kill": "Every mark is a SIGKILL, or a FLUSHALL. web is gunicorn with its workers, web worker one of them.",
        "faults": "Every mark is a purchase that begins to meet this fault.",
    }
    end = max(result.calm - result.began, 1)
    labelled = {f"{name} ({len(marks):,})": _gathered(name, marks, end) for name, marks in ranked}
    return _figure(charts.rows(labelled, charts.seconds(end)), caption[kind])


def _gathered(name: str, marks: list[Mark], end: float) -> list[Mark]:
    """The events within one column of the picture as one mark, so that the page of a long run stays small."""
    columns = Counter(int(mark.at / end * COLUMNS) for mark in marks)
    at = {column: column * end / COLUMNS for column in columns}
    return [Mark(at[one], f"{count} × {name} at {at[one]:.0f} s", count) for one, count in sorted(columns.items())]


def _figure(chart: Chart, caption: str) -> str:
    return f"<figure>{chart.inline()}<figcaption>{escape(caption)}</figcaption></figure>"
