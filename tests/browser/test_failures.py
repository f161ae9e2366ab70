"""Failures before the window: missing scripts, network errors, changed orders."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import NEXT
from tests.waiting import until

Shelf = Callable[..., str]


def test_a_blocked_script(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    buyer.page.route("**/v1/iamport.js", lambda route: route.abort("blockedbyclient"))
    buyer.start(item())
    buyer.fill()
    with buyer.watch.expecting("ERR_BLOCKED_BY_CLIENT"):
        buyer.button(NEXT).click()
        expect(buyer.page.get_by_role("alert")).to_contain_text("광고 차단기")
        expect(buyer.pay_button).to_be_disabled()

        # News of the session are another reason to try, so the complaint may come twice.
        buyer.page.unroute("**/v1/iamport.js")
        buyer.button("다시 시도").click()

        expect(buyer.pay_button).to_be_enabled()


def test_a_script_that_does_not_come(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    held: list[Route] = []
    buyer.page.clock.install()
    buyer.page.route("**/v1/iamport.js", lambda route: held.append(route))
    buyer.start(item())
    buyer.fill()
    buyer.button(NEXT).click()
    until(lambda: held or buyer.page.evaluate("null"), "the script is asked for")

    buyer.page.clock.fast_forward(9_000)
    expect(buyer.page.get_by_text("평소보다 오래 걸리고 있어요")).to_be_visible()
    buyer.page.clock.fast_forward(20_000)

    expect(buyer.page.get_by_role("alert")).to_contain_text("불러오는 데 너무 오래 걸려요")


def test_offline_while_ordering(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    buyer.start(item())
    buyer.fill()
    buyer.page.context.set_offline(True)
    with buyer.watch.expecting("ERR_INTERNET_DISCONNECTED"):
        buyer.button(NEXT).click()
        buyer.page.wait_for_event("requestfailed")
        buyer.page.context.set_offline(False)
        expect(buyer.pay_button).to_be_enabled()

    query = "SELECT count(*) FROM payment_sessions WHERE user_username = %s"
    assert buyer.system.rows(query, buyer.username) == [(1,)]


def test_offline_while_being_confirmed(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    buyer.order(item())
    buyer.open_window()
    # A long poll that is under way already would hear of it otherwise.
    buyer.system.portone.faults({"kind": "webhook_loss", "endpoint": "webhook.paid"})
    buyer.page.route("**/api/v1/payments/**", lambda route: route.abort("connectionfailed"))

    with buyer.watch.expecting("ERR_CONNECTION_FAILED"):
        buyer.in_window("승인 Approve")
        expect(buyer.phase).to_have_attribute("data-phase", "confirming")
        expect(buyer.page.get_by_text("서버에 연결하지 못했어요")).to_be_visible()
        buyer.page.unroute("**/api/v1/payments/**")

        buyer.arrives("success")


def test_the_button_waits_for_the_registration_of_the_amount(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    buyer.system.portone.faults({"kind": "status", "endpoint": "prepare.*", "status": 503, "times": 2})
    buyer.start(item())
    buyer.fill()
    buyer.button(NEXT).click()

    expect(buyer.pay_button).to_be_disabled()
    expect(buyer.phase).to_have_attribute("data-phase", "ready")
    expect(buyer.pay_button).to_be_enabled()


def test_another_order_releases_the_first(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    buyer.order(item(stock=2))
    first = buyer.session_id

    buyer.button("수정하기").click()
    buyer.page.locator("[name=quantity]").fill("2")
    buyer.button(NEXT).click()
    expect(buyer.page.get_by_role("button", name="49,800원 결제하기")).to_be_enabled()

    assert buyer.session_id != first
    assert buyer.system.rows("SELECT status FROM payment_sessions WHERE session_id = %s", first) == [("expired",)]


def test_closed_by_the_buyer(visit: Visit, item: Shelf) -> None:
    buyer = visit()
    shelf = item(stock=1)
    buyer.order(shelf)

    buyer.button("그만두기").click()

    expect(buyer.button("바로 구매")).to_be_visible()
    until(
        lambda: buyer.system.rows("SELECT stock FROM items WHERE id = %s", shelf) == [(1,)], "the stock is free again"
    )
