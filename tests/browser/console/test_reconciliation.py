"""Comparisons with PortOne: begun, followed, read, and continued when they stopped."""

import csv
import re
from collections.abc import Callable

from playwright.sync_api import expect

from pitturu.domain import clock
from tests.browser.console.conftest import Operate
from tests.journeys.processes.buyer import NOWHERE, Buyer, Json
from tests.system import System
from tests.waiting import until

STOPPED = """
INSERT INTO comparisons (
  id, comparison_id, created_at, scope, asked_by, heal, generations, since, until, walk, progress, attempts, dead_at,
  last_error
) VALUES (
  gen_random_uuid(), %s, now(), 'full', 'terminal', true, 'v1 v2', '2026-01-01T15:00Z', '2026-01-03T15:00Z',
  'v1_payments', 40, 9, now(), 'PortOne answered 401.'
)"""


def drifted(buyer: Buyer) -> Json:
    """A session of which PortOne has refunded a part without telling us."""
    session = buyer.prepared()
    imp_uid = buyer.pay(session, notice_url=NOWHERE)
    buyer.verify(session, imp_uid)
    paid = buyer.wait_for(session, "paid")
    buyer.portone.control("POST", f"payments/{imp_uid}/console-cancel", {"amount": 3000})
    return paid


def test_from_the_start_to_what_is_left_to_do(operate: Operate, buyer: Buyer, axe: Callable[..., None]) -> None:
    session, finance = drifted(buyer), operate("finance")
    page, today = finance.page, clock.now().astimezone(clock.SEOUL).date().isoformat()
    finance.go("/console/reconciliation")

    finance.button("대사 시작").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("종료일").fill("2020-01-01")
    dialog.get_by_role("button", name="대사 시작").click()
    expect(dialog.get_by_label("종료일")).to_have_accessible_description(re.compile("^시작일과 종료일을 확인해"))
    axe(page)
    dialog.get_by_label("시작일").fill(today)
    dialog.get_by_label("종료일").fill(today)
    dialog.get_by_label("차이를 찾으면").select_option("false")
    dialog.get_by_role("button", name="대사 시작").click()

    page.wait_for_url("**/console/reconciliation/cmp*")
    expect(page.get_by_text("끝남", exact=True)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=re.compile("^확인 필요 [1-9]")).click()
    row = page.get_by_role("row").filter(has_text=session["merchant_uid"])
    expect(row).to_contain_text("환불 금액이 달라요")
    expect(row).to_contain_text("3,000")
    expect(row.get_by_role("link", name=session["merchant_uid"])).to_have_attribute(
        "href", f"/console/payments/{session['merchant_uid']}"
    )
    axe(page)
    with page.expect_download() as saved:
        finance.button("CSV 받기").click()
    orders = {line["order_id"] for line in csv.DictReader(saved.value.path().read_text("utf-8-sig").splitlines())}
    assert session["merchant_uid"] in orders

    row.get_by_role("button", name="포트원에 다시 확인").click()
    expect(page.get_by_text("포트원에 확인을 요청했어요")).to_be_visible()
    buyer.wait_for(session, "partially_cancelled")


def test_one_that_stopped_is_continued(operate: Operate, system: System, axe: Callable[..., None]) -> None:
    system.rows(STOPPED, "cmpstopped")
    support = operate("support", phone=True, korean=False, dark=True)
    support.go("/console/reconciliation")
    alert = support.page.get_by_role("alert").filter(has_text="A comparison has stopped")
    expect(alert).to_be_visible()
    expect(support.button("Start a comparison")).to_have_count(0)
    axe(support.page)
    alert.get_by_role("link").click()

    expect(support.page.get_by_role("alert")).to_contain_text("PortOne answered 401.")
    expect(support.page.get_by_text("2026-01-02 – 2026-01-03")).to_be_visible()
    axe(support.page)
    support.button("Continue").click()

    expect(support.page.get_by_text("ended", exact=True)).to_be_visible()
    expect(support.page.get_by_text("Nothing differs")).to_be_visible()


def test_who_may_only_look(operate: Operate, system: System) -> None:
    system.rows(STOPPED, "cmpforviewers")
    viewer = operate("viewer")
    viewer.go("/console/reconciliation/cmpforviewers")

    expect(viewer.page.get_by_role("alert")).to_contain_text("멈췄어요")
    expect(viewer.button("이어서 하기")).to_have_count(0)
    with viewer.watch.expecting("404"):
        viewer.go("/console/reconciliation/cmpunknown")
        expect(viewer.page.get_by_role("alert")).to_contain_text("찾을 수 없어요")
    viewer.page.get_by_role("link", name="모든 대사").click()
    expect(viewer.button("대사 시작")).to_have_count(0)
    viewer.page.get_by_role("link", name="웹훅 점검").click()
    expect(viewer.page).to_have_url(re.compile("scope=webhooks$"))
    expect(viewer.page.get_by_text("cmpforviewers")).to_have_count(0)
    system.rows("DELETE FROM comparisons WHERE comparison_id = %s RETURNING 1", "cmpforviewers")
    assert until(lambda: not system.rows("SELECT 1 FROM comparisons WHERE due_at IS NOT NULL"), "no comparison runs")
