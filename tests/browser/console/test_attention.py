"""What needs attention, and what an operator does about it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.console.conftest import Operate
from tests.browser.visitor import Visitor
from tests.journeys.processes.buyer import Buyer, Json
from tests.system import System

DEAD = "SELECT dead_at IS NOT NULL FROM payment_sessions WHERE session_id = %s"


@pytest.fixture
def cases(stopped: Callable[[], Json]) -> list[Json]:
    """Two orders that wait for an operator."""
    return [stopped(), stopped()]


@pytest.fixture
def broken(cases: list[Json], system: System) -> Iterator[str]:
    """An invariant that is broken as of the last audit."""
    name = cases[0]["session_id"]
    system.rows(
        "INSERT INTO audit_findings (invariant, row_name, since) VALUES ('status_follows_amounts', %s, now())", name
    )
    yield name
    system.rows("DELETE FROM audit_findings WHERE row_name = %s", name)


def row_of(operator: Visitor, order: Json) -> Locator:
    """The row of an order's case."""
    return operator.page.get_by_role("row").filter(has_text=order["merchant_uid"])


def test_cases_are_tried_again_and_acknowledged(
    operate: Operate, cases: list[Json], broken: str, system: System, axe: Callable[..., None]
) -> None:
    support, (one, other) = operate("support"), cases
    page, dialog = support.page, support.page.get_by_role("dialog")
    support.go("/console/attention?reason=dead")
    expect(row_of(support, one)).to_contain_text("마지막 오류의 원인을 없앤 다음")
    expect(page.get_by_role("navigation", name="콘솔 메뉴").get_by_role("link", name="확인 필요")).to_contain_text(
        re.compile("[2-9]")
    )
    finding = page.get_by_role("row").filter(has_text="status_follows_amounts")
    expect(finding.get_by_role("link", name=broken)).to_be_visible()
    expect(finding).to_contain_text("‘포트원에 다시 확인’을 누르면 다시 계산해요")
    axe(page)

    row_of(support, one).get_by_role("checkbox").check()
    support.button("1건 다시 시도").click()
    dialog.get_by_role("button", name="다시 시도").click()
    expect(row_of(support, one)).to_have_count(0)
    assert system.rows(DEAD, one["session_id"]) == [(False,)]

    row_of(support, other).get_by_role("button", name="확인 완료").click()
    dialog.get_by_role("button", name="확인 완료").click()
    expect(dialog.get_by_label("어떻게 처리했나요?")).to_have_accessible_description("어떻게 처리했는지 적어 주세요.")
    dialog.get_by_label("어떻게 처리했나요?").fill("포트원 콘솔에서 확인함")
    dialog.get_by_role("button", name="확인 완료").click()
    expect(row_of(support, other)).to_have_count(0)
    expect(page.get_by_text("확인이 필요한 일이 없어요")).to_be_visible()

    page.get_by_role("link", name="확인 완료").click()
    expect(row_of(support, other)).to_contain_text("포트원 콘솔에서 확인함")
    expect(row_of(support, other)).to_contain_text(support.username or "")
    row_of(support, other).get_by_role("button", name="되돌리기").click()
    expect(row_of(support, other)).to_have_count(0)
    page.go_back()
    expect(row_of(support, other)).to_be_visible()
    assert system.rows(DEAD, other["session_id"]) == [(True,)]


def test_a_refund_without_an_account_is_completed_on_a_phone(
    operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    """Of a deposit of another amount: it goes back, and nobody knows the buyer's bank account."""
    system.portone.control("PATCH", "settings", {"vbank_deposit": "any"})
    session = buyer.prepared(pay_method="vbank")
    imp_uid = buyer.pay(session)
    buyer.wait_for(session, "awaiting_deposit")
    system.portone.control("POST", f"payments/{imp_uid}/deposit", {"amount": session["amount"] - 100})
    system.portone.control("PATCH", "settings", {"vbank_deposit": "exact"})
    buyer.wait_for(session, "mismatched")
    viewer, finance = operate("viewer"), operate("finance", korean=False, phone=True, dark=True)
    viewer.go("/console/attention?reason=needs_account")
    expect(row_of(viewer, session)).to_contain_text("구매자에게 계좌를 물어본 다음")
    expect(viewer.button("환불")).to_have_count(0)

    finance.go("/console/attention?reason=needs_account")
    page, dialog = finance.page, finance.page.get_by_role("dialog")
    expect(row_of(finance, session)).to_be_visible()
    axe(page)
    row_of(finance, session).get_by_role("button", name="Refund").press("Enter")
    for name, value in {"reason": "Other amount", "number": "110123456789", "holder": "김하나"}.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.locator("[name=bank]").select_option("088")
    dialog.get_by_role("button", name="Request the refund").press("Enter")
    expect(row_of(finance, session)).to_have_count(0)
    query = (
        "SELECT c.reviewed_by IS NULL, c.stage <> 'needs_account' FROM payment_cancellations c"
        " JOIN payment_sessions s ON s.id = c.session_key WHERE s.session_id = %s"
    )
    assert system.rows(query, session["session_id"]) == [(True, True)]
