"""The network is lost and returns, in every phase of a checkout: it goes on by itself, as the page promises."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import WINDOW, Visitor
from tests.waiting import until

AddItem = Callable[..., str]

PROMISE = "인터넷에 연결되어 있지 않아요. 연결되면 자동으로 이어서 진행해요."


@contextmanager
def offline(buyer: Visitor, *, noticed: bool = True) -> Iterator[None]:
    """No network, until the page has said so and gone through its retries; nothing is clicked afterwards."""
    promise = buyer.page.get_by_text(PROMISE)
    with buyer.watch.expecting("ERR_INTERNET_DISCONNECTED"):
        buyer.page.context.set_offline(True)
        yield
        if noticed:
            until(lambda: promise.count() or buyer.page.clock.fast_forward(1_000), "the page says that it is offline")
        else:
            buyer.page.wait_for_event("requestfailed")
        buyer.page.context.set_offline(False)
        expect(promise).to_have_count(0)


def held_back(buyer: Visitor, address: str, act: Callable[[], object]) -> Route:
    """The first request to this address that follows the act. It waits for the test; later ones pass."""
    held: list[Route] = []
    buyer.page.route(address, lambda route: held.append(route), times=1)
    act()
    until(lambda: held or buyer.page.evaluate("null"), f"{address} is requested")
    return held[0]


@pytest.fixture
def buyer(visit: Visit) -> Visitor:
    """A visitor whose time a test can move."""
    visitor = visit(new=True)
    visitor.page.clock.install()
    return visitor


def test_in_the_form(buyer: Visitor, item: AddItem) -> None:
    buyer.start(item())
    buyer.fill()
    with offline(buyer):
        buyer.pay_button.click()

    expect(buyer.page.locator(WINDOW)).to_be_visible()
    query = "SELECT count(*) FROM payment_sessions WHERE user_username = %s"
    assert buyer.system.rows(query, buyer.username) == [(1,)]


def test_while_the_session_is_opened(buyer: Visitor, item: AddItem) -> None:
    buyer.order(item())
    request = held_back(buyer, f"**/sessions/{buyer.session_id}", buyer.page.reload)
    with offline(buyer):
        request.abort("internetdisconnected")

    buyer.is_ready()


def test_while_the_amount_is_registered(buyer: Visitor, item: AddItem) -> None:
    buyer.system.portone.faults({"kind": "status", "endpoint": "prepare.*", "status": 503})
    buyer.start(item())
    buyer.fill()
    buyer.pay_button.click()
    expect(buyer.phase).to_have_attribute("data-phase", "preparing")
    with offline(buyer):
        buyer.system.portone.faults()

    expect(buyer.page.locator(WINDOW)).to_be_visible()


def test_while_the_script_loads(buyer: Visitor, item: AddItem) -> None:
    buyer.start(item())
    buyer.fill()
    request = held_back(buyer, "**/v1/iamport.js", buyer.pay_button.click)
    with offline(buyer):
        request.abort("internetdisconnected")

    expect(buyer.page.locator(WINDOW)).to_be_visible()


def test_before_the_window(buyer: Visitor, item: AddItem) -> None:
    buyer.order(item())
    # A long poll would tell only at its end that the server can be reached again.
    with buyer.page.expect_request("**/sessions/*?wait=0"), offline(buyer):
        pass

    expect(buyer.pay_button).to_be_enabled()
    buyer.pay()
    buyer.arrives("success")


def test_in_the_window(buyer: Visitor, item: AddItem) -> None:
    """The payment is approved meanwhile, and the window never tells."""
    buyer.order(item())
    buyer.open_window()
    with offline(buyer, noticed=False):
        (payment,) = buyer.payments()
        buyer.system.portone.control("POST", f"payments/{payment['imp_uid']}/approve", {})

    buyer.arrives("success")


def test_while_portone_is_asked(buyer: Visitor, item: AddItem) -> None:
    buyer.order(item())
    buyer.system.portone.faults(
        {"kind": "status", "endpoint": "payments.*", "status": 503},
        {"kind": "webhook_loss", "endpoint": "webhook.paid"},
    )
    buyer.pay()
    expect(buyer.phase).to_have_attribute("data-phase", "confirming")
    with offline(buyer):
        buyer.system.portone.faults()

    buyer.arrives("success")


def test_while_a_deposit_is_awaited(buyer: Visitor, item: AddItem) -> None:
    buyer.order(item(), "vbank")
    buyer.pay("계좌 발급 Issue account")
    buyer.arrives("waiting")
    (payment,) = buyer.payments()
    with offline(buyer):
        buyer.system.portone.control("POST", f"payments/{payment['imp_uid']}/deposit", {})

    buyer.arrives("success")


def test_after_the_payment(buyer: Visitor, item: AddItem) -> None:
    """Nothing is asked any more, so there is nothing to promise; the result stays."""
    buyer.order(item())
    buyer.pay()
    buyer.arrives("success")
    buyer.page.wait_for_load_state("networkidle")

    buyer.page.context.set_offline(True)
    buyer.page.clock.fast_forward(60_000)
    expect(buyer.page.get_by_text(PROMISE)).to_have_count(0)
    buyer.page.context.set_offline(False)

    expect(buyer.page.get_by_role("heading", name="결제가 완료됐어요")).to_be_visible()
