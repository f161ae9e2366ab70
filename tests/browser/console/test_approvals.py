"""Refunds that a second operator decides, and returns."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console.conftest import Operate
from tests.browser.console.test_payment import opened, part
from tests.journeys.processes.buyer import Buyer
from tests.system import System

CANCELS = "SELECT stage, approved_by, refusal FROM payment_cancellations WHERE cancellation_id = ANY(%s) ORDER BY id"


def test_a_large_refund_waits_for_another_operator(
    operate: Operate, buyer: Buyer, item: Callable[..., str], system: System, axe: Callable[..., None]
) -> None:
    orders = [
        buyer.paid(item_id=item(name=name, price=700_000), quantity=2) for name in ("양문형 냉장고", "드럼 세탁기")
    ]
    first, second = operate("finance"), operate("finance")
    for order in orders:
        page = opened(first, order["session_id"])
        first.button("환불").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("다른 운영자가 ‘승인 대기’에서 승인해야 환불돼요")
        dialog.locator("[name=reason]").fill("배송 불가")
        dialog.get_by_role("button", name="환불 요청").click()
        expect(part(page, "지금 무엇을 기다리나요?")).to_contain_text("금액이 커서 다른 운영자가 승인해야 해요")
    expect(first.button("요청 철회").first).to_be_visible()
    expect(first.button("승인")).to_have_count(0)

    second.go("/console/approvals")
    page = second.page
    rows = page.get_by_role("row").filter(has_text="배송 불가")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(buyer.name)
    expect(rows.first).to_contain_text(first.username or "")
    for row in rows.all():
        row.get_by_role("checkbox").check()
    axe(page)
    second.button("2건 승인").click()
    expect(page.get_by_role("dialog")).to_contain_text("2,800,000원")
    page.get_by_role("dialog").get_by_role("button", name="승인").click()
    expect(rows).to_have_count(0)
    for order in orders:
        buyer.wait_for(order, "cancelled")
    ids = [buyer.payment(order)["cancellations"][0]["cancellation_id"] for order in orders]
    assert {row[:2] for row in system.rows(CANCELS, ids)} == {("succeeded", second.username)}


def test_a_return_is_rejected_with_a_reason_by_keyboard(
    operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    order = buyer.paid()
    system.rows(
        "UPDATE payment_lines SET fulfilment = 'delivered', begun_at = now(), delivered_at = now() WHERE session_key ="
        " (SELECT id FROM payment_sessions WHERE session_id = %s)",
        order["session_id"],
    )
    buyer.cancel(order, reason=f"단순 변심 {buyer.name}")
    support, viewer = operate("support", phone=True, dark=True, korean=False), operate("viewer")
    viewer.go("/console/approvals")
    expect(viewer.page.get_by_role("row").filter(has_text=buyer.name)).to_contain_text("반품 신청")
    expect(viewer.button("승인")).to_have_count(0)
    expect(viewer.page.get_by_role("checkbox")).to_have_count(0)

    support.go("/console/approvals")
    page, dialog = support.page, support.page.get_by_role("dialog")
    row = page.get_by_role("row").filter(has_text=buyer.name)
    expect(row).to_be_visible()
    axe(page)
    row.get_by_role("button", name="Reject").press("Enter")
    dialog.get_by_role("button", name="Reject").press("Enter")
    expect(dialog.get_by_label("Reason")).to_have_accessible_description("Give a reason.")
    dialog.get_by_label("Reason").fill("It was used.")
    dialog.get_by_role("button", name="Reject").press("Enter")
    expect(row).to_have_count(0)
    cancel = buyer.payment(order)["cancellations"][0]
    assert (cancel["stage"], cancel["refusal"]) == ("rejected", "It was used.")


def test_nobody_approves_an_own_purchase(visit: Visit, buyer: Buyer, system: System) -> None:
    order = buyer.paid()
    system.rows(
        "UPDATE payment_lines SET fulfilment = 'shipped', begun_at = now() WHERE session_key ="
        " (SELECT id FROM payment_sessions WHERE session_id = %s)",
        order["session_id"],
    )
    buyer.cancel(order)
    system.rows("UPDATE users SET role = 'admin' WHERE username = %s", buyer.name)
    admin = visit(as_=buyer.name)
    admin.go("/console/approvals")
    row = admin.page.get_by_role("row").filter(has_text=buyer.name)
    expect(row).to_contain_text("내 구매라서 다른 운영자가 결정해야 해요")
    expect(row.get_by_role("button", name="승인")).to_have_count(0)
