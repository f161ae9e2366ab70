"""The frame of the console: who may enter, what each role is offered, the address, both languages, phones."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.console.conftest import Operate

OFFERED = {
    "viewer": {"알림"},
    "finance": {"알림"},
    "admin": {"알림", "운영 기록"},
}
"""Names of the menu, of those whose pages this test knows to differ."""


def test_a_visitor_logs_in_first_and_comes_back(visit: Visit) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/console/alerts")

    visitor.page.wait_for_url(f"{visitor.system.url}/login?next=%2Fconsole%2Falerts")


def test_a_buyer_sees_nothing(visit: Visit) -> None:
    buyer = visit()
    with buyer.watch.expecting("403"):
        buyer.go("/console/log")
        expect(buyer.page.get_by_role("alert")).to_contain_text("운영자만")
    expect(buyer.page.get_by_role("navigation")).to_have_count(0)


def test_an_operator_without_a_second_factor_is_sent_to_switch_it_on(visit: Visit) -> None:
    """Where it is required, such a login has a buyer's rights, and only the refusal says why."""
    operator = visit()
    refusal = {"code": "second_factor_required", "detail": "Operators need a second factor here.", "status": 403}
    operator.page.route("**/operations/system", lambda route: route.fulfill(status=403, json=refusal))

    with operator.watch.expecting("403"):
        operator.go("/console/")
        operator.page.get_by_role("link", name="내 계정으로").click()
        operator.page.wait_for_url("**/account")


@pytest.mark.parametrize("role", OFFERED)
def test_a_role_is_offered_what_it_may_do(operate: Operate, role: str) -> None:
    operator = operate(role)
    operator.go("/console/alerts")

    menu = operator.page.get_by_role("navigation", name="콘솔 메뉴")
    expect(menu.get_by_role("link", name="알림")).to_be_visible()
    offered = {name for name in ("알림", "운영 기록") if menu.get_by_role("link", name=name).count()}
    assert offered == OFFERED[role]


def test_a_page_that_the_role_may_not_see_says_so(operate: Operate) -> None:
    viewer = operate("viewer")
    with viewer.watch.expecting(r"403"):
        viewer.go("/console/log")
        expect(viewer.page.get_by_role("alert")).to_contain_text("조회 역할로는 볼 수 없는 화면")


def test_an_operator_finds_the_console(operate: Operate) -> None:
    viewer = operate("viewer")
    viewer.go("/account")
    viewer.page.get_by_role("link", name="운영자 콘솔 열기").click()

    viewer.page.wait_for_url("**/console/")


def test_the_address_keeps_page_and_filters(operate: Operate) -> None:
    admin = operate()
    admin.go("/console/log")
    # The first reading is in the log once it was answered.
    expect(admin.page.get_by_role("row").nth(1)).to_be_visible()
    admin.page.get_by_label("운영자", exact=True).fill(admin.username or "")
    admin.button("조회").click()
    expect(admin.page.get_by_role("row").nth(1)).to_contain_text(admin.username or "")
    filtered = admin.page.url
    admin.page.get_by_role("link", name="알림").click()
    expect(admin.page.get_by_role("heading", level=1)).to_have_text("알림")
    expect(admin.page).to_have_title("알림 · pitturu 콘솔")

    admin.page.go_back()

    expect(admin.page).to_have_url(filtered)
    expect(admin.page.get_by_label("운영자", exact=True)).to_have_value(admin.username or "")


def test_on_a_phone_in_english_the_menu_opens_by_keyboard(operate: Operate, axe: Callable[..., None]) -> None:
    admin = operate(phone=True, korean=False, dark=True)
    admin.go("/console/alerts")
    menu = admin.page.get_by_role("navigation", name="Console")
    expect(admin.page.get_by_role("heading", level=1)).to_have_text("Alerts")
    expect(menu).to_be_hidden()

    admin.button("Menu").focus()
    admin.page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Operator log")).to_be_visible()
    axe(admin.page)
    menu.get_by_role("link", name="Operator log").press("Enter")

    expect(menu).to_be_hidden()
    expect(admin.page.get_by_role("heading", level=1)).to_be_focused()


def test_an_address_without_a_page(operate: Operate) -> None:
    admin = operate()
    admin.go("/console/nothing/here")

    expect(admin.page.get_by_text("이 주소에는 화면이 없어요")).to_be_visible()
    admin.page.get_by_role("link", name=re.compile("^알림")).click()
    expect(admin.page.get_by_role("heading", level=1)).to_have_text("알림")
