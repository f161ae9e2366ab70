"""People, their roles and logins; the API keys of the shop's servers."""

import secrets
from collections.abc import Callable

import requests
from playwright.sync_api import expect

from tests.browser.conftest import api, new_user
from tests.browser.console.conftest import Operate
from tests.system import System


def test_a_role_is_given_and_the_logins_are_ended(operate: Operate, system: System, axe: Callable[..., None]) -> None:
    admin, name = operate(), new_user(system)
    api(system, "auth/login", name)
    admin.go(f"/console/people?search={name}")
    row = admin.page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("구매자")
    axe(admin.page)

    row.get_by_role("button", name="역할 변경").click()
    dialog = admin.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="상담").check()
    axe(admin.page)
    dialog.get_by_role("button", name="변경").click()
    expect(row).to_contain_text("상담")
    row.get_by_role("button", name="로그인").click()
    dialog.get_by_role("button", name="모두 끝내기").click()

    expect(dialog.get_by_text("열린 로그인이 없어요.")).to_be_visible()
    assert system.rows("SELECT role FROM users WHERE username = %s", name) == [("support",)]


def test_nobody_changes_an_own_role(operate: Operate) -> None:
    admin = operate()
    admin.go(f"/console/people?search={admin.username}")

    expect(admin.page.get_by_role("button", name="로그인", exact=True)).to_be_visible()
    expect(admin.page.get_by_role("button", name="역할 변경")).to_have_count(0)


def test_a_key_is_shown_once_works_and_is_ended(operate: Operate, system: System, axe: Callable[..., None]) -> None:
    admin, name = operate(dark=True), f"server-{secrets.token_hex(3)}"
    page, dialog = admin.page, admin.page.get_by_role("dialog")
    admin.go("/console/keys")
    admin.button("키 만들기").click()
    dialog.get_by_label("이름").fill(name)
    dialog.get_by_role("button", name="키 만들기").click()
    expect(dialog.get_by_text("권한을 하나 이상 골라 주세요.")).to_be_visible()
    dialog.get_by_label("payments:read").check()
    axe(page)
    dialog.get_by_role("button", name="키 만들기").click()
    key = dialog.locator("code").text_content() or ""
    path = f"{system.url}/api/v1/payments"
    assert requests.get(path, headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code == 200

    dialog.locator(".pt-button").get_by_text("닫기").click()
    expect(page.get_by_text(key)).to_have_count(0)
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="끝내기").click()
    dialog.get_by_role("button", name="끝내기").click()

    expect(row).to_contain_text("끝남")
    assert requests.get(path, headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code == 401
