"""One order, several attempts: each is seen, none speaks for the others."""

import pytest

from tests.shop import Shop


def test_of_two_accounts_one_is_withdrawn(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    first, second = shop.window(session), shop.window(session)
    for account in (first, second):
        shop.act(account, "issue")
        shop.webhook(session, account, "ready")
        shop.drain()
    payments = {payment["imp_uid"]: payment for payment in shop.get("/me/payments")["items"]}

    shop.post(f"/payments/{payments[first]['payment_id']}/cancel", {"reason": "다른 은행으로"})
    shop.drain()

    assert shop.session(session)["status"] == "awaiting_deposit"
    shop.act(second, "deposit")
    shop.webhook(session, second)
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    shop.audit()


def test_an_account_and_a_card_heard_of_in_the_same_breath(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    card, account = shop.window(session, pay_method="card"), shop.window(session)
    shop.act(account, "issue")
    shop.act(card, "approve")
    shop.verify(session, card)

    shop.drain()

    assert shop.session(session)["status"] == "paid"
    assert shop.portone.ledger()[account]["status"] == "cancelled"
    shop.audit()


def test_the_word_of_the_payment_that_counts(shop: Shop) -> None:
    session = shop.open()
    paid, _spare = shop.window(session), shop.window(session)
    shop.act(paid, "approve")
    shop.verify(session, paid)
    shop.drain()

    assert shop.session(session)["provider_status"] == "paid"


@pytest.mark.parametrize("word", ["cancelled", "failed"])
def test_a_withdrawn_account_whatever_portone_calls_it(shop: Shop, word: str) -> None:
    shop.portone.control("PATCH", "settings", {"revoked_vbank_status": word})
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.webhook(session, account, "ready")
    shop.drain()

    shop.cancel(session)
    shop.drain()

    (cancellation,) = shop.payment(session)["cancellations"]
    assert cancellation["stage"] == "succeeded"
    assert shop.session(session)["status"] in ("cancelled", "failed")
    shop.audit()
