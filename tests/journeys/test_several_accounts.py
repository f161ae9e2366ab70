"""Several attempts of one order: each is recorded, and none decides for the others."""

import pytest

from tests.journeys.generations import V1_ONLY
from tests.journeys.test_virtual_accounts import ACCOUNT, issued, status_there
from tests.shop import Shop


@V1_ONLY
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


@V1_ONLY
def test_an_account_and_a_card_in_the_same_answer(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    card, account = shop.window(session, pay_method="card"), shop.window(session)
    shop.act(account, "issue")
    shop.act(card, "approve")
    shop.verify(session, card)

    shop.drain()

    assert shop.session(session)["status"] == "paid"
    assert shop.portone.ledger()[account]["status"] == "cancelled"
    shop.audit()


def test_the_provider_status_of_the_accepted_payment(shop: Shop) -> None:
    session = shop.open()
    paid, _spare = shop.window(session), shop.window(session)
    shop.act(paid, "approve")
    shop.verify(session, paid)
    shop.drain()

    assert shop.session(session)["provider_status"] == {"v1": "paid", "v2": "PAID"}[shop.generation]


@pytest.mark.parametrize("word", ["cancelled", "failed"])
def test_a_withdrawn_account_with_either_status(shop: Shop, word: str) -> None:
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


@V1_ONLY
def test_paid_by_card_instead(shop: Shop) -> None:
    """The account that nobody needs any more is withdrawn, so that nobody pays a second time by mistake."""
    session, account = issued(shop)
    card = shop.pay(session, pay_method="card")
    shop.webhook(session, card)
    shop.drain()
    session = shop.session(session)
    assert (session["status"], session["imp_uid"]) == ("paid", card)
    assert status_there(shop, account) == "cancelled"
    assert shop.owned() == 1


@V1_ONLY
def test_paid_by_card_and_deposited(shop: Shop) -> None:
    """The deposit came before the account was withdrawn: it is a second payment, and goes back."""
    session, account = issued(shop)
    card = shop.pay(session, pay_method="card")
    shop.act(account, "deposit")
    shop.webhook(session, card)
    shop.drain()
    assert shop.owned() == 1
    waiting = next(entry for entry in shop.get("/me/payments")["items"] if entry["verdict"] == "duplicate")
    if waiting["imp_uid"] == account:
        shop.post(f"/payments/{waiting['payment_id']}/cancel", {"reason": "환불", "refund_account": ACCOUNT})
        shop.drain()
    assert sorted(shop.kept(imp_uid) for imp_uid in (card, account)) == [0, 10_000]
