"""Returns: requested once the shop has begun to deliver, taken back, and over after a while."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_history import AddItem, buy, opened
from tests.browser.visitor import Visitor


def delivered(buyer: Visitor, fulfilment: str, more: str = "") -> None:
    """The shop has come so far with the buyer's purchase."""
    buyer.system.rows(
        f"UPDATE payment_lines SET fulfilment = %s, begun_at = now(), delivered_at = now(){more} WHERE session_key IN"
        " (SELECT id FROM payment_sessions WHERE user_username = %s) RETURNING id",
        fulfilment,
        buyer.username,
    )


def test_a_return_is_requested_and_taken_back(visit: Visit, item: AddItem) -> None:
    """Once it is on its way, the page says that a person decides; later, that the time is over."""
    buyer = visit()
    buy(buyer, item())
    delivered(buyer, "shipped")
    purchase = opened(buyer)

    purchase.get_by_role("button", name="반품·환불 신청").click()
    dialog = buyer.page.get_by_role("dialog")
    expect(dialog.get_by_text("판매자가 확인한 뒤 환불해 드려요")).to_be_visible()
    dialog.locator("[name=reason]").fill("사이즈가 맞지 않아요")
    dialog.get_by_role("button", name="반품 신청하기").click()
    expect(dialog).to_have_count(0)

    expect(purchase.get_by_text("반품 승인 대기")).to_be_visible()
    expect(purchase.get_by_role("button", name="반품·환불 신청")).to_have_count(0)
    purchase.get_by_role("button", name="반품 신청 철회").click()
    expect(purchase.get_by_text("판매자가 거절함")).to_be_visible()
    expect(purchase.get_by_role("button", name="반품·환불 신청")).to_be_visible()

    delivered(buyer, "delivered", " - interval '8 days'")
    purchase = opened(buyer)
    expect(purchase.get_by_text("취소·반품할 수 있는 기간이 지났어요")).to_be_visible()
    expect(purchase.get_by_role("button", name="반품·환불 신청")).to_have_count(0)
