"""Webhooks that arrived: found, read as text whatever is in them, and processed again."""

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.console.conftest import Operate
from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

HOSTILE = "</pre><img src=x onerror=alert(1)>"


@pytest.fixture
def forged(system: System) -> Iterator[str]:
    """The number of an order that was never issued. A webhook of it waits for an operator during the test."""
    order = f"forged-{secrets.token_hex(6)}"
    body = {"imp_uid": "imp_000000000001", "merchant_uid": order, "status": "paid", "note": HOSTILE}
    requests.post(f"{system.url}/api/v1/payments/webhook", json=body, timeout=30).raise_for_status()
    given_up = "UPDATE webhook_deliveries SET due_at = NULL WHERE state = 'orphaned' AND merchant_uid = %s RETURNING 1"
    until(lambda: system.rows(given_up, order), "the order is found to be unknown")
    yield order
    system.rows("DELETE FROM webhook_deliveries WHERE merchant_uid = %s", order)


def test_one_of_an_unknown_order_is_processed_again(
    operate: Operate, forged: str, system: System, axe: Callable[..., None]
) -> None:
    support = operate("support")
    page = support.page
    support.go("/console/webhooks")
    page.get_by_label("주문번호").fill(forged)
    page.get_by_label("상태").select_option("orphaned")
    support.button("조회").click()
    row = page.get_by_role("row").filter(has_text=forged)
    expect(row).to_contain_text("우리가 만든 적 없는 주문번호예요")
    expect(row.get_by_role("link", name=forged)).to_have_count(0)
    axe(page)
    row.get_by_role("link", name="결제됨").click()

    expect(page.get_by_role("region", name="본문")).to_contain_text(f'"note": "{HOSTILE}"')
    expect(page.get_by_text("포트원 콘솔에서 이 주문번호를 찾아보세요")).to_be_visible()
    axe(page)
    support.button("다시 처리").click()

    expect(page.get_by_text("다시 처리하도록 했어요")).to_be_visible()
    expect(page.get_by_text("아직 모르는 주문번호라")).to_be_visible()
    ((again,),) = system.rows("SELECT due_at IS NOT NULL FROM webhook_deliveries WHERE merchant_uid = %s", forged)
    assert again


def test_who_may_only_look(
    operate: Operate, forged: str, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    session = buyer.paid()
    processed = "SELECT 1 FROM webhook_deliveries WHERE merchant_uid = %s AND state = 'done'"
    until(lambda: system.rows(processed, session["merchant_uid"]), "the webhook is processed")
    viewer = operate("viewer", phone=True, korean=False, dark=True)
    page = viewer.page
    viewer.go(f"/console/webhooks?order={session['merchant_uid']}&state=done")
    expect(page.get_by_role("link", name=session["merchant_uid"]).first).to_have_attribute(
        "href", f"/console/payments/{session['merchant_uid']}"
    )
    axe(page)
    page.get_by_role("link", name=re.compile("^paid")).first.click()
    expect(page.get_by_text("PortOne’s answer was applied to the order.")).to_be_visible()
    expect(page.get_by_role("link", name="Open the order")).to_be_visible()
    axe(page)

    viewer.go(f"/console/webhooks?order={forged}")
    page.get_by_role("link", name=re.compile("^paid")).click()
    expect(page.get_by_text("We never issued this order number.")).to_be_visible()
    expect(viewer.button("Process again")).to_have_count(0)
    viewer.go("/console/webhooks?order=none-of-ours")
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    with viewer.watch.expecting("404"):
        viewer.go("/console/webhooks/00000000-0000-4000-8000-000000000000")
        expect(page.get_by_role("alert")).to_contain_text("not found")
