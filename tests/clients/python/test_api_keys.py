"""A shop's server with an API key sells to its own users and guests, and finds its orders."""

from datetime import UTC, datetime, timedelta

import pytest
from pitturu_client import Buyer, CartLine, NotAllowed, NotAuthenticated, Pitturu, SessionStatus

from pitturu.domain.scopes import Scope
from tests.clients.python.conftest import Served
from tests.machine_clients import new_key
from tests.shop import Shop

HANA = Buyer("김하나", "hana@example.org", "010-1234-5678")


def test_an_order_of_the_shop(shop_server: Pitturu, served: Served, shop: Shop) -> None:
    item = shop.item(price=12_000)
    session = shop_server.sessions.create(
        items=[CartLine(2, item), CartLine(1, name="선물 포장", unit_price=3_000, returnable=False)],
        shipping=2_500,
        discount=500,
        buyer=HANA,
        reference="2026-7",
        user_id="guest:7",
        generation="v1",
        idempotency_key="order-2026-7",
    )
    assert (session.reference, session.user_id, session.amount) == ("2026-7", "guest:7", 29_000)
    shop.drain()
    session = shop_server.sessions.get(session.session_id)
    browser = Pitturu(served.url, token=shop_server.sessions.client_token(session.session_id).client_token)
    assert session.checkout is not None
    attempt = shop.pay({"generation": "v1", "checkout": {"params": session.checkout.params}})
    browser.sessions.verify(merchant_uid=session.merchant_uid, imp_uid=attempt)
    shop.drain()

    assert [found.status for found in shop_server.sessions.search(reference="2026-7")] == [SessionStatus.PAID]
    now = datetime.now(UTC)
    (found,) = shop_server.payments.search(user_id="guest:7", since=now - timedelta(hours=1), until=now)
    payment = shop_server.payments.cancel(found.payment_id, reason="품절", amount=2_000)
    assert (payment.reference, payment.cancellations[0].amount) == ("2026-7", 2_000)
    with pytest.raises(NotAllowed):
        browser.payments.get(found.payment_id)
    browser.close()


def test_everything_is_found_page_by_page(shop_server: Pitturu, shop: Shop) -> None:
    item = shop.item(stock=None)
    for number in range(21):
        shop_server.sessions.create(
            items=[CartLine(1, item)], buyer=HANA, reference="2026-8", user_id=f"guest:{number}"
        )

    assert len([*shop_server.sessions.search(reference="2026-8")]) == 21


def test_a_key_without_the_scope(served: Served, shop: Shop) -> None:
    client = Pitturu(served.url, api_key=new_key(shop, Scope.PAYMENTS_READ))
    with client, pytest.raises(NotAllowed) as refused:
        client.sessions.create(items=[CartLine(1, shop.item())], buyer=HANA)
    assert refused.value.code == "scope_needed"


def test_an_unknown_key_is_not_shown(served: Served) -> None:
    client = Pitturu(served.url, api_key="sk_test_secret0000000000000000000000")
    with client, pytest.raises(NotAuthenticated) as refused:
        client.events.page()
    assert "secret" not in f"{client!r} {refused.value} {vars(refused.value)}"
