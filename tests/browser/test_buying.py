"""Every kind of payment method, from the item to the goods. Each with both generations is the subject of
tests/journeys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import THREE_CLICKS

AddItem = Callable[..., str]


@pytest.mark.parametrize(
    ("phone", "method", "generation"), [(False, "card", "v1"), (False, "trans", "v2"), (True, "kakaopay", "v2")]
)
def test_paid_at_once(visit: Visit, item: AddItem, phone: bool, method: str, generation: str) -> None:
    buyer = visit(phone=phone, generation=generation)
    buyer.start(item())
    buyer.fill(method)

    if phone:
        buyer.pay_button.click()
        buyer.button("승인 Approve").click()
    else:
        buyer.pay()

    buyer.arrives("success")
    expect(buyer.page.get_by_role("heading", name="결제가 완료됐어요")).to_be_visible()
    expect(buyer.page.get_by_text("24,900원 결제됐어요")).to_be_visible()
    assert [payment["status"] for payment in buyer.payments()] == ["paid"]
    assert buyer.payments()[0]["pay_method"] == method
    assert buyer.generations() == {generation}
    buyer.page.get_by_role("link", name="보유 상품 보기").click()
    expect(buyer.page.get_by_role("heading", name="제주 감귤 5kg")).to_be_visible()


@pytest.mark.parametrize(("phone", "generation"), [(False, "v1"), (True, "v2")], ids=["computer", "phone"])
def test_paid_by_transfer_to_a_virtual_account(visit: Visit, item: AddItem, phone: bool, generation: str) -> None:
    buyer = visit(phone=phone, generation=generation)
    buyer.start(item())
    buyer.fill("vbank")
    if phone:
        buyer.pay_button.click()
        buyer.button("계좌 발급 Issue account").click()
    else:
        buyer.pay("계좌 발급 Issue account")

    buyer.arrives("waiting")
    account = buyer.page.get_by_role("region", name="입금 계좌")
    (payment,) = buyer.payments()
    expect(account).to_contain_text(payment["vbank_num"])
    expect(account).to_contain_text("24,900원")
    expect(account.get_by_role("timer")).to_have_text(re.compile(r"^2일 \d\d:\d\d:\d\d 남음$"))
    account.get_by_role("button", name="계좌번호 복사").click()
    expect(account.get_by_role("button", name="복사했어요")).to_be_visible()
    assert buyer.page.evaluate("navigator.clipboard.readText()") == payment["vbank_num"].replace("-", "")

    buyer.system.portone.control("POST", f"payments/{payment['imp_uid']}/deposit", {})

    buyer.arrives("success")
    expect(buyer.page.get_by_role("heading", name="결제가 완료됐어요")).to_be_visible()


def test_in_english(visit: Visit, item: AddItem) -> None:
    buyer = visit(korean=False, phone=True, generation="v1")
    buyer.start(item(price=12_000))
    buyer.fill("phone")
    expect(buyer.pay_button).to_have_text("Pay ₩12,000")

    buyer.pay_button.click()
    buyer.button("승인 Approve").click()

    buyer.arrives("success")
    assert buyer.payments()[0]["pay_method"] == "phone"
    assert buyer.generations() == {"v1"}
    expect(buyer.page.get_by_role("heading", name="Your payment is complete")).to_be_visible()


WRONG = {
    "buyer_name": ("", "이름을 입력해 주세요."),
    "buyer_email": ("hana@", "이메일 주소를 name@example.com 형식으로 입력해 주세요."),
    "buyer_tel": ("12-34", "휴대폰 번호를 010-1234-5678 형식으로 입력해 주세요."),
    "buyer_postcode": ("123", "우편번호 5자리 숫자를 입력하거나 비워 두세요."),
    "quantity": ("99", "1개부터 10개까지 살 수 있어요."),
}


def test_a_form_with_errors_and_then_several_pieces(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.start(item(stock=10))
    buyer.fill(buyer_tel="01098765432")
    buyer.page.locator("[name=buyer_tel]").blur()
    expect(buyer.page.locator("[name=buyer_tel]")).to_have_value("010-9876-5432")

    for name, (value, complaint) in WRONG.items():
        field = buyer.page.locator(f"[name={name}]")
        right = field.input_value()
        field.fill(value)
        buyer.pay_button.click()
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(complaint)
        field.fill(right)

    buyer.page.locator("[name=quantity]").fill("9")
    expect(buyer.page.locator(".pt-total output")).to_have_text("224,100원")
    buyer.button("하나 늘리기").click()
    expect(buyer.page.locator(".pt-total output")).to_have_text("249,000원")
    expect(buyer.button("하나 늘리기")).to_be_disabled()
    buyer.pay_button.evaluate(THREE_CLICKS)
    buyer.in_window("승인 Approve")

    buyer.arrives("success")
    assert [payment["amount"] for payment in buyer.payments()] == [10 * 24_900]
    query = "SELECT count(*) FROM payment_sessions WHERE user_username = %s"
    assert buyer.system.rows(query, buyer.username) == [(1,)], "three clicks are one order"


def test_sold_out(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.go(f"/items/{item(stock=0)}")

    expect(buyer.button("품절")).to_be_disabled()


def test_sold_to_another_buyer_meanwhile(visit: Visit, item: AddItem) -> None:
    last = item(stock=1)
    quick, slow = visit(), visit()
    slow.start(last)
    slow.fill()
    quick.account.prepared(item_id=last)

    with slow.watch.expecting("409"):
        slow.pay_button.click()
        expect(slow.page.get_by_role("alert")).to_contain_text("남은 수량이 부족해요")


def test_an_unknown_item(visit: Visit) -> None:
    buyer = visit()

    with buyer.watch.expecting("404"):
        buyer.go("/items/00000000-0000-4000-8000-000000000000")
        expect(buyer.page.get_by_role("alert")).to_contain_text("더 이상 팔지 않아요")
