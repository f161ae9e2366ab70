"""Items and their stock."""

import secrets
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.console.conftest import Operate
from tests.system import System


def test_an_item_is_added_changed_counted_and_retired(operate: Operate, axe: Callable[..., None]) -> None:
    finance = operate("finance")
    page, sku = finance.page, f"PEAR-{secrets.token_hex(3)}"
    finance.go("/console/catalogue")
    finance.button("상품 추가").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="저장").click()
    expect(dialog.get_by_label("상품명")).to_have_accessible_description("상품명을 입력해 주세요.")
    axe(page)
    for name, value in {"name": "나주 배 5kg", "sku": sku, "price": "32,000", "stock": "10"}.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.get_by_role("button", name="저장").click()
    expect(dialog).to_have_count(0)

    page.get_by_label("상품명 또는 SKU").fill(sku)
    finance.button("조회").click()
    page.get_by_role("link", name="나주 배 5kg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("나주 배 5kg")
    finance.button("정보 변경").click()
    dialog.locator("[name=price]").fill("29000")
    dialog.get_by_label("판매 중").uncheck()
    dialog.get_by_role("button", name="저장").click()
    expect(page.get_by_text("29,000원")).to_be_visible()
    expect(page.get_by_text("판매 중지")).to_be_visible()

    finance.button("재고 정정").click()
    dialog.locator("[name=number]").fill("-3")
    dialog.get_by_label("사유").fill("파손")
    dialog.get_by_role("button", name="저장").click()
    line = page.get_by_role("row").filter(has_text="파손")
    expect(line).to_contain_text("-3")
    expect(line).to_contain_text(finance.username or "")
    axe(page)
    query = "SELECT price, active, stock FROM items WHERE sku = %s"
    assert finance.system.rows(query, sku) == [(29_000, False, 7)]


def test_a_count_of_a_stock_that_changed_meanwhile(operate: Operate, item: Callable[..., str], system: System) -> None:
    finance, item_id = operate("finance"), item(stock=10)
    finance.go(f"/console/catalogue/{item_id}")
    finance.button("재고 정정").click()
    dialog = finance.page.get_by_role("dialog")
    dialog.get_by_label("방법").select_option("set")
    dialog.locator("[name=number]").fill("12")
    dialog.get_by_label("사유").fill("실사")
    system.rows("UPDATE items SET stock = 9 WHERE id = %s", item_id)

    with finance.watch.expecting("409"):
        dialog.get_by_role("button", name="저장").click()
        expect(dialog.get_by_role("alert")).to_contain_text("그사이 재고가 바뀌었어요")
    expect(dialog).to_contain_text("재고 9")
    dialog.get_by_role("button", name="저장").click()

    expect(dialog).to_have_count(0)
    assert system.rows("SELECT stock FROM items WHERE id = %s", item_id) == [(12,)]


def test_a_viewer_looks_only(operate: Operate, item: Callable[..., str], axe: Callable[..., None]) -> None:
    viewer, item_id = operate("viewer", phone=True, dark=True, korean=False), item()
    viewer.go(f"/console/catalogue/{item_id}")

    expect(viewer.page.get_by_text("The stock has not changed yet.")).to_be_visible()
    expect(viewer.page.get_by_role("button", name="Change")).to_have_count(0)
    axe(viewer.page)
    viewer.go("/console/catalogue?search=nothing-like-this")
    expect(viewer.page.get_by_text("Nothing matches")).to_be_visible()
    expect(viewer.page.get_by_role("button", name="Add an item")).to_have_count(0)
