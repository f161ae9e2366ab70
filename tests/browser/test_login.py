"""Registration, login, logout."""

import json
import secrets
from collections.abc import Callable

from playwright.sync_api import Request, Route, expect

from tests.browser.conftest import Visit, api, new_user
from tests.browser.visitor import Visitor
from tests.shop import PASSWORD
from tests.system import System
from tests.waiting import until

COOKIE = "pitturu_refresh"
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
"""All that a script on a page can read of what the browser stores."""
EMPTY = "아직 구매하신 상품이 없어요."
ONE_WAITS_FOR_THE_LOCK = """async () => {
    while ((await navigator.locks.query()).pending.length !== 1) await new Promise(requestAnimationFrame);
}"""


def refresh_token(visitor: Visitor) -> str | None:
    """The refresh token in the visitor's cookie."""
    return next((one["value"] for one in visitor.page.context.cookies() if one["name"] == COOKIE), None)


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
    expect(visitor.button("바로 구매")).to_be_visible()


def test_a_wrong_password(visit: Visit) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/login")

    with visitor.watch.expecting("401"):
        enter(visitor, "nobody", "wrong password", "로그인")
        expect(visitor.page.get_by_role("alert")).to_contain_text("아이디나 비밀번호가 맞지 않아요.")


def test_no_redirect_to_other_origins(visit: Visit) -> None:
    visitor = visit()
    for away in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        visitor.go(f"/login?next={away}")
        enter(visitor, visitor.username or "", PASSWORD, "로그인")
        visitor.page.wait_for_url(lambda address: "/login" not in address)
        assert visitor.page.evaluate("location.origin") == visitor.system.url, away


def test_private_pages_require_a_login(visit: Visit) -> None:
    visitor = visit(signed_in=False)

    visitor.go("/history?status=paid")

    visitor.page.wait_for_url("**/login?next=%2Fhistory%3Fstatus%3Dpaid")


def test_logging_out_ends_the_login(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/")
    refresh = refresh_token(visitor)

    visitor.button("로그아웃").click()

    expect(visitor.page.get_by_role("link", name="로그인")).to_be_visible()
    assert (refresh_token(visitor), visitor.page.evaluate(STORED)) == (None, '[{},{},""]')
    answer = visitor.page.request.post(
        f"{visitor.system.url}/api/v1/auth/refresh",
        data=json.dumps({"refresh_token": refresh}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status == 401


def test_scripts_cannot_read_the_refresh_token(visit: Visit, system: System) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/login")

    enter(visitor, new_user(system), PASSWORD, "로그인")

    expect(visitor.button("로그아웃")).to_be_visible()
    (cookie,) = visitor.page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
    local, session, visible = json.loads(visitor.page.evaluate(STORED))
    assert (set(local), set(session), visible) == ({"pitturu.login"}, {"pitturu.access"}, "")
    assert "eyJ" not in json.dumps(local)
    assert cookie["value"] not in json.dumps(session)


def test_a_reload_keeps_the_login_without_another_refresh(visit: Visit) -> None:
    visitor = visit()
    renewals = refreshes(visitor)
    for path in ("/history", "/history", "/inventory"):
        visitor.go(path)
        expect(visitor.page.get_by_text("아직")).to_be_visible()

    assert len(renewals) == 1


def refreshes(visitor: Visitor) -> list[Request]:
    """The refreshes of this tab, from now on."""
    seen: list[Request] = []
    visitor.page.on("request", lambda one: seen.append(one) if one.url.endswith("/auth/refresh") else None)
    return seen


def test_two_tabs_refresh_one_after_the_other(visit: Visit) -> None:
    """With one cookie at once the second would be taken for a thief, and the login would end."""
    first, held = visit(), list[Route]()
    first.page.context.route("**/auth/refresh", lambda route: held.append(route), times=1)
    first.go("/history")
    second = first.page.context.new_page()
    second.goto(f"{first.system.url}/inventory")

    second.evaluate(ONE_WAITS_FOR_THE_LOCK)
    assert len(held) == 1
    held[0].continue_()

    expect(first.page.get_by_text(EMPTY)).to_be_visible()
    expect(second.get_by_text("아직 보유한 상품이 없어요")).to_be_visible()


def test_logging_out_in_one_tab_ends_the_other(visit: Visit) -> None:
    first = visit()
    first.go("/history")
    expect(first.page.get_by_text(EMPTY)).to_be_visible()
    second = Visitor(first.page.context.new_page(), first.watch, first.system, first.username)
    second.go("/")

    second.button("로그아웃").click()
    expect(second.page.get_by_role("link", name="로그인")).to_be_visible()
    first.page.get_by_role("radio", name="결제 완료").click()

    first.page.wait_for_url("**/login?next=*")


def test_a_logout_that_did_not_reach_the_server_says_so(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/")
    visitor.page.route("**/auth/logout", lambda route: route.abort())

    with visitor.watch.expecting("ERR_FAILED"):
        visitor.button("로그아웃").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("로그아웃하지 못했어요.")

    assert refresh_token(visitor)
    expect(visitor.button("로그아웃")).to_be_visible()


def test_a_login_of_an_earlier_release_moves_into_the_cookie(visit: Visit, system: System) -> None:
    visitor = visit(signed_in=False)
    pair = api(system, "auth/login", new_user(system)).json()
    kept = {"access": pair["access_token"], "refresh": pair["refresh_token"], "until": 0}
    visitor.go("/")
    visitor.page.evaluate("(kept) => localStorage.setItem('pitturu.tokens', kept)", json.dumps(kept))

    visitor.go("/history")

    expect(visitor.page.get_by_text(EMPTY)).to_be_visible()
    assert set(json.loads(visitor.page.evaluate(STORED))[0]) == {"pitturu.login"}
    assert refresh_token(visitor)


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
    buyer.order_by_hand(item())
    buyer.pay()
    buyer.arrives("success")

    def kept_now() -> str:
        return str(buyer.page.evaluate(STORED))

    # The name of the session stays until nothing more is expected of it.
    until(lambda: set(json.loads(kept_now())[0]) == {"pitturu.login"}, "only the login is kept")
    kept = kept_now()
    assert "김하나" not in kept
    assert "hana@example.org" not in kept


def test_a_login_that_ends_during_the_checkout(visit: Visit, item: Callable[..., str]) -> None:
    buyer = visit()
    buyer.order(item())
    session_id = buyer.session_id

    # In one step, because a question about the order that comes between the two finds out as well.
    end_and_choose = "(radio) => { localStorage.removeItem('pitturu.login'); radio.click(); }"
    buyer.page.get_by_role("radio", name="카카오페이").evaluate(end_and_choose)
    buyer.page.wait_for_url("**/login?next=*")
    enter(buyer, buyer.username or "", PASSWORD, "로그인")

    expect(buyer.pay_button).to_be_enabled()
    assert buyer.session_id == session_id
