"""The checker is only useful if it finds every kind of violation, so each is presented to it once."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chaos.checker import acknowledgements, events, money, taxes
from chaos.checker.snapshot import Snapshot, build_snapshot
from tests.architecture.sources import ROOT, imported

Row = dict[str, Any]
Change = Callable[[dict[str, list[Row]]], object]
PAST = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def books() -> dict[str, list[Row]]:
    """One purchase of two units, one of which was returned, in consistent records."""
    return {
        "ledger": [
            {"imp_uid": "imp_1", "merchant_uid": "ord1", "amount": 2000, "cancel_amount": 1000, "currency": "KRW"}
            | {"status": "cancelled", "paid_at": 1, "tax_free": 2000, "vat": 0}
            | {"cancels": [{"amount": 1000, "tax_free": 1000, "vat": 0}]}
        ],
        "sessions": [
            {"id": 1, "session_id": "ses1", "merchant_uid": "ord1", "status": "partially_cancelled", "quantity": 2}
            | {"amount": 2000, "tax_free_amount": 2000, "event_count": 2}
            | {"buyer_email": "p0@x", "expires_at": PAST, "due_at": None, "dead_at": None, "next_job": None}
        ],
        "payments": [
            {"id": 1, "session_key": 1, "payment_id": "pay1", "imp_uid": "imp_1", "amount": 2000, "currency": "KRW"}
            | {"cancelled_amount": 1000, "verdict": "accepted", "paid_at": PAST, "user_username": "hana"}
        ],
        "lines": [
            {"id": 7, "session_key": 1, "position": 0, "quantity": 2, "unit_price": 1000, "tax_free": True},
        ],
        "cancellations": [
            {"id": 1, "cancellation_id": "can1", "payment_key": 1, "session_key": 1, "kind": "refund"}
            | {"stage": "succeeded", "amount": 1000, "pieces": {"7": 1}, "origin": "buyer", "name": "hana"}
            | {"tax_free": 1000, "vat": 0}
            | {"reviewed_by": None, "created_at": PAST}
        ],
        "entries": [
            {"session_key": 1, "line_key": 7, "kind": "grant", "quantity": 2, "cancellation_key": None},
            {"session_key": 1, "line_key": 7, "kind": "return", "quantity": -1, "cancellation_key": 1},
        ],
        **_news(),
    }


def _news() -> dict[str, list[Row]]:
    """The webhook and the events of it, and what the harness has noted."""
    return {
        "webhooks": [
            {"generation": "v1", "imp_uid": "imp_1", "merchant_uid": "ord1", "event_status": "paid", "state": "done"}
            | {"provider_cancellation_id": "", "delivery_id": ""}
        ],
        "events": [],
        "shop_events": [
            PAID | {"event_id": "evt1", "session_id": "ses1", "delivery": "delivered"},
            RETURNED | {"event_id": "evt2", "session_id": "ses1", "delivery": "delivered"},
        ],
        "notes": [
            {"what": "opened", "purchase": 0, "session_id": "ses1"},
            {"what": "verified", "session_id": "ses1", "status": 202},
            {"what": "cancel request", "payment_id": "pay1"},
            {"what": "cancel", "payment_id": "pay1", "status": 202, "cancellations": ["can1"]},
            {"what": "webhook", "webhook_id": "", "payload": NEWS},
            {"what": "received", "event_id": "evt1", "verified": True, "content": PAID | {"id": "evt1"}},
            {"what": "received", "event_id": "evt2", "verified": True, "content": RETURNED | {"id": "evt2"}},
            {"what": "received", "event_id": "evt2", "verified": True, "content": RETURNED | {"id": "evt2"}},
        ],
    }


PAID = {"type": "payment.paid", "sequence": 1, "data": {"amount": 2000}}
RETURNED = {"type": "payment.partially_cancelled", "sequence": 2, "data": {"refund": {"amount": 1000}}}
NEWS = {"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "paid"}
QUESTIONS = [
    *(money.double_charges, money.double_refunds, money.more_cancels_than_requests, money.refunds_above_amount),
    *(money.cancelled_sums, money.money_without_books, money.money_without_goods, money.goods_without_money),
    *(
        money.grants,
        money.buyers_cancels,
        money.refunds_without_a_person,
        taxes.tax_free_parts,
        acknowledgements.sessions_not_final,
        acknowledgements.work_left,
        acknowledgements.sessions_lost,
    ),
    *(
        acknowledgements.sessions_doubled,
        acknowledgements.verifies_lost,
        acknowledgements.cancels_lost,
        acknowledgements.webhooks_lost,
    ),
    *(acknowledgements.forged_webhooks_accepted, acknowledgements.unexpected_answers),
    *(events.events_missing, events.events_forged, events.events_out_of_sequence, events.events_unwritten),
]


def found(*changes: Change) -> Counter[Callable[[Snapshot], Iterator[str]]]:
    """The number of violations per check after these changes."""
    noted = books()
    for change in changes:
        change(noted)
    snapshot = build_snapshot(noted, "nowhere")
    return Counter({question: count for question in QUESTIONS if (count := len(list(question(snapshot))))})


def test_a_correct_run_has_no_violations() -> None:
    assert not found()


LOSSES: dict[Any, Change] = {
    money.double_charges: lambda all: all["ledger"].append(all["ledger"][0] | {"imp_uid": "imp_2"}),
    money.double_refunds: lambda all: all["ledger"][0]["cancels"].append(all["ledger"][0]["cancels"][0]),
    money.more_cancels_than_requests: lambda all: all["notes"].pop(2),
    money.refunds_above_amount: lambda all: all["ledger"][0].update(amount=500),
    money.cancelled_sums: lambda all: all["payments"][0].update(cancelled_amount=0),
    money.money_without_books: lambda all: all["payments"][0].update(paid_at=None),
    money.money_without_goods: lambda all: all["sessions"][0].update(status="expired"),
    money.goods_without_money: lambda all: all["ledger"][0].update(cancel_amount=2000),
    money.grants: lambda all: all["entries"].append(all["entries"][0]),
    money.refunds_without_a_person: lambda all: all["notes"].append(
        {"what": "shipped", "payment_id": "pay1", "since": PAST.timestamp() - 1}
    ),
    money.buyers_cancels: lambda all: all["entries"][1].update(cancellation_key=None),
    acknowledgements.sessions_not_final: lambda all: all["sessions"][0].update(status="awaiting_deposit"),
    acknowledgements.work_left: lambda all: all["cancellations"][0].update(stage="sent"),
    acknowledgements.sessions_lost: lambda all: all["notes"][0].update(session_id="ses2"),
    acknowledgements.sessions_doubled: lambda all: all["sessions"].append(
        all["sessions"][0] | {"id": 2, "merchant_uid": "ord2"}
    ),
    acknowledgements.verifies_lost: lambda all: all["sessions"][0].update(status="verifying"),
    acknowledgements.cancels_lost: lambda all: all["notes"][3].update(cancellations=["can2"]),
    acknowledgements.webhooks_lost: lambda all: all["webhooks"][0].update(state="pending"),
    acknowledgements.forged_webhooks_accepted: lambda all: all["webhooks"][0].update(merchant_uid="ord2"),
    taxes.tax_free_parts: lambda all: all["ledger"][0]["cancels"][0].update(vat=90),
    events.events_missing: lambda all: all["notes"][5].update(event_id="evt3"),
    events.events_forged: lambda all: all["notes"][6].update(verified=False),
    events.events_out_of_sequence: lambda all: all["shop_events"][1].update(sequence=3),
    events.events_unwritten: lambda all: all["shop_events"].pop(0),
    acknowledgements.unexpected_answers: lambda all: all["notes"][1].update(status=500),
}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_every_violation_is_found(question: Any) -> None:
    assert found(LOSSES[question])[question] > 0


@pytest.mark.parametrize(
    "lie", [{"tax_free": 1000, "vat": 91}, {"vat": 1}, {"tax_free": 0, "vat": 182}], ids=["both", "vat", "tax_free"]
)
def test_taxes_of_a_payment_are_those_of_its_lines(lie: Row) -> None:
    assert found(lambda all: all["ledger"][0].update(lie))[taxes.tax_free_parts] == 1


@pytest.mark.parametrize("lie", [{"content": RETURNED | {"id": "evt2", "sequence": 3}}, {"event_id": "evt3"}])
def test_a_delivery_that_differs_from_the_ledger_is_found(lie: Row) -> None:
    assert found(lambda all: all["notes"][6].update(lie))[events.events_forged] == 1


def test_pieces_are_counted_by_line() -> None:
    """Two units were bought in two lines, and the wrong one came back."""

    def another_line(all: Any) -> None:
        all["lines"] = [all["lines"][0] | {"id": key, "position": key, "quantity": 1} for key in (7, 8)]
        all["entries"] = [
            *(all["entries"][0] | {"line_key": key, "quantity": 1} for key in (7, 8)),
            all["entries"][1] | {"line_key": 8},
        ]

    assert found(another_line)[money.grants] == 2


def test_repeated_deliveries_are_counted() -> None:
    assert events.repeated(build_snapshot(books(), "nowhere")) == 1


def test_an_account_whose_deadline_is_ahead_may_wait() -> None:
    ahead = {"status": "awaiting_deposit", "expires_at": datetime.now(UTC) + timedelta(minutes=1)}

    assert acknowledgements.sessions_not_final not in found(lambda all: all["sessions"][0].update(ahead))


@pytest.mark.parametrize(("generation", "lost"), [("v1", True), ("v2", False)])
def test_the_unsigned_form_may_be_ignored_about_an_order_of_v2_only(generation: str, lost: bool) -> None:
    def ignored(all: Any) -> None:
        all["sessions"][0]["generation"] = generation
        all["webhooks"][0]["state"] = "ignored"

    assert (acknowledgements.webhooks_lost in found(ignored)) == lost


def test_the_checker_shares_no_code_with_the_system() -> None:
    strangers = [
        f"{path.name} imports {name}"
        for path in Path(ROOT / "chaos" / "checker").glob("*.py")
        for name in imported(path)
        if name.split(".")[0] in ("pitturu", "chaos") and not name.startswith("chaos.checker")
    ]

    assert strangers == []
