"""Webhooks of order numbers that were never issued: anybody can post V1's unsigned form."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.extensions import db
from pitturu.payments import webhook_inbox
from pitturu.services import services_of
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhooks import WebhookDelivery
from tests.journeys.test_forged_floods import questions, states
from tests.shop import Shop

Turn = Callable[[timedelta], None]

pytestmark = pytest.mark.parametrize("generation", ["v1"])


def post_unknown(shop: Shop, count: int) -> None:
    """Post webhooks of order numbers that were never issued."""
    for number in range(count):
        body = {"imp_uid": f"imp_{number:012}", "merchant_uid": f"stranger{number}", "status": "paid"}
        assert shop.client.post("/api/v1/payments/webhook", json=body).status_code == 200


def test_strangers_fill_no_disk(shop_with: Callable[..., Shop], turn: Turn) -> None:
    """Only the newest webhooks of unknown orders are kept, from their first look-up on; those of ours always are."""
    shop = shop_with(unknown_webhooks=20)
    session = shop.open()
    shop.webhook(session, shop.pay(session))
    post_unknown(shop, 50)
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    # A surplus is deleted with the next claim: the rows of this one are only known to be strangers' afterwards.
    post_unknown(shop, 30)
    shop.drain()
    turn(timedelta(minutes=3))
    shop.drain()
    assert states(shop) == {"done": 1, "orphaned": 20}
    assert questions(shop) == 1


def test_a_webhook_that_was_deleted_while_it_waited_harms_nobody(shop_with: Callable[..., Shop]) -> None:
    """A worker has claimed it; another one deletes it as surplus."""
    shop = shop_with(unknown_webhooks=1)
    post_unknown(shop, 3)
    with shop.app.app_context():
        services = services_of(shop.app)
        with unit_of_work() as work:
            claimed = webhook_inbox.HANDLER.claim(services.runtime.context, work, 10)
        db.session.execute(delete(WebhookDelivery))
        db.session.commit()
        with unit_of_work() as work:
            for one in claimed:
                webhook_inbox.HANDLER.apply(services.runtime.context, work, one, ())
    assert states(shop) == {}


@pytest.mark.parametrize(("state", "due", "expected"), [("orphaned", True, "pending"), ("done", False, "done")])
def test_a_failed_question_opens_no_webhook_that_was_answered_meanwhile(
    shop: Shop, state: str, due: bool, expected: str
) -> None:
    """A stranger's becomes ours when its order is known; one that another answer has closed stays closed."""
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.webhook(session, imp_uid)
    with shop.app.app_context():
        context = services_of(shop.app).runtime.context
        with unit_of_work() as work:
            (claimed,) = webhook_inbox.HANDLER.claim(context, work, 10)
        db.session.execute(update(WebhookDelivery).values(state=state, **{} if due else {"due_at": None}))
        db.session.commit()
        with unit_of_work() as work:
            webhook_inbox.HANDLER.apply(context, work, claimed, GatewayError(Reaction.TRY_AGAIN, "away"))
    assert states(shop) == {expected: 1}
    shop.verify(session, imp_uid)
    shop.drain()
    assert shop.session(session)["status"] == "paid"
