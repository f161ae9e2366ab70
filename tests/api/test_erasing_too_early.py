"""An account is not erased while money or goods are on their way."""

from datetime import timedelta

import pytest

from pitturu.store import retention
from tests.api.test_own_data import erase
from tests.journeys.test_returns import decide, fulfil, returned
from tests.journeys.test_virtual_accounts import issued
from tests.shop import Shop


def test_nothing_is_erased_while_money_or_goods_are_on_their_way(shop: Shop) -> None:
    session, imp_uid = issued(shop)
    refusal = erase(shop, 409)
    assert refusal["code"] == "orders_open"
    assert "virtual account" in refusal["detail"]
    shop.act(imp_uid, "deposit")
    shop.webhook(session, imp_uid)
    bought = shop.paid()
    fulfil(shop, bought, "delivered")
    asked = returned(shop, bought)
    assert erase(shop, 409)["code"] == "refunds_open"
    assert shop.session(session)["status"] == "paid", "the login has not ended"
    decide(shop, asked["cancellation_id"], "reject")
    sent = shop.paid(buyer_addr="제주")
    for now, done in (("none", "preparing"), ("preparing", "shipped"), ("shipped", "delivered")):
        assert erase(shop, 409)["code"] == "orders_undelivered", now
        fulfil(shop, sent, done)
    shop.cancel(shop.paid(buyer_addr="제주"))
    shop.drain()
    erase(shop)


def test_a_shop_that_records_no_deliveries_holds_no_account_for_good(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, forgotten = shop.paid(buyer_addr="제주"), shop.paid()
    fulfil(shop, forgotten, "shipped")
    assert erase(shop, 409)["code"] == "orders_undelivered"
    monkeypatch.setattr(retention, "UNDELIVERED_FOR", timedelta())
    erase(shop)
    assert shop.row(sent).buyer_addr == "제주", "the record of a contract"
