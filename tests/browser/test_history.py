"""Purchases afterwards: listed, shown in detail, refunded in full or in part."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.waiting import until

AddItem = Callable[..., str]


def bought(buyer: Visitor, item: str, method: str = "card", pieces: int = 1) -> Locator:
    """A purchase, made over the API and opened in the history."""
    buy(buyer, item, method, pieces)
    return opened(buyer)


def buy(buyer: Visitor, item: str, method: str = "card", pieces: int = 1) -> None:
    """A purchase over the API: paid, or an account was issued."""
    account = buyer.account
    session = account.prepared(item_id=item, pay_method=method, quantity=pieces)
    imp_uid = account.pay(session)
    if method == "vbank":
        account.wait_for(session, "awaiting_deposit")
    else:
        account.verify(session, imp_uid)
        account.wait_for(session, "paid")


def opened(buyer: Visitor) -> Locator:
    buyer.go("/history")
    purchase = buyer.page.locator(".pt-purchase").first
    purchase.get_by_role("button", name=re.compile("^상세 보기")).click()
    expect(purchase.get_by_role("heading", name="진행 상황")).to_be_visible()
    return purchase


def paid_at(buyer: Visitor, pg: str, when: str = "paid_at", method: str = "phone") -> None:
    """Have the buyer's purchase paid at another PG: the simulator's window has no channel for it."""
    change = f"UPDATE payment_history SET pg_provider = %s, pay_method = %s, paid_at = {when}"
    buyer.system.rows(f"{change} WHERE user_username = %s RETURNING payment_id", pg, method, buyer.username)


def ask(buyer: Visitor, **fields: str) -> None:
    """Fill in the dialog and submit it."""
    dialog = buyer.page.get_by_role("dialog")
    submit(dialog, {"reason": "마음이 바뀌었어요"} | fields)
    expect(dialog).to_have_count(0)


def submit(dialog: Locator, fields: dict[str, str]) -> None:
    """Fill in these fields and request the cancel, which may be refused."""
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if name == "bank":
            field.select_option(value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name="취소 요청하기").click()


def cancelling(buyer: Visitor, purchase: Locator) -> Locator:
    purchase.get_by_role("button", name="취소·환불 요청").click()
    return buyer.page.get_by_role("dialog")


def test_a_full_refund(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    purchase = bought(buyer, item())

    cancelling(buyer, purchase)
    ask(buyer)

    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")
    expect(purchase.get_by_text("전액 환불")).to_be_visible()
    expect(purchase.get_by_text("24,900원 · 완료")).to_be_visible()
    expect(purchase.get_by_role("button", name="취소·환불 요청")).to_have_count(0)
    buyer.go("/inventory")
    expect(buyer.page.get_by_text("아직 보유한 상품이 없어요")).to_be_visible()


def test_a_refund_that_is_done_between_two_readings(visit: Visit, item: AddItem) -> None:
    """The list is read before the money goes back and the details after: the line catches up all the same."""
    buyer = visit()
    purchase = bought(buyer, item())
    query = "SELECT status FROM payment_history WHERE user_username = %s"
    token = buyer.page.evaluate("JSON.parse(sessionStorage.getItem('pitturu.access')).access")
    listed = f"{buyer.system.url}/api/v1/me/payments?limit=10"
    stale = buyer.page.request.get(listed, headers={"Authorization": f"Bearer {token}"}).text()

    def after_the_refund(route: Route) -> None:
        if route.request.method == "GET":
            until(lambda: buyer.system.rows(query, buyer.username) == [("cancelled",)], "the money went back")
        route.continue_()

    cancelling(buyer, purchase)
    buyer.page.route(
        "**/me/payments?*", lambda route: route.fulfill(body=stale, content_type="application/json"), times=1
    )
    buyer.page.route("**/api/v1/payments/pay*", after_the_refund)
    ask(buyer)

    expect(purchase.get_by_text("24,900원 · 완료")).to_be_visible()
    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")


def test_a_partial_refund_after_more_than_there_is(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    purchase = bought(buyer, item(), pieces=2)

    dialog = cancelling(buyer, purchase)
    expect(dialog.get_by_role("radio")).to_have_count(2)
    dialog.get_by_role("radio", name="수량으로").check()
    dialog.locator("[name=pieces]").fill("3")
    dialog.get_by_role("button", name="취소 요청하기").click()
    expect(dialog.locator("[name=pieces]")).to_have_accessible_description("1개부터 2개까지 입력해 주세요.")
    expect(dialog.locator("[name=reason]")).to_have_accessible_description("취소 사유를 입력해 주세요.")
    ask(buyer, pieces="1")

    expect(purchase.locator(".pt-chip")).to_have_text("부분 취소")
    expect(purchase.get_by_text("24,900원 · 완료")).to_be_visible()
    expect(purchase.get_by_role("button", name="취소·환불 요청")).to_be_visible()
    expect(purchase.get_by_text("49,800원 중 24,900원 환불")).to_be_visible()
    steps = ["주문했어요", "49,800원 결제됐어요", "취소·환불을 요청했어요", "24,900원 환불됐어요"]
    expect(purchase.locator(".pt-timeline li > span")).to_have_text(steps)
    expect(purchase.locator(".pt-timeline time")).to_have_count(len(steps))


def test_a_payment_that_is_cancelled_in_full_only(visit: Visit, item: AddItem) -> None:
    """The dialog offers no quantity, and says why."""
    buyer = visit()
    buy(buyer, item(), pieces=2)
    paid_at(buyer, "danal_tpay")
    purchase = opened(buyer)

    dialog = cancelling(buyer, purchase)
    expect(dialog.get_by_text("이 결제수단은 전액 취소만 할 수 있어요.")).to_be_visible()
    expect(dialog.get_by_role("radio")).to_have_count(0)
    ask(buyer)

    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")


def test_a_payment_that_cannot_be_cancelled_any_more(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buy(buyer, item())
    paid_at(buyer, "danal_tpay", "paid_at - interval '32 days'")
    purchase = opened(buyer)

    expect(purchase.get_by_text("이 결제를 취소할 수 있는 기간이 지났어요")).to_be_visible()
    expect(purchase.get_by_role("button", name="취소·환불 요청")).to_have_count(0)


def test_an_account_whose_holders_telephone_is_needed(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buy(buyer, item())
    paid_at(buyer, "smartro_v2", method="trans")
    purchase = opened(buyer)

    dialog = cancelling(buyer, purchase)
    submit(dialog, {"reason": "변심", "bank": "088", "number": "110123456789", "holder": "김하나"})
    expect(dialog.locator("[name=tel]")).to_be_focused()
    ask(buyer, tel="010-1234-5678")

    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")


def test_refunding_a_deposit_to_an_account(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    bought(buyer, item(), "vbank")
    waiting = buyer.page.get_by_role("link", name="입금 계좌")
    waiting.click()
    buyer.arrives("waiting")
    buyer.system.portone.control("POST", f"payments/{buyer.payments()[0]['imp_uid']}/deposit", {})
    buyer.arrives("success")
    purchase = opened(buyer)

    dialog = cancelling(buyer, purchase)
    dialog.locator("[name=reason]").fill("변심")
    dialog.get_by_role("button", name="취소 요청하기").click()
    expect(dialog.locator("[name=bank]")).to_have_accessible_description("은행을 골라 주세요.")
    ask(buyer, bank="004", number="12345678901", holder="김하나")

    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")
    expect(purchase.get_by_text("국민은행 *******8901 김**")).to_be_visible()


def test_an_account_nobody_paid_into(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    purchase = bought(buyer, item(), "vbank")

    expect(purchase.locator(".pt-timeline li > span")).to_have_text(["주문했어요", "가상계좌 입금을 기다려요"])
    expect(purchase.get_by_text("1개 취소")).to_have_count(0)
    purchase.get_by_role("button", name="입금하지 않고 취소하기").click()
    expect(buyer.page.get_by_role("dialog")).to_contain_text("이 계좌로 입금하지 마세요")
    ask(buyer)

    expect(purchase.locator(".pt-chip")).to_have_text("취소됨")


def test_pages_and_filters(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buy(buyer, item())
    buyer.system.rows(
        "INSERT INTO payment_history (SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(),"
        " 'payment_id', 'copy' || n || left(h.payment_id, 20), 'imp_uid', 'imp_copy' || n || h.imp_uid, 'status',"
        " 'failed', 'verdict', null, 'paid_at', null, 'created_at', h.created_at - n * interval '1 hour'))).*"
        " FROM payment_history h, generate_series(1, 11) n WHERE user_username = %s)",
        buyer.username,
    )
    purchases = buyer.page.locator(".pt-purchase")
    buyer.go("/history")

    expect(purchases).to_have_count(10)
    buyer.button("다음 쪽").click()
    expect(purchases).to_have_count(2)
    buyer.button("이전 쪽").click()
    expect(purchases).to_have_count(10)

    buyer.page.get_by_role("radio", name="결제 완료").check()
    expect(purchases).to_have_count(1)
    buyer.page.reload()
    expect(purchases).to_have_count(1)
    buyer.button("기간").click()
    buyer.page.locator("[name=to]").fill("2020-01-01")
    buyer.button("조회").click()
    expect(buyer.page.get_by_text("조건에 맞는 내역이 없어요.")).to_be_visible()
    buyer.button("– 2020-01-01").click()
    buyer.button("조건 지우기").click()
    buyer.page.get_by_role("radio", name="전체").check()
    expect(purchases).to_have_count(10)
