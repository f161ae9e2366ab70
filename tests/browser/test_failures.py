"""Failures before the window: missing scripts, network errors, changed orders."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import WINDOW
from tests.waiting import until

AddItem = Callable[..., str]


def test_a_blocked_script(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.page.route("**/v1/iamport.js", lambda route: route.abort("blockedbyclient"))
    buyer.start(item())
    buyer.fill()
    with buyer.watch.expecting("ERR_BLOCKED_BY_CLIENT"):
        buyer.pay_button.click()
        expect(buyer.page.get_by_role("alert")).to_contain_text("광고 차단기")
        expect(buyer.pay_button).to_be_enabled()

        # News of the session are another reason to try, so the complaint may come twice.
        buyer.page.unroute("**/v1/iamport.js")
        buyer.pay()

        buyer.arrives("success")


def test_a_script_that_does_not_come(visit: Visit, item: AddItem) -> None:
    buyer = visit(new=True)
    held: list[Route] = []
    buyer.page.clock.install()
    buyer.page.route("**/v1/iamport.js", lambda route: held.append(route))
    buyer.start(item())
    buyer.fill()
    buyer.pay_button.click()
    until(lambda: held or buyer.page.evaluate("null"), "the script is asked for")

    buyer.page.clock.fast_forward(9_000)
    expect(buyer.page.get_by_text("평소보다 오래 걸리고 있어요")).to_be_visible()
    buyer.page.clock.fast_forward(20_000)

    expect(buyer.page.get_by_role("alert")).to_contain_text("불러오는 데 너무 오래 걸려요")


def test_offline_while_being_confirmed(visit: Visit, item: AddItem) -> None:
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


def test_the_button_waits_for_the_registration_of_the_amount(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.system.portone.faults({"kind": "status", "endpoint": "prepare.*", "status": 503, "times": 2})
    buyer.start(item())
    buyer.fill()
    buyer.pay_button.click()

    expect(buyer.pay_button).to_be_disabled()
    expect(buyer.page.locator(WINDOW)).to_be_visible()


def test_closed_by_the_buyer(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    shelf = item(stock=1)
    buyer.order(shelf)

    buyer.button("그만두기").click()

    expect(buyer.button("바로 구매")).to_be_visible()
    until(
        lambda: buyer.system.rows("SELECT stock FROM items WHERE id = %s", shelf) == [(1,)], "the stock is free again"
    )
