"""Registration, login, logout."""

import json
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.shop import PASSWORD
from tests.waiting import until

KEPT = "JSON.parse(localStorage.getItem('pitturu.tokens'))"
SPOIL = "const kept = {kept}; kept.until = 0; localStorage.setItem('pitturu.tokens', JSON.stringify(kept));"


def enter(visitor: Visitor, username: str, password: str, button: str) -> None:
    visitor.page.locator("[name=username]").fill(username)
    visitor.page.locator("[name=password]").fill(password)
    visitor.page.locator("main").get_by_role("button", name=button).click()


def test_registering_and_buying(visit: Visit, item: Callable[..., str]) -> None:
    visitor = visit(signed_in=False)
    shelf = item()
    visitor.go(f"/items/{shelf}")
    visitor.page.get_by_role("link", name="로그인하고 구매하기").click()
    visitor.page.get_by_role("link", name="회원가입").click()
    enter(visitor, "A", "short", "회원가입")
    expect(visitor.page.locator("[name=username]")).to_be_focused()
    expect(visitor.page.locator("[name=password]")).to_have_accessible_description(
        "비밀번호는 10자 이상 128자 이하여야 해요."
    )

    enter(visitor, f"duri-{secrets.token_hex(4)}", PASSWORD, "회원가입")

    visitor.page.wait_for_url(f"**/items/{shelf}")
    expect(visitor.button("구매하기")).to_be_visible()


def test_a_wrong_password(visit: Visit) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/login")

    with visitor.watch.expecting("401"):
        enter(visitor, "nobody", "wrong password", "로그인")
        expect(visitor.page.get_by_role("alert")).to_contain_text("아이디나 비밀번호가 맞지 않아요.")


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_no_redirect_to_other_origins(visit: Visit, away: str) -> None:
    visitor = visit()
    username, visitor.username = visitor.username or "", None
    visitor.go(f"/login?next={away}")

    enter(visitor, username, PASSWORD, "로그인")

    visitor.page.wait_for_url(lambda address: "/login" not in address)
    assert visitor.page.evaluate("location.origin") == visitor.system.url


def test_private_pages_require_a_login(visit: Visit) -> None:
    visitor = visit(signed_in=False)

    visitor.go("/history?status=paid")

    visitor.page.wait_for_url("**/login?next=%2Fhistory%3Fstatus%3Dpaid")


def test_logging_out_ends_the_login(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/")
    refresh = visitor.page.evaluate(f"{KEPT}.refresh")

    visitor.button("로그아웃").click()

    expect(visitor.page.get_by_role("link", name="로그인")).to_be_visible()
    assert visitor.page.evaluate("localStorage.getItem('pitturu.tokens')") is None
    answer = visitor.page.request.post(
        f"{visitor.system.url}/api/v1/auth/refresh",
        data=json.dumps({"refresh_token": refresh}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status == 401


def test_two_tabs_renew_the_tokens_once(visit: Visit) -> None:
    first = visit()
    first.go("/")
    first.page.evaluate(f"() => {{ {SPOIL.format(kept=KEPT)} }}")
    renewals: list[str] = []

    def seen(request: Request) -> None:
        if request.url.endswith("/auth/refresh"):
            renewals.append(request.url)

    first.page.context.on("request", seen)
    second = first.page.context.new_page()
    first.page.evaluate("setTimeout(() => location.assign('/history'), 0)")
    second.goto(f"{first.system.url}/inventory")

    expect(second.get_by_text("아직 보유한 상품이 없어요")).to_be_visible()
    expect(first.page.get_by_text("아직 구매하신 상품이 없어요.")).to_be_visible()
    assert len(renewals) == 1


def test_the_language_is_remembered(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/")

    visitor.button("English").click()

    expect(visitor.page.get_by_role("heading", name="Today's goods")).to_be_visible()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.go("/login")
    expect(visitor.page.get_by_role("heading", name="Good to see you again")).to_be_visible()


def test_no_personal_data_stays_in_the_browser(visit: Visit, item: Callable[..., str]) -> None:
    buyer = visit()
    buyer.order(item())
    buyer.pay()
    buyer.arrives("success")

    def kept_now() -> str:
        return str(buyer.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"))

    # The name of the session stays until nothing more is expected of it.
    until(lambda: set(json.loads(kept_now())[0]) == {"pitturu.tokens"}, "only the login is kept")
    kept = kept_now()
    assert "김하나" not in kept
    assert "hana@example.org" not in kept


def test_a_login_that_ends_during_the_checkout(visit: Visit, item: Callable[..., str]) -> None:
    buyer = visit()
    buyer.order(item())
    session_id = buyer.session_id
    buyer.page.evaluate("localStorage.removeItem('pitturu.tokens')")

    buyer.page.get_by_role("radio", name="카카오페이").click()
    buyer.page.wait_for_url("**/login?next=*")
    enter(buyer, buyer.username or "", PASSWORD, "로그인")

    expect(buyer.pay_button).to_be_enabled()
    assert buyer.session_id == session_id
