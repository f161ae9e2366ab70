"""A shop's server opens, follows and closes payment sessions."""

import threading

import pytest
from pitturu_client import Buyer, CartLine, NotFound, OutOfStock, Pitturu, SessionStatus

from pitturu.domain.lifecycle import SessionStatus as Known
from tests.shop import Shop

HANA = Buyer("김하나", "hana@example.org", "010-1234-5678", addr="강릉시 커피거리 1")


def test_a_session_from_opening_to_payment(pitturu: Pitturu, shop: Shop) -> None:
    item = shop.item(price=12_000)
    session = pitturu.sessions.create(items=[CartLine(2, item)], buyer=HANA, pay_method="card", generation="v1")

    assert (session.status, session.amount, session.buyer_addr) == (SessionStatus.CREATED, 24_000, HANA.addr)
    assert session.checkout is not None
    assert not session.checkout.ready
    shop.drain()
    session = pitturu.sessions.get(session.session_id)
    assert session.status == SessionStatus.PREPARED
    shown = shop.session({"session_id": session.session_id})
    attempt = shop.pay(shown)
    assert pitturu.sessions.verify(merchant_uid=session.merchant_uid, imp_uid=attempt).status == SessionStatus.VERIFYING
    shop.drain()
    session = pitturu.sessions.get(session.session_id)
    assert (session.status, session.settled) == (SessionStatus.PAID, True)
    assert session.paid_at is not None
    assert session.paid_at.utcoffset() is not None, "times have a zone"


def test_waiting_for_the_result(pitturu: Pitturu, shop: Shop) -> None:
    opened = shop.open()
    shop.verify(opened, shop.pay(opened))
    worker = threading.Timer(0.3, shop.drain)
    worker.start()

    session = pitturu.sessions.wait(opened["session_id"], timeout=60)
    worker.join()

    assert session.status == SessionStatus.PAID


def test_waiting_ends_with_the_time(pitturu: Pitturu, shop: Shop) -> None:
    opened = shop.open()

    assert pitturu.sessions.wait(opened["session_id"], timeout=1.5).status == SessionStatus.PREPARED


def test_changing_the_method_and_closing(pitturu: Pitturu, shop: Shop) -> None:
    opened = shop.open()

    assert pitturu.sessions.prepare(opened["session_id"], pay_method="kakaopay").pay_method == "kakaopay"
    pitturu.sessions.close(opened["session_id"])
    shop.drain()

    assert pitturu.sessions.get(opened["session_id"]).status == SessionStatus.EXPIRED


def test_what_cannot_be_sold(pitturu: Pitturu, shop: Shop) -> None:
    with pytest.raises(OutOfStock) as refused:
        pitturu.sessions.create(items=[CartLine(2, shop.item(stock=1))], buyer=HANA)
    assert (refused.value.status, refused.value.code) == (409, "out_of_stock")
    assert "quantity" in refused.value.detail
    assert refused.value.request_id


def test_a_session_of_somebody_else(pitturu: Pitturu, shop: Shop) -> None:
    other = shop.open(user="duri")

    with pytest.raises(NotFound):
        pitturu.sessions.get(other["session_id"])


def test_every_status_is_known() -> None:
    assert [*SessionStatus] == [*Known]
