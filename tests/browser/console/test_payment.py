"""One payment: what is known of it, and everything that an operator does about it."""

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.console.conftest import Operate
from tests.browser.visitor import Visitor
from tests.journeys.processes.buyer import Buyer, Json
from tests.system import System
from tests.values import BUYER

CANCELS = "SELECT stage, amount, origin, name FROM payment_cancellations WHERE session_key = %s ORDER BY number"


def opened(operator: Visitor, name: str) -> Page:
    """The page of an order, by any id of it, once it was read."""
    operator.go(f"/console/payments/{name}")
    expect(operator.page.get_by_role("heading", name="구매자", level=2)).to_be_visible()
    return operator.page


def part(page: Page, heading: str) -> Locator:
    """A section of the page."""
    return page.locator("section").filter(has=page.get_by_role("heading", name=heading, level=2))


def key(system: System, session: Json) -> str:
    """The primary key of a session."""
    return str(system.rows("SELECT id FROM payment_sessions WHERE session_id = %s", session["session_id"])[0][0])


def test_money_and_pieces_go_back_and_the_page_follows(
    operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    session = buyer.paid(quantity=3)
    finance = operate("finance")
    page = opened(finance, buyer.session(session)["imp_uid"])
    expect(page.get_by_role("link", name=BUYER["buyer_email"])).to_be_visible()
    expect(part(page, "지금 무엇을 기다리나요?")).to_contain_text("기다리는 것이 없어요")
    expect(part(page, "번호")).to_contain_text(session["merchant_uid"])
    axe(page)

    finance.button("환불").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("금액을 정해서").check()
    dialog.get_by_role("button", name="환불 요청").click()
    expect(dialog.locator("[name=won]")).to_have_accessible_description(re.compile("^1원부터 .*까지$"))
    axe(page)
    dialog.locator("[name=won]").fill("1,000")
    dialog.locator("[name=reason]").fill("포장 훼손")
    expect(dialog.get_by_role("status")).to_contain_text("1,000원")
    dialog.get_by_role("button", name="환불 요청").click()
    cancels = part(page, "취소와 환불").get_by_role("row")
    expect(cancels.nth(1)).to_contain_text(f"{finance.username} (운영자)")

    price = buyer.session(session)["unit_price"]
    finance.button("환불").click()
    expect(dialog.get_by_label(f"남은 금액 전부 ({3 * price - 1_000:,}원)", exact=True)).to_be_visible()
    dialog.get_by_label("상품과 수량을 골라서").check()
    dialog.locator("[name=pieces]").fill("2")
    dialog.locator("[name=reason]").fill("두 개 반품")
    dialog.get_by_role("button", name="환불 요청").click()
    expect(cancels.filter(has_text="완료")).to_have_count(2)
    expect(part(page, "상품과 배송").get_by_role("row").nth(1).get_by_role("cell").nth(2)).to_have_text("1")
    done = [("succeeded", won, "operator", finance.username) for won in (1_000, 2 * price)]
    assert system.rows(CANCELS, key(system, session)) == done


def test_a_refund_whose_answer_was_lost_is_not_done_twice(operate: Operate, buyer: Buyer, system: System) -> None:
    """The operator closes the dialog, and asks for the same once more."""
    session = buyer.paid(quantity=3)
    finance = operate("finance")
    page = opened(finance, session["session_id"])
    cancels = part(page, "취소와 환불").get_by_role("row")
    dialog = page.get_by_role("dialog")

    def refund() -> None:
        finance.button("환불").click()
        dialog.get_by_label("금액을 정해서").check()
        dialog.locator("[name=won]").fill("1000")
        dialog.locator("[name=reason]").fill("포장 훼손")
        dialog.get_by_role("button", name="환불 요청").click()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    with finance.watch.expecting("net::ERR_FAILED"):
        page.route("**/cancel", lose, times=1)
        refund()
        expect(dialog).to_contain_text("서버에 연결하지 못했어요")
    expect(cancels.nth(1)).to_contain_text(finance.username)
    dialog.get_by_role("button", name="닫기", exact=True).last.click()
    refund()
    expect(dialog).to_have_count(0)
    expect(cancels).to_have_count(2)
    assert [amount for _, amount, _, _ in system.rows(CANCELS, key(system, session))] == [1_000]

    refund()
    expect(cancels).to_have_count(3)


def test_portone_is_asked_again_and_the_delivery_is_recorded(operate: Operate, buyer: Buyer, system: System) -> None:
    session = buyer.prepared(quantity=2)
    buyer.pay_without_webhook(session)
    support = operate("support")
    page = opened(support, session["merchant_uid"])
    expect(part(page, "지금 무엇을 기다리나요?")).to_contain_text("구매자가 결제할 때까지 기다려요")
    support.button("포트원에 다시 확인").click()
    page.get_by_role("dialog").get_by_role("button", name="포트원에 다시 확인").click()
    expect(part(page, "결제 시도")).to_contain_text("결제 완료")

    line = part(page, "상품과 배송").get_by_role("row").nth(1)
    line.get_by_role("button", name="배송 기록").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("새 상태").select_option("delivered")
    dialog.get_by_label("배송 완료 시각").fill("2020-01-01T10:00")
    dialog.get_by_role("button", name="배송 기록").click()
    expect(dialog.get_by_label("배송 완료 시각")).to_have_accessible_description(
        "결제한 뒤부터 지금까지의 시각을 입력해 주세요."
    )
    dialog.get_by_label("배송 완료 시각").fill("")
    dialog.get_by_role("button", name="배송 기록").click()
    expect(line).to_contain_text("배송 완료")
    expect(part(page, "진행 상황").get_by_role("row").nth(1)).to_contain_text(f"{support.username} (운영자)")
    query = "SELECT fulfilment FROM payment_lines WHERE session_key = %s"
    assert system.rows(query, key(system, session)) == [("delivered",)]


def test_a_deposit_goes_back_to_an_account_that_only_some_roles_may_name(
    operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    session = buyer.prepared(pay_method="vbank")
    imp_uid = buyer.pay(session)
    buyer.wait_for(session, "awaiting_deposit")
    system.portone.control("POST", f"payments/{imp_uid}/deposit", {})
    buyer.wait_for(session, "paid")
    support, finance = operate("support"), operate("finance", korean=False, phone=True, dark=True)
    expect(opened(support, session["session_id"]).get_by_text("정산 이상 역할만 환불할 수 있어요")).to_be_visible()
    expect(support.button("환불")).to_have_count(0)

    finance.go(f"/console/payments/{session['session_id']}")
    page, dialog = finance.page, finance.page.get_by_role("dialog")
    finance.button("Refund").press("Enter")
    for name, value in {"reason": "Broken", "number": "110123456789", "holder": "김하나"}.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.locator("[name=bank]").select_option("088")
    axe(page)
    dialog.get_by_role("button", name="Request the refund").press("Enter")
    expect(part(page, "Cancels and refunds")).to_contain_text("6789")
    buyer.wait_for(session, "cancelled")
    expect(page.get_by_role("heading", name="Buyer", level=2)).to_be_visible()
    axe(page)


def test_what_stopped_is_tried_again(operate: Operate, stopped: Callable[[], Json], system: System) -> None:
    session = stopped()
    support = operate("support")
    waiting = part(opened(support, session["session_id"]), "지금 무엇을 기다리나요?")
    expect(waiting).to_contain_text("계속 실패해서 시도를 멈췄어요")
    expect(waiting).to_contain_text("PortOne is away.")
    waiting.get_by_role("button", name="다시 시도").click()
    support.page.get_by_role("dialog").get_by_role("button", name="다시 시도").click()
    expect(waiting).to_contain_text("기다리는 것이 없어요")
    query = "SELECT dead_at FROM payment_sessions WHERE session_id = %s"
    assert system.rows(query, session["session_id"]) == [(None,)]


HOSTILE = {
    "buyer_name": "<img src=//evil.example onerror=alert(1)>",
    "buyer_email": "hana?bcc=thief%40evil.example&@example.org",
}


def test_what_a_buyer_writes_is_text(operate: Operate, buyer: Buyer) -> None:
    """Nothing of it is loaded or run (the monitor sees to that), and an answer goes to nobody else."""
    session = buyer.open(**HOSTILE)
    page = opened(operate("viewer"), session["session_id"])
    expect(part(page, "구매자")).to_contain_text(HOSTILE["buyer_name"])
    written = part(page, "구매자").get_by_role("link", name=HOSTILE["buyer_email"])
    expect(written).to_have_attribute("href", f"mailto:{quote(HOSTILE['buyer_email'], safe='@')}")


def test_a_day_after_the_last_one_is_no_day(operate: Operate, buyer: Buyer) -> None:
    session = buyer.open()
    viewer = operate("viewer")
    with viewer.watch.expecting("does not conform to the required format"):
        viewer.go(f"/console/payments?q={session['session_id']}&to=%2B275760-09-13")
        expect(viewer.page.get_by_role("table")).to_contain_text(session["item_name"])


def test_a_viewer_only_looks(operate: Operate, buyer: Buyer) -> None:
    session = buyer.paid()
    viewer = operate("viewer")
    page = opened(viewer, session["session_id"])
    expect(part(page, "상품과 배송")).to_contain_text("준비 전")
    for offered in ("환불", "포트원에 다시 확인", "배송 기록"):
        expect(viewer.button(offered)).to_have_count(0)

    with viewer.watch.expecting("404"):
        viewer.go("/console/payments/nothing-of-ours")
        expect(page.get_by_role("alert")).to_contain_text("찾을 수 없어요")
