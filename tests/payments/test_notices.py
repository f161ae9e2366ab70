"""Notices are written once for each cause, as rows without personal data, and only where they are switched on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete

from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.payments import notices
from pitturu.store.outbound import OutboundMessage
from tests.outbound.notices import due_of, rows, states
from tests.shop import Json, Shop


def account(shop: Shop) -> Json:
    """A session that waits for a deposit."""
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session, vbank_due=session["checkout"]["params"]["vbank_due"])
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    return session


def test_the_same_cause_is_one_row_on_each_channel(shop_with: Callable[..., Shop]) -> None:
    """In one transaction, and in two: a second row would be a second mail, and an error would undo the payment."""
    shop = shop_with(notices=("all",), notice_channels=("email", "webhook"), notice_reminder=timedelta(hours=1))
    session = shop.row(account(shop))
    wanted = [(row.channel, row.content["kind"]) for row in rows(shop)]
    assert len(wanted) == len(set(wanted)) == 4
    with shop.app.app_context():
        db.session.execute(delete(OutboundMessage))
        db.session.commit()
    for _ in range(2):
        with shop.engine.transaction() as work:
            locked = work.lock_session(session.id)
            for _ in range(2):
                notices.account_taken(work, locked)
                notices.status_changed(work, locked, SessionStatus.VERIFYING)
    assert [(row.channel, row.content["kind"]) for row in rows(shop)] == wanted
    assert session.vbank_due_at is not None
    assert due_of(shop, "deposit_due_soon", "email") == session.vbank_due_at - timedelta(hours=1)


@pytest.mark.parametrize(
    ("named", "reminder", "kinds"),
    [
        ((), 1, []),
        (("paid",), 1, []),
        (("account_issued", "deposit_due_soon"), 1, ["account_issued", "deposit_due_soon"]),
        (("account_issued", "deposit_due_soon"), 80, ["account_issued"]),
    ],
)
def test_only_what_the_settings_name(
    shop_with: Callable[..., Shop], named: tuple[str, ...], reminder: int, kinds: list[str]
) -> None:
    """Where the deadline is nearer than the reminder would be, the first notice says enough."""
    shop = shop_with(notices=named, notice_reminder=timedelta(hours=reminder))
    session = account(shop)
    assert [kind for kind, _ in states(shop)] == kinds
    stored = str([vars(row) for row in rows(shop)])
    number = shop.session(session)["virtual_account"]["number"]
    assert not any(value in stored for value in ("김하나", "hana@example.org", "010-1234-5678", "01012345678", number))
