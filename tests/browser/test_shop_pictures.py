"""Pictures of every page of the shop in every state, for the sheet of `make shots`."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from pitturu.api.session_body import MESSAGES
from pitturu.domain.lifecycle import SessionStatus
from tests.browser import sheet
from tests.browser.conftest import Visit, new_buyer
from tests.browser.sheet import Look
from tests.browser.visitor import ACTIVATION, WINDOW, Visitor
from tests.system import System
from tests.values import BUYER

AddItem = Callable[..., str]

PAGES: Final = (
    *("catalogue", "catalogue-filtered", "item", "item-sold-out", "item-unknown", "added"),
    *("cart-empty", "cart", "login", "login-wrong", "register", "not-found"),
    *("form", "form-wrong", "ready", "declined", "offline", "confirming", "paid", "account-issued", "partly-refunded"),
    *("refunded", "given-up", "history-empty", "history", "history-none", "history-days", "purchase", "refund"),
    *("inventory-empty", "inventory", "account"),
)


@pytest.fixture(scope="module")
def orders(system: System) -> dict[str, str]:
    """A buyer with an order in every state: the name of the buyer, and the session of each order."""
    buyer = new_buyer(system)
    items = {item["sku"]: item["id"] for item in buyer.get("/items")["items"]}
    paid = buyer.paid(item_id=items["TEA-01"], quantity=2)
    two = [{"item_id": items["FRUIT-02"], "quantity": 1}, {"item_id": items["PAPER-01"], "quantity": 3}]
    several = buyer.post("/payments/sessions", {"items": two, "generation": "v1", "pay_method": "card", **BUYER}, 201)
    several = buyer.wait_for(several, "prepared")
    buyer.verify(several, buyer.pay(several))
    partly = buyer.wait_for(several, "paid")
    lines = buyer.payment(partly)["lines"]
    buyer.cancel(partly, lines=[{"line_id": lines[1]["line_id"], "quantity": 1}])
    refunded = buyer.paid(item_id=items["COFFEE-01"])
    buyer.cancel(refunded)
    waiting = buyer.prepared(item_id=items["POT-01"], pay_method="vbank")
    buyer.pay(waiting)
    given_up = buyer.prepared(item_id=items["FRUIT-01"])
    buyer.post(f"/payments/sessions/{given_up['session_id']}/close", {})
    for session, status in ((partly, "partially_cancelled"), (refunded, "cancelled"), (waiting, "awaiting_deposit")):
        buyer.wait_for(session, status)
    made = {"paid": paid, "partly": partly, "refunded": refunded, "waiting": waiting, "given_up": given_up}
    return {"name": buyer.name, **{name: session["session_id"] for name, session in made.items()}}


@pytest.mark.skipif(not sheet.TAKEN, reason="`make shots` takes them.")
@pytest.mark.parametrize("look", sheet.LOOKS, ids=str)
def test_the_sheet_of_all_pages(
    visit: Visit, item: AddItem, orders: dict[str, str], system: System, look: Look
) -> None:
    sheet.write("shop", PAGES)
    stranger = visit(**look._asdict(), signed_in=False)
    for name in itertools.chain(_before(stranger, item), _alone(stranger)):
        sheet.take("shop", stranger, name, look, full=name not in ("added", "item"))
    newcomer = visit(**look._asdict())
    for name in _checkout(newcomer, item, look):
        sheet.take("shop", newcomer, name, look, full=False)
    buyer = visit(**look._asdict(), as_=orders["name"])
    for name in _afterwards(buyer, orders):
        sheet.take("shop", buyer, name, look, full=name not in ("refund", "history-days"))


def _before(stranger: Visitor, item: AddItem) -> Iterator[str]:
    """The shop and the cart of somebody who is not logged in."""
    sold_out, ours = item(name="한라봉 선물세트", price=39_000, stock=0), _item(stranger, "FRUIT-02")
    _shown(stranger, "/", ".pt-good h2")
    yield "catalogue"
    _shown(stranger, "/?show=available", ".pt-good h2")
    yield "catalogue-filtered"
    _shown(stranger, f"/items/{sold_out}", ".pt-item h1")
    yield "item-sold-out"
    with stranger.watch.expecting("404"):
        _shown(stranger, "/items/00000000-0000-4000-8000-000000000000", ".pt-empty")
    yield "item-unknown"
    _shown(stranger, "/cart", ".pt-empty")
    yield "cart-empty"
    _shown(stranger, f"/items/{ours}", ".pt-item h1")
    yield "item"
    add = re.compile("^(장바구니에 담기|Add to cart)$")
    stranger.button(add).click()
    yield "added"
    for sku in ("TABLE-01", "COURSE-01"):
        _shown(stranger, f"/items/{_item(stranger, sku)}", ".pt-item h1")
        stranger.button(add).click()
    stranger.system.rows("UPDATE items SET stock = 0 WHERE sku = 'TABLE-01' RETURNING id")
    _shown(stranger, "/cart", ".pt-cart-line h2")
    stranger.system.rows("UPDATE items SET stock = 1 WHERE sku = 'TABLE-01' RETURNING id")
    yield "cart"


def _alone(stranger: Visitor) -> Iterator[str]:
    """Pages without a shop's content: logins, and an address that leads nowhere."""
    page = stranger.page
    _shown(stranger, "/register", "h1")
    yield "register"
    _shown(stranger, "/login?next=%2Fcart", "h1")
    yield "login"
    for name in ("username", "password"):
        page.locator(f"[name={name}]").fill("nobody-here")
    with stranger.watch.expecting("401"):
        page.locator("form [type=submit]").click()
        expect(page.get_by_role("alert")).to_be_visible()
    yield "login-wrong"
    with stranger.watch.expecting("404"):
        _shown(stranger, "/nowhere", ".pt-empty h1")
    yield "not-found"


