"""Returning to the shop: reloads, redirects, lost tabs, other devices, forged URLs."""

from collections.abc import Callable

from playwright.sync_api import Request, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import GENERATIONS
from tests.waiting import until

AddItem = Callable[..., str]


def test_after_a_reload(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order_by_hand(item())
    session_id = buyer.session_id

    buyer.page.reload()

    expect(buyer.pay_button).to_be_enabled()
    assert buyer.session_id == session_id
    buyer.pay()
    buyer.arrives("success")


def test_on_another_device(visit: Visit, item: AddItem) -> None:
    computer = visit()
    computer.order(item())

    phone = visit(phone=True, as_=computer.username)
    phone.go(f"/payment/waiting?session={computer.session_id}")
    expect(phone.page.get_by_role("heading", name="아직 결제하지 않았어요")).to_be_visible()
    phone.page.get_by_role("link", name="이어서 결제하기").click()
    phone.pay_button.click()
    phone.button("승인 Approve").click()

    phone.arrives("success")
    computer.arrives("success")


def test_a_closed_tab(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    buyer.order_by_hand(item())
    buyer.open_window()
    session_id = buyer.session_id
    context = buyer.page.context
    buyer.page.close()

    buyer.page = context.new_page()
    buyer.go("/")
    expect(buyer.page.get_by_text("끝나지 않은 결제가 있어요.")).to_be_visible()
    buyer.page.get_by_role("link", name="이어서 하기").click()
    expect(buyer.page.get_by_role("heading", name="아직 결제하지 않았어요")).to_be_visible()
    assert buyer.session_id == session_id
    (payment,) = buyer.payments()
    buyer.system.portone.control("POST", f"payments/{payment['imp_uid']}/approve", {})

    buyer.arrives("success")
    buyer.go("/")
    expect(buyer.page.get_by_role("heading", level=2).first).to_be_visible()
    expect(buyer.page.get_by_text("끝나지 않은 결제가 있어요.")).to_have_count(0)


@GENERATIONS
def test_a_phone_comes_back_unpaid(visit: Visit, item: AddItem, generation: str) -> None:
    buyer = visit(phone=True, generation=generation)
    buyer.order(item())
    unpaid = {"거절 Decline": "결제가 승인되지 않았어요.", "닫기 Close": "결제를 마치지 않고 결제창이 닫혔어요."}
    for button, why in unpaid.items():
        buyer.pay_button.click()
        buyer.button(button).click()
        expect(buyer.page.get_by_role("alert")).to_contain_text(why)
        expect(buyer.pay_button).to_be_enabled()
    buyer.pay_button.click()
    buyer.button("승인 Approve").click()

    buyer.arrives("success")


def test_a_phone_that_goes_back(visit: Visit, item: AddItem) -> None:
    buyer = visit(phone=True)
    buyer.order(item())
    buyer.pay_button.click()
    buyer.button("승인 Approve").wait_for()

    buyer.page.go_back()

    expect(buyer.pay_button).to_be_enabled()


def test_a_browser_that_returns_without_a_login(visit: Visit, item: AddItem) -> None:
    """An in-app browser may return without a login."""
    buyer = visit()
    buyer.order(item())
    buyer.pay("승인하고 응답하지 않기 Approve, answer nobody")
    buyer.arrives("success")
    (payment,) = buyer.payments()

    app = visit(signed_in=False)
    app.go(f"/payment/return?imp_uid={payment['imp_uid']}&merchant_uid={payment['merchant_uid']}")
    app.page.wait_for_url("**/login?next=*")
    app.page.locator("[name=username]").fill(buyer.username or "")
    app.page.locator("[name=password]").fill("correct horse battery")
    app.button("로그인").click()

    app.arrives("success")
    assert app.session_id == buyer.session_id


def test_the_address_decides_nothing_and_says_nothing(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    session = buyer.account.prepared(item_id=item())
    buyer.go(f"/payment/success?session={session['session_id']}&imp_success=true")
    buyer.arrives("waiting")
    expect(buyer.page.get_by_role("heading", name="아직 결제하지 않았어요")).to_be_visible()
    assert buyer.status() == "prepared"

    words = "error_code=F1&error_msg=Call+010-0000-0000+for+a+refund"
    buyer.go(f"/payment/waiting?session={session['session_id']}&{words}")
    expect(buyer.page.get_by_role("alert")).to_contain_text("결제를 마치지 않고 결제창이 닫혔어요.")
    expect(buyer.page.get_by_text("010-0000-0000")).to_have_count(0)

    buyer.go(f"/payment/waiting?session={session['session_id']}")
    buyer.button("그만두기").click()
    expect(buyer.page.get_by_role("heading", name="오늘의 상품")).to_be_visible()
    query = "SELECT status FROM payment_sessions WHERE session_id = %s"
    assert buyer.system.rows(query, session["session_id"]) == [("expired",)]


def test_somebody_elses_payment(visit: Visit, item: AddItem) -> None:
    buyer, stranger = visit(), visit()
    session_id = buyer.account.prepared(item_id=item())["session_id"]

    with stranger.watch.expecting("404"):
        stranger.go(f"/payment/success?session={session_id}")
        expect(stranger.page.get_by_role("alert")).to_contain_text("이 계정에는 그런 결제가 없어요")


def test_no_payment_at_all(visit: Visit) -> None:
    buyer = visit()
    buyer.go("/payment/return")

    expect(buyer.page.get_by_text("어떤 결제인지 알 수 없어요")).to_be_visible()


def test_a_hidden_tab_asks_nothing(visit: Visit, item: AddItem) -> None:
    buyer = visit()
    session_id = buyer.account.prepared(item_id=item())["session_id"]
    looks: list[str] = []

    def seen(request: Request) -> None:
        if "?wait=" in request.url:
            looks.append(request.url)

    buyer.page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.shown });")
    buyer.page.on("request", seen)
    with buyer.page.expect_response(f"**/sessions/{session_id}"):
        buyer.go(f"/payment/waiting?session={session_id}")
    expect(buyer.page.get_by_role("heading", name="아직 결제하지 않았어요")).to_be_visible()
    assert looks == []

    buyer.page.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'));")

    until(lambda: buyer.page.evaluate("1") and looks, "the tab asks again")
