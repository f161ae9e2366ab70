"""What pages show of the catalogue: pictures, and an item that is not sold any more."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.system import System


def test_every_picture_of_the_demo_shop_is_shown(visit: Visit) -> None:
    visitor = visit(signed_in=False)
    visitor.go("/")
    pictures = visitor.page.locator("img.pt-picture")
    expect(pictures).to_have_count(12)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_a_long_catalogue_is_shown_a_page_at_a_time(visit: Visit, system: System) -> None:
    columns = "'MANY-' || n, '힣' || n, 1000 FROM generate_series(1, 20) n"
    system.rows(f"INSERT INTO items (sku, name, price) SELECT {columns} RETURNING id")
    try:
        visitor = visit(signed_in=False)
        visitor.go("/")
        goods = visitor.page.locator(".pt-good")
        ((active,),) = system.rows("SELECT count(*) FROM items WHERE active")
        expect(goods).to_have_count(24)
        for shown in (*range(48, active, 24), active):
            visitor.page.get_by_role("button", name="더 보기").click()
            expect(goods).to_have_count(shown)
        expect(visitor.page.get_by_role("button", name="더 보기")).to_have_count(0)
    finally:
        system.rows("UPDATE items SET active = false WHERE sku LIKE %s RETURNING id", "MANY-%")


def test_an_item_that_was_retired_meanwhile_is_paid_in_its_open_session(
    visit: Visit, item: Callable[..., str], system: System
) -> None:
    buyer, thing = visit(), item(name="가을 한정 세트")
    buyer.order(thing)
    system.rows("UPDATE items SET active = false WHERE id = %s RETURNING id", thing)
    with buyer.watch.expecting("404"):
        buyer.page.reload()
        expect(buyer.pay_button).to_be_enabled()
    buyer.pay()
    buyer.arrives("success")
    assert [payment["status"] for payment in buyer.payments()] == ["paid"]
