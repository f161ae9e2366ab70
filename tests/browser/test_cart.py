"""The cart: filled, changed, bought as one order, given back line by line, and what its storage cannot do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_history import ask, cancelling, opened
from tests.browser.visitor import Visitor

AddItem = Callable[..., str]


def add(buyer: Visitor, item: str) -> None:
    """Add one piece on the page of an item."""
    buyer.go(f"/items/{item}")
    buyer.button("장바구니에 담기").click()
    expect(buyer.page.get_by_text("장바구니에 담았어요:")).to_be_visible()


def store(buyer: Visitor, text: str) -> None:
    """Put this into the storage of the browser, and open the cart."""
    buyer.go("/login")
    buyer.page.evaluate("(text) => localStorage.setItem('pitturu.cart', text)", text)
    buyer.go("/cart")


def line(page: Page, item: str) -> Locator:
    return page.locator(f".pt-cart-line[data-item='{item}']")


def count(page: Page, lines: int) -> None:
    """The header shows so many lines."""
    name = f"장바구니, {lines}가지 상품" if lines else "장바구니"
    expect(page.get_by_role("banner").get_by_role("link", name=name, exact=True)).to_be_visible()


@pytest.mark.parametrize(("generation", "phone"), [("v1", False), ("v2", True)])
def test_several_lines_are_bought_and_given_back_one_by_one(
    visit: Visit, item: AddItem, axe: Callable[..., None], generation: str, phone: bool
) -> None:
    buyer = visit(phone=phone, generation=generation)
    buyer.ask_for_generation()
    pears, mug = item(name="나주배 선물세트", price=45_000), item(name="머그컵", price=12_000)
    buyer.system.rows("UPDATE items SET tax_free = true WHERE id = %s RETURNING id", pears)
    for thing in (pears, mug, mug):
        add(buyer, thing)
    count(buyer.page, 2)
    if phone:
        axe(buyer.page)
    buyer.page.get_by_role("link", name="장바구니 보기").click()
    expect(line(buyer.page, mug).locator(".pt-price")).to_have_text("24,000원")
    buyer.button("나주배 선물세트 하나 늘리기").click()
    expect(buyer.button("나주배 선물세트 하나 늘리기")).to_be_focused()
    expect(buyer.page.locator(".pt-cart-sum output")).to_have_text("114,000원")
    axe(buyer.page)

    buy_both(buyer, phone)
    count(buyer.page, 0)
    assert [(paid["name"], paid["amount"]) for paid in buyer.payments()] == [("나주배 선물세트 외 1건", 114_000)]
    # What is added later stays, however often the result of the order before is looked at.
    result = buyer.page.url
    add(buyer, mug)
    buyer.page.goto(result)
    expect(buyer.page.locator(".pt-timeline li").last).to_be_attached()
    count(buyer.page, 1)

    if not phone:
        give_back_a_line(buyer, axe)
        give_back_what_may_be_returned(buyer, mug)


def buy_both(buyer: Visitor, phone: bool) -> None:
    buyer.button("2가지 주문하기").click()
    buyer.fill()
    buyer.prepare()
    expect(buyer.pay_button).to_have_text("114,000원 결제하기")
    buyer.page.get_by_role("dialog").locator("summary").click()
    expect(buyer.page.get_by_role("dialog").get_by_role("listitem")).to_have_text(
        ["나주배 선물세트 × 2개90,000원", "머그컵 × 2개24,000원"]
    )
    if phone:
        buyer.pay_button.click()
        buyer.button("승인 Approve").click()
    else:
        buyer.pay()
    buyer.arrives("success")


def give_back_a_line(buyer: Visitor, axe: Callable[..., None]) -> None:
    purchase = opened(buyer)
    expect(purchase.get_by_role("heading", name="나주배 선물세트 외 1건")).to_be_visible()
    dialog = cancelling(buyer, purchase)
    dialog.get_by_role("radio", name="상품과 수량을 골라서").check()
    dialog.get_by_role("button", name="취소 요청하기").click()
    pieces = dialog.get_by_label("나주배 선물세트 (2개까지)")
    expect(pieces).to_have_accessible_description("취소할 상품의 수량을 하나 이상 입력해 주세요.")
    pieces.fill("1")
    expect(dialog.get_by_text("돌려받을 금액: 45,000원")).to_be_visible()
    axe(buyer.page)
    ask(buyer)
    expect(purchase.get_by_text("45,000원 · 완료")).to_be_visible()
    expect(purchase.get_by_text("나주배 선물세트 × 1개", exact=True)).to_be_visible()


def give_back_what_may_be_returned(buyer: Visitor, mug: str) -> None:
    """The shop has begun with the mugs, which cannot be returned then: the rest is cancelled by line only."""
    change = "UPDATE payment_lines SET fulfilment = 'shipped', begun_at = now(), returnable = false"
    buyer.system.rows(f"{change} WHERE item_id = %s RETURNING id", mug)
    purchase = opened(buyer)
    dialog = cancelling(buyer, purchase)
    expect(dialog.get_by_role("radio")).to_have_count(1)
    expect(dialog.get_by_text("머그컵: 준비가 시작된 뒤에는 취소·반품할 수 없는 상품이에요.")).to_be_visible()
    dialog.get_by_label("나주배 선물세트 (1개까지)").fill("1")
    ask(buyer)
    expect(purchase.get_by_text("45,000원 · 완료")).to_have_count(2)
    expect(purchase.get_by_text("배송 중")).to_be_visible()


def test_lines_that_cannot_be_ordered_say_so(visit: Visit, item: AddItem, axe: Callable[..., None]) -> None:
    """The order waits for fewer pieces where fewer are left, and leaves out what nobody can buy."""
    buyer = visit()
    fewer, out, retired, dearer = item(stock=2), item(stock=0), item(), item(price=5_000)
    buyer.system.rows("UPDATE items SET active = false WHERE id = %s RETURNING id", retired)
    wanted = {fewer: (3, 24_900), out: (1, 24_900), retired: (1, 24_900), dearer: (1, 4_000)}
    # Prices in the storage change nothing but the note about them.
    lines = [
        {"item_id": key, "quantity": pieces, "seen": seen, "price": 1, "unit_price": 1}
        for key, (pieces, seen) in wanted.items()
    ]
    with buyer.watch.expecting("404"):
        store(buyer, json.dumps(lines))
        expect(line(buyer.page, out)).to_contain_text("품절이라 주문에서 빠져요")
        expect(line(buyer.page, retired)).to_contain_text("더 이상 팔지 않아")
        expect(line(buyer.page, dearer)).to_contain_text("가격이 바뀌었어요: 4,000원 → 5,000원")
        axe(buyer.page)

        buyer.button("2가지 주문하기").click()
        take = line(buyer.page, fewer).get_by_role("button", name="2개로 바꾸기")
        expect(take).to_be_focused()
        expect(buyer.page.get_by_role("alert")).to_contain_text("수량을 줄여야 하는 상품이 있어요")
        take.click()
        expect(line(buyer.page, fewer).get_by_role("textbox")).to_have_value("2")
        buyer.button("2가지 주문하기").click()
        buyer.fill()
        # The stock is looked at again once an order holds some of it.
        with buyer.page.expect_response(f"**/items/{retired}"):
            buyer.prepare()
        expect(buyer.pay_button).to_have_text("54,800원 결제하기")


def hostile(item: str) -> list[Any]:
    """A good line among what is none."""
    broken = {"item_id": f"{item}/..", "quantity": 1}, {"item_id": {}, "quantity": 1}
    bad = [None, 7, "x", [], {}, {"item_id": item}, *broken]
    pieces: list[Any] = [0, -1, 1.5, 1001, 1e300, "2", None, [2]]
    return [
        *bad,
        *({"item_id": item, "quantity": number} for number in pieces),
        {"item_id": item, "quantity": 2, "seen": "<b>1</b>", "__proto__": {"quantity": 9}},
        {"item_id": item, "quantity": 5},
    ]


def test_storage_that_is_broken_or_hostile_is_ignored(visit: Visit, item: AddItem) -> None:
    buyer, good = visit(signed_in=False), item()
    store(buyer, json.dumps(hostile(good)))
    expect(line(buyer.page, good).get_by_role("textbox")).to_have_value("2")
    expect(buyer.page.locator(".pt-cart-line")).to_have_count(1)
    count(buyer.page, 1)
    # Nobody is logged in: the cart needs no login, its checkout does.
    expect(buyer.page.get_by_role("link", name="로그인하고 주문하기")).to_have_attribute("href", "/login?next=%2Fcart")

    for text in ("{", "null", '"x"', '{"length": 3}', json.dumps([{"item_id": good, "quantity": 1}]) + " " * 20_000):
        store(buyer, text)
        expect(buyer.page.get_by_text("장바구니가 비어 있어요")).to_be_visible()


def test_all_tabs_show_the_same_cart(visit: Visit, item: AddItem) -> None:
    buyer, one, other = visit(signed_in=False), item(name="감귤"), item(name="커피")
    buyer.go("/")
    second = buyer.page.context.new_page()
    second.goto(buyer.system.url + "/cart")
    expect(second.get_by_text("장바구니가 비어 있어요")).to_be_visible()

    add(buyer, one)
    expect(line(second, one)).to_be_visible()
    add(buyer, other)
    count(second, 2)
    second.get_by_role("button", name="감귤 삭제").click()
    count(buyer.page, 1)

    # The focus stays in the list, and on the heading when that is empty.
    expect(second.get_by_role("button", name="커피 삭제")).to_be_focused()
    second.get_by_role("button", name="되돌리기").click()
    expect(second.get_by_role("button", name="감귤 삭제")).to_be_focused()
    expect(second.locator(".pt-cart-line").first).to_contain_text("감귤")
    count(buyer.page, 2)
    second.get_by_role("button", name="감귤 삭제").click()
    second.get_by_role("button", name="커피 삭제").click()
    expect(second.get_by_role("heading", name="장바구니")).to_be_focused()
    count(buyer.page, 0)


def test_an_order_follows_the_cart(visit: Visit, item: AddItem) -> None:
    """A changed cart makes a new order, which takes the place of the open one; somebody else was faster at first."""
    buyer, other = visit(), visit()
    mug, last = item(name="머그컵", price=12_000, stock=5), item(name="마지막 한 개", stock=1)
    store(buyer, json.dumps([{"item_id": one, "quantity": 1, "seen": None} for one in (mug, last)]))
    buyer.button("2가지 주문하기").click()
    buyer.fill("vbank")
    other.account.prepared(item_id=last)
    with buyer.watch.expecting("409"):
        buyer.pay_button.click()
        problem = buyer.page.get_by_role("dialog").get_by_role("alert")
        expect(problem).to_contain_text("남은 수량이 부족해요")
        expect(problem).to_contain_text("마지막 한 개")
    buyer.page.keyboard.press("Escape")
    expect(line(buyer.page, last)).to_contain_text("품절이라 주문에서 빠져요")

    buyer.button("1가지 주문하기").click()
    buyer.prepare()
    first = buyer.session_id
    buyer.page.keyboard.press("Escape")
    expect(buyer.page.get_by_role("dialog")).to_have_count(0)
    expect(buyer.button("이어서 결제하기")).to_be_visible()
    # The pieces that the open order holds are no others': all five can be had.
    line(buyer.page, mug).get_by_role("textbox").fill("5")
    expect(line(buyer.page, mug).locator(".pt-alert")).to_have_count(0)
    buyer.button("1가지 주문하기").click()
    expect(buyer.pay_button).to_have_text("60,000원 결제하기")
    buyer.prepare()
    assert buyer.session_id != first
    query = "SELECT status FROM payment_sessions WHERE session_id = %s"
    assert buyer.system.rows(query, first) == [("expired",)]

    # Continued after another page; what awaits its deposit has left the cart, what was left out has not.
    buyer.go("/cart")
    buyer.button("이어서 결제하기").click()
    expect(buyer.pay_button).to_be_enabled()
    buyer.pay("계좌 발급 Issue account")
    buyer.arrives("waiting")
    count(buyer.page, 1)
