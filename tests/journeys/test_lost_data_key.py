"""A key of personal data that was dropped too early."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from tests.journeys.generations import V1_ONLY
from tests.journeys.test_virtual_accounts import ACCOUNT, Turn, deposited, issued
from tests.shop import Shop
from tests.values import NEW_DATA_KEY, OLD_DATA_KEY


@V1_ONLY
def test_a_refund_whose_key_is_gone_waits_for_it(shop_with: Callable[..., Shop], shop: Shop, turn: Turn) -> None:
    """The worker says which setting to restore, other refunds go on, and with the key the refund is sent."""
    before, after = (shop_with(pitturu_env="production", data_keys=(key,)) for key in (OLD_DATA_KEY, NEW_DATA_KEY))
    session, imp_uid = issued(shop)
    session = deposited(shop, session, imp_uid)
    other = shop.paid()
    before.cancel(session, refund_account=ACCOUNT)
    after.cancel(other)
    after.drain()
    (waiting,), (done,) = (after.payment(each)["cancellations"] for each in (session, other))
    assert (waiting["stage"], waiting["refund_account"]["number"], done["stage"]) == (
        "requested",
        "**********6789",
        "succeeded",
    )
    with after.app.app_context():
        assert db.session.scalar(select(Cancellation.last_error).order_by(Cancellation.number).limit(1)) == (
            f"The refund account of {waiting['cancellation_id']} is encrypted with a key that is not in DATA_KEYS. "
            "Append the key that was removed to DATA_KEYS (or restore SECRET_KEY, where DATA_KEYS was never set) and "
            "restart; nothing is lost."
        )
    turn(timedelta(minutes=11))
    before.drain()
    assert (before.payment(session)["cancellations"][0]["stage"], shop.kept(imp_uid)) == ("succeeded", 0)
