"""PortOne asks the shop just before a payment is approved, over HTTP: what the shop knows by then decides."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.shop import Shop
from tests.waiting import POLL


class ShopServer:
    """A web server in front of one app after the other. `asked` has the status of each answer to a confirm process."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.asked: list[int] = []
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        assert self.app is not None

        def noting(status: str, *rest: Any) -> Any:
            if environ["PATH_INFO"].endswith("/confirm"):
                self.asked.append(int(status[:3]))
            return start_response(status, *rest)

        return self.app(environ, noting)


@pytest.fixture(scope="module")
def server() -> Iterator[ShopServer]:
    server = ShopServer()
    thread = threading.Thread(target=server.server.serve_forever, args=[POLL], daemon=True)
    thread.start()
    yield server
    server.server.shutdown()
    server.server.server_close()
    thread.join()


@pytest.fixture
def confirming(shop_with: Callable[..., Shop], server: ShopServer) -> Iterator[Shop]:
    """A shop whose checkout names the address for the confirm process; it ends with records that agree."""
    shop = shop_with(public_url=server.url, portone_v2_confirm="on")
    server.app = shop.app
    server.asked.clear()
    yield shop
    assert shop.portone.running.wait_for_webhooks()
    shop.drain()
    shop.balance()


def window(shop: Shop, session: dict[str, Any], server: ShopServer, **tampered: Any) -> str:
    """The buyer opens the window. V1's checkout names the address only over https, which this server does not have."""
    v1 = {} if session["generation"] == "v2" else {"confirm_url": f"{server.url}/api/v1/payments/confirm"}
    return shop.window(session, **v1, **tampered)


def test_a_payment_is_confirmed_and_approved(confirming: Shop, server: ShopServer) -> None:
    shop, session = confirming, confirming.open()
    imp_uid = window(shop, session, server)
    shop.act(imp_uid, "approve")
    shop.verify(session, imp_uid)
    shop.drain()

    assert server.asked == [200]
    assert shop.session(session)["status"] == "paid"


def words_of(result: dict[str, Any]) -> str:
    return str(result.get("error_msg") or result.get("message"))


def test_a_closed_order_is_not_charged(confirming: Shop, server: ShopServer) -> None:
    """The buyer closes the checkout in one tab, and pays in the window that another one still shows."""
    shop, session = confirming, confirming.open()
    imp_uid = window(shop, session, server)
    shop.post(f"/payments/sessions/{session['session_id']}/close", {})
    shop.drain()
    result = shop.act(imp_uid, "approve")
    shop.verify(session, imp_uid)
    shop.drain()

    assert server.asked == [409]
    assert "새로 주문해 주세요" in words_of(result)
    assert shop.kept(imp_uid) == 0
    assert shop.session(session)["status"] == "expired"


def test_what_was_sold_meanwhile_is_not_charged(confirming: Shop, server: ShopServer) -> None:
    """A declined order gave its piece back, and somebody else bought it before the second try."""
    shop, item_id = confirming, confirming.item(stock=1)
    session = shop.open(item_id)
    imp_uid = window(shop, session, server)
    shop.act(imp_uid, "decline")
    shop.verify(session, imp_uid)
    shop.drain()
    shop.paid(item_id, "duri")
    server.asked.clear()
    second = window(shop, session, server)
    result = shop.act(second, "approve")

    assert server.asked == [409]
    assert "재고가 부족합니다" in words_of(result)
    assert shop.kept(second) == 0


def test_a_shop_that_is_down_is_not_charged_and_can_be_paid_later(confirming: Shop, server: ShopServer) -> None:
    shop, session = confirming, confirming.open()
    first = window(shop, session, server)
    server.app = None
    shop.portone.control("PATCH", "settings", {"confirm_timeout": 1})
    shop.act(first, "approve")
    shop.verify(session, first)
    shop.drain()
    assert shop.kept(first) == 0

    server.app = shop.app
    session = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})
    shop.drain()
    second = window(shop, shop.session(session), server)
    shop.act(second, "approve")
    shop.verify(session, second)
    shop.drain()
    assert shop.session(session)["status"] == "paid"
