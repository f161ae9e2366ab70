"""The buyer's data of the last order: one's own, while it is kept, and nobody else's."""

from collections.abc import Callable

from flask import Flask

from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession
from tests.api import issuer
from tests.machine_clients import Server, refusal
from tests.shop import Shop
from tests.values import BUYER

KNOWN = {**BUYER, "buyer_addr": "서울 강남구 테헤란로 1", "buyer_postcode": "06236"}
PRESENT = {**KNOWN, "buyer_tel": "010-9876-5432", "buyer_addr": None, "buyer_postcode": None}


def test_the_last_order_fills_in_the_next(shop: Shop) -> None:
    assert shop.get("/me/buyer") == {"buyer": None}

    shop.open(prepared=False, **KNOWN)
    assert shop.get("/me/buyer") == {"buyer": KNOWN}
    shop.open(prepared=False, buyer_tel="010-9876-5432")

    answer = shop.client.get("/api/v1/me/buyer", headers=shop.login())
    assert answer.json == {"buyer": PRESENT}
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_reads_what_others_entered(shop: Shop) -> None:
    """Not another buyer, not an operator, not who has no login, not a machine of the shop."""
    session, server = shop.open(prepared=False, **KNOWN), Server(shop)
    shop.login("operator", "admin")
    theirs = server.open(user_id="guest:hana", **KNOWN)

    assert shop.get("/me/buyer", "duri") == shop.get("/me/buyer", "operator") == {"buyer": None}
    assert shop.client.get("/api/v1/me/buyer").status_code == 401
    assert refusal(server.call("GET", "/me/buyer")) == (403, "api_key_not_accepted")
    client_token = server.token(theirs)
    assert refusal(server.call("GET", "/me/buyer", client_token)) == (403, "client_token_not_accepted")
    assert session["buyer_addr"] == KNOWN["buyer_addr"]


def test_what_the_shop_entered_is_not_the_buyers(shop_with: Callable[..., Shop]) -> None:
    """Whoever holds a key of the shop cannot put an address into the next order of a buyer."""
    shop = shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET, external_jwt_prefix="")
    own = {"headers": {"Authorization": f"Bearer {issuer.hs256(sub='mina')}"}}
    order = {"item_id": shop.item(), "quantity": 1, **KNOWN}
    assert shop.client.post("/api/v1/payments/sessions", json=order, **own).status_code == 201

    Server(shop).open(user_id="mina", **PRESENT)

    assert shop.client.get("/api/v1/me/buyer", **own).json == {"buyer": KNOWN}


def test_erased_data_stays_erased(shop: Shop, app: Flask) -> None:
    session = shop.open(prepared=False, **KNOWN)
    with app.app_context():
        row = db.session.query(PaymentSession).filter_by(session_id=session["session_id"]).one()
        row.buyer_erased_at = row.created_at
        db.session.commit()

    assert shop.get("/me/buyer") == {"buyer": None}
