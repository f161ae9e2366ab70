"""`flask pitturu compare`: files, progress bar, and continuation after an interruption."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.store import reconciliation_rows
from pitturu.store.reconciliations import ReconciliationRun
from tests.shop import Json, Shop

Run = Callable[..., Result]
BEGIN = "2020-01-01"


@pytest.fixture
def run(app: Flask) -> Run:
    """`flask pitturu compare WORDS`, from yesterday until now unless it says otherwise."""

    def compare(*words: str) -> Result:
        begin = (clock.now() - timedelta(days=1)).isoformat()
        reported = words if "--from" in words or "--to" in words else ("--from", begin, *words)
        return app.test_cli_runner().invoke(args=["pitturu", "compare", *reported])

    return compare


@pytest.fixture
def drifted(shop: Shop, turn: Callable[[timedelta], None]) -> Json:
    """A session that was refunded in PortOne's console an hour ago, without a webhook."""
    session = shop.paid()
    shop.webhook(session, shop.session(session)["imp_uid"])
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    turn(timedelta(hours=1))
    return session


def test_records_that_agree(shop: Shop, run: Run) -> None:
    session = shop.paid()
    shop.webhook(session, shop.session(session)["imp_uid"])
    shop.drain()

    result = run("--from", (clock.now() - timedelta(days=1)).isoformat())

    assert result.exit_code == 0, result.output
    assert "1 payments of PortOne looked at" in result.output
    assert "The records agree." in result.output


def test_what_differs_is_healed_without_any_worker(shop: Shop, run: Run, drifted: Json) -> None:
    result = run()

    assert result.exit_code == 0, result.output
    assert "cancelled_amount: 1 found, 0 left for an operator" in result.output
    assert shop.session(drifted)["status"] == "cancelled"


def test_reporting_only_leaves_findings_open(shop: Shop, run: Run, drifted: Json) -> None:
    result = run("--no-heal")

    assert result.exit_code == 1
    assert "cancelled_amount: 1 found, 1 left for an operator" in result.output
    assert shop.session(drifted)["status"] == "paid"


def test_reports_in_files(shop: Shop, run: Run, drifted: Json, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("csv", "json", "html")}

    run("--no-heal", *(word for kind, file in files.items() for word in (f"--{kind}", str(file))))

    (line,) = csv.DictReader(files["csv"].read_text(encoding="utf-8-sig").splitlines())
    (finding,) = json.loads(files["json"].read_text())["findings"]
    assert line["kind"] == finding["kind"] == "cancelled_amount"
    assert line["order_id"] == finding["order_id"] == drifted["merchant_uid"]
    assert drifted["merchant_uid"] in files["html"].read_text()


def test_the_same_command_continues_an_interrupted_comparison(app: Flask, shop: Shop, run: Run, drifted: Json) -> None:
    window = ("--from", "2026-01-01", "--to", (clock.now() - timedelta(minutes=1)).isoformat())
    engine, work, seen = shop.engine, shop.engine.work, []

    def stopped(job: object) -> None:
        work(job)
        if seen.append(job) or len(seen) > 3:
            raise KeyboardInterrupt

    engine.work = stopped
    try:
        first = run(*window)
    finally:
        del engine.work
    second = run(*window)

    assert (first.exit_code, second.exit_code) == (1, 0), second.output
    with app.app_context():
        (row,) = reconciliation_rows.page(None, None, 10)
    assert row.ended_at is not None


def test_a_comparison_that_ran_out_of_attempts_says_so_and_is_restarted(app: Flask, shop: Shop, run: Run) -> None:
    shop.portone.faults({"kind": "status", "status": 503, "endpoint": "*"})
    window = ("--from", "2026-01-01", "--to", "2026-01-02")
    real = reconciliation_rows.by_public_id

    def dead(name: str) -> ReconciliationRun | None:
        shop.set(ReconciliationRun, dead_at=clock.now(), due_at=None, last_error="PortOne is in trouble.")
        return real(name)

    reconciliation_rows.by_public_id = dead
    try:
        result = run(*window)
    finally:
        reconciliation_rows.by_public_id = real
    assert result.exit_code == 1
    assert "Run the same command to go on." in result.output

    shop.portone.faults()
    assert run(*window).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "soon"), "Write a date like 2026-11-01"),
        (("--to", "2026-11-01"), "Send the begin as well"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "not before the end"),
        (("--from", BEGIN), "at most 366 days"),
        (("--from", "9999-12-31"), "lies in the future"),
    ],
)
def test_invalid_windows(shop: Shop, run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert said in result.output
    assert JobName.COMPARE not in shop.due()
