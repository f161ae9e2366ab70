"""The account page: logins, password, two-step login."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, api
from tests.browser.test_login import enter
from tests.browser.visitor import Visitor
from tests.shop import PASSWORD

NEW = "several unrelated words"


def logins(visitor: Visitor) -> Locator:
    return visitor.page.locator(".pt-logins li")


def refused(visitor: Visitor, refresh_token: str) -> bool:
    body = {"refresh_token": refresh_token}
    return visitor.page.request.post(f"{visitor.system.url}/api/v1/auth/refresh", data=body).status == 401


def code(secret: str, later: int = 0) -> str:
    """The code of the app, or the one after it."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * later))


def test_lost_devices_are_logged_out(visit: Visit) -> None:
    visitor = visit()
    lost = [api(visitor.system, "auth/login", visitor.username or "").json()["refresh_token"] for _ in range(3)]
    visitor.go("/account")
    expect(logins(visitor)).to_have_count(4)
    assert logins(visitor).get_by_text("지금 이 기기").count() == 1

    logins(visitor).get_by_role("button").first.click()
    expect(logins(visitor)).to_have_count(3)
    visitor.button("다른 기기 모두 로그아웃").click()
    expect(logins(visitor)).to_have_count(1)

    assert all(refused(visitor, token) for token in lost)
    visitor.go("/history")
    expect(visitor.page.get_by_text("아직 구매하신 상품이 없어요.")).to_be_visible()


def test_the_password_is_changed(visit: Visit) -> None:
    visitor = visit()
    lost = api(visitor.system, "auth/login", visitor.username or "").json()["refresh_token"]
    visitor.go("/account")
    present, new = (visitor.page.locator(f"[name={name}_password]") for name in ("present", "new"))

    with visitor.watch.expecting("403"):
        present.fill("a wrong password")
        new.fill(NEW)
        visitor.button("바꾸기").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("지금 비밀번호가 맞지 않아요.")
    present.fill(PASSWORD)
    visitor.button("바꾸기").click()

    expect(visitor.page.get_by_text("비밀번호를 바꿨어요. 다른 기기 1대에서 로그아웃했어요.")).to_be_visible()
    assert refused(visitor, lost)


def test_a_two_step_login(visit: Visit, axe: Callable[..., None]) -> None:
    visitor = visit(phone=True)
    visitor.go("/account")
    visitor.page.locator("[name=password]").fill(PASSWORD)
    axe(visitor.page)
    visitor.button("켜기").click()
    secret = visitor.page.locator(".pt-codes").inner_text()
    visitor.page.locator("[name=code]").fill(code(secret))
    visitor.button("확인하기").click()
    expect(visitor.page.get_by_text("남은 복구 코드는 10개예요.")).to_be_visible()
    recovery = visitor.page.locator(".pt-codes").inner_text().split()
    axe(visitor.page)

    log_in_again(visitor)
    axe(visitor.page)
    second_step(visitor, recovery[0])
    log_in_again(visitor)
    second_step(visitor, code(secret, later=1))


def log_in_again(visitor: Visitor) -> None:
    """Log out, and enter the password."""
    visitor.button("로그아웃").click()
    visitor.page.get_by_role("link", name="로그인").click()
    with visitor.watch.expecting("401"):
        enter(visitor, visitor.username or "", PASSWORD, "로그인")
        expect(visitor.page.get_by_role("alert")).to_contain_text("2단계 인증을 쓰는 계정이에요.")
    expect(visitor.page.locator("[name=code]")).to_be_focused()


def second_step(visitor: Visitor, text: str) -> None:
    """Enter this code, which is right."""
    visitor.page.locator("[name=code]").fill(text)
    visitor.page.locator("main").get_by_role("button", name="로그인").click()
    expect(visitor.button("로그아웃")).to_be_visible()
