"""Buyers' data is replaced when its time is over, and not while money or work is pending."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import RefundAccount
from pitturu.extensions import db
from pitturu.store import retention
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.store import rows
from tests.values import settings_for

pytestmark = pytest.mark.usefixtures("tables")

SETTINGS = settings_for(retain_unpaid=timedelta(days=90), retain_paid=timedelta(days=1827))
DAY = timedelta(days=1)


def unpaid(age: timedelta, **changes: Any) -> PaymentSession:
    """A session that expired and was never paid."""
    return rows.session(**{"status": "expired", "created_at": clock.now() - age, "buyer_addr": "제주", **changes})


def paid(age: timedelta) -> PaymentSession:
    """A session that was paid."""
    moment = clock.now() - age
    of = rows.session(status="paid", paid_at=moment, imp_uid="imp_1", created_at=moment)
    rows.payment(of, paid_at=moment)
    return of


def erased() -> set[str]:
    """The sessions without data after housekeeping."""
    db.session.commit()
    retention.erase_expired(unit_of_work, SETTINGS)
    return set(db.session.scalars(text("SELECT session_id FROM payment_sessions WHERE buyer_erased_at IS NOT NULL")))


def test_data_of_those_who_never_paid() -> None:
    receipt = {"cash_receipt_masked": "*******5678", "cash_receipt_encrypted": b"\x05\x06\x07\x08"}
    consents = [{"id": "terms", "version": "0", "text": "동의해요.", "agreed_at": "2026-01-01T00:00:00+00:00"}]
    old, _young = unpaid(91 * DAY, consents=consents, **receipt), unpaid(89 * DAY)
    before = old.updated_at
    name = old.session_id
    assert erased() == {name}
    query = "SELECT to_jsonb(s)::text FROM payment_sessions s WHERE session_id = :name"
    whole = db.session.scalar(text(query), {"name": name})
    for value in ("김하나", "hana@example.org", "010-1234-5678", "제주", "*******5678", "05060708", "동의해요"):
        assert value not in whole
    assert db.session.query(PaymentSession).filter_by(session_id=name).one().updated_at == before


def test_data_of_those_who_paid() -> None:
    old, _young = paid(1828 * DAY), paid(1826 * DAY)
    name = old.session_id
    assert erased() == {name}


def test_pending_work_and_open_sessions_keep_it() -> None:
    unpaid(91 * DAY, due_at=clock.now(), next_job=JobName.VERIFY)
    unpaid(91 * DAY, status="prepared")
    rows.cancellation(rows.payment(unpaid(91 * DAY), paid_at=None), kind=CancelKind.REVOKE, amount=0)
    assert erased() == set()


def test_money_that_was_not_accepted_counts_as_paid() -> None:
    of = unpaid(91 * DAY, status="mismatched")
    rows.payment(of, paid_at=clock.now() - 91 * DAY, verdict="amount_differs", status="mismatched")
    assert erased() == set()


def test_the_last_refund_counts_and_its_masked_account_goes_along() -> None:
    late, done = paid(1900 * DAY), paid(1900 * DAY)
    for of, age in ((late, 1800), (done, 1850)):
        payment = db.session.query(retention.Payment).filter_by(session_key=of.id).one()
        row = rows.cancellation(payment)
        row.refund_account = RefundAccount("088", "110-123-456789", "김하나")
        row.stage = CancelStage.SENT
        row.decide(CancelStage.SUCCEEDED)
        row.decided_at = clock.now() - age * DAY
    name = done.session_id
    assert erased() == {name}
    assert sorted(db.session.scalars(text("SELECT coalesce(refund_number, '') FROM payment_cancellations"))) == [
        "",
        "**********6789",
    ]


def test_batches_are_bounded_and_continue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    for _ in range(5):
        unpaid(91 * DAY)
    assert len(erased()) == 4
    assert len(erased()) == 5