def _checkout(buyer: Visitor, item: AddItem, look: Look) -> Iterator[str]:
    """A checkout: refused, then confirmed for long; the purchases before there are any."""
    page, thing = buyer.page, _item(buyer, "FRUIT-01")
    for name in ("history", "inventory"):
        _shown(buyer, f"/{name}", ".pt-empty")
        yield f"{name}-empty"
    buyer.start(thing)
    yield "form"
    buyer.pay_button.click()
    yield "form-wrong"
    buyer.fill()
    page.evaluate(ACTIVATION, False)
    with buyer.watch.expecting("ERR_INTERNET_DISCONNECTED"):
        page.context.set_offline(True)
        buyer.pay_button.click()
        expect(page.get_by_role("dialog").locator(".pt-alert").last).to_be_visible()
        yield "offline"
        page.context.set_offline(False)
    buyer.is_ready()
    page.evaluate(ACTIVATION, True)
    yield "ready"
    buyer.pay_button.click()
    window = page if look.phone else page.frame_locator(WINDOW)
    window.get_by_role("button", name="거절 Decline", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert").first).to_be_visible()
    yield "declined"

    def confirming(route: Route) -> None:
        answer = route.fetch()
        verifying = {"status": "verifying", "message": MESSAGES[SessionStatus.VERIFYING]}
        route.fulfill(json=answer.json() | verifying | {"settled": False, "checkout": None})

    page.route("**/payments/sessions/*", confirming)
    _shown(buyer, f"/payment/waiting?session={buyer.session_id}", "[data-phase=confirming]")
    yield "confirming"
    page.unroute("**/payments/sessions/*")


def _afterwards(buyer: Visitor, orders: dict[str, str]) -> Iterator[str]:
    """Results, the purchases, and what can be done about them."""
    page = buyer.page
    results = {"paid": "paid", "account-issued": "waiting", "partly-refunded": "partly", "refunded": "refunded"}
    for name, order in results.items():
        _shown(buyer, f"/payment/waiting?session={orders[order]}", ".pt-timeline li")
        yield name
    _shown(buyer, f"/payment/waiting?session={orders['given_up']}", ".pt-result h1")
    yield "given-up"
    _shown(buyer, "/inventory", ".pt-owned img")
    yield "inventory"
    _shown(buyer, "/account", ".pt-logins li")
    yield "account"
    _shown(buyer, "/history?status=expired", ".pt-empty")
    yield "history-none"
    _shown(buyer, "/history", ".pt-purchase")
    yield "history"
    page.locator(".pt-select-chip").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "history-days"
    page.keyboard.press("Escape")
    purchase = page.locator(".pt-purchase", has=page.locator("[data-status=partially_cancelled]"))
    purchase.get_by_role("button").click()
    expect(purchase.locator(".pt-timeline")).to_be_visible()
    yield "purchase"
    purchase.locator("button.pt-button-outlined").click()
    page.get_by_role("dialog").get_by_role("radio").last.check()
    yield "refund"


def _shown(visitor: Visitor, address: str, selector: str) -> None:
    """Open a page and wait until this is on it."""
    visitor.go(address)
    expect(visitor.page.locator(selector).first).to_be_visible()


def _item(visitor: Visitor, sku: str) -> str:
    """The id of an item of the demo shop."""
    return str(visitor.system.rows("SELECT id FROM items WHERE sku = %s", sku)[0][0])
