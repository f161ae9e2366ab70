"""One cancel, step by step: sent once, asked about before it is ever sent again."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from pitturu.domain import retry_policy
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import EventKind, Origin
from pitturu.domain.decision import KnownCancel, KnownPayment, before_sending, next_cancel_step
from pitturu.domain.decision.cancel_effects import CancelDue, ChangeCancel, RetryCancel
from pitturu.domain.decision.effects import Note, Wake
from pitturu.domain.decision.next_cancel_step import AT_THE_PG, DOES_NOT_FIT, NOT_SHOWN, SENT_AGAIN
from pitturu.domain.decision.refund_shares import Taxes
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import CancelState, ProviderCancellation, Receipt
from tests.domain.decision.orders import AMOUNT, BEGAN, IN_TIME, PAID, attempt, cancelled

PAYMENT = KnownPayment("imp_a", SessionStatus.PAID, "paid", AMOUNT, "KRW", True, BEGAN, paid_at=IN_TIME, method="card")
NO_MORE = PAYMENT._replace(cancelled=AMOUNT - 100)


def cancel(stage: CancelStage = CancelStage.SENT, **changes: Any) -> KnownCancel:
    """A refund of 300 won that was sent."""
    values: dict[str, Any] = {
        "id": UUID(int=9),
        "provider_id": "imp_a",
        "kind": CancelKind.REFUND,
        "origin": Origin.BUYER,
        "amount": 300,
        "reason": "x",
        "balance": AMOUNT,
    }
    return KnownCancel(stage=stage, **values | changes)


SENT = cancel()
AUTOMATIC = cancel(origin=Origin.SYSTEM, amount=AMOUNT)
REVOKE = cancel(kind=CancelKind.REVOKE, amount=0)
SHOWN = attempt()
AT_ONCE = CancelDue(SENT.id), Wake(JobName.CANCEL)


def test_a_requested_cancel_is_marked_before_it_leaves() -> None:
    waits = cancel(CancelStage.REQUESTED, balance=None, refusal="no")
    assert before_sending(waits, PAYMENT, Taxes(0, 0)) == SENT


def taxes_sent(waits: KnownCancel, left: Taxes) -> tuple[int, int]:
    """The parts that such a cancel leaves with."""
    marked = before_sending(waits, PAYMENT, left)
    return marked.tax_free, marked.vat


def test_a_cancel_leaves_with_the_tax_free_part_that_fits() -> None:
    """All that is left takes what is left of it along, whatever was planned; a part takes what it was planned with."""
    everything = cancel(CancelStage.REQUESTED, amount=AMOUNT, balance=None)
    half = everything._replace(amount=AMOUNT // 2, tax_free=100)
    left = Taxes(300, 64)
    assert taxes_sent(everything, left) == (300, 64)
    assert taxes_sent(half, left) == (100, 36)
    assert taxes_sent(half, Taxes(50, 86)) == (50, 41)
    assert taxes_sent(half, Taxes(800, 18)) == (300, 18), "only 200 won with VAT are left"


@pytest.mark.parametrize(("words", "kept"), [("c1", "c1"), ("", None)])
def test_a_receipt_is_asked_about_at_once(words: str, kept: str | None) -> None:
    effects = next_cancel_step(SENT, PAYMENT, Receipt(words), sent=True)
    assert effects == (ChangeCancel(SENT._replace(provider_cancellation_id=kept)), *AT_ONCE)


@pytest.mark.parametrize("reaction", [Reaction.STOP, Reaction.DONE])
def test_a_refusal_is_asked_about_at_once(reaction: Reaction) -> None:
    effects = next_cancel_step(SENT, PAYMENT, GatewayError(reaction, "no"), sent=True)
    assert effects == (ChangeCancel(SENT._replace(refusal="no")), *AT_ONCE)


def test_a_lost_answer_and_one_that_does_not_show_the_cancel_are_asked_about() -> None:
    lost = next_cancel_step(SENT, PAYMENT, GatewayError(Reaction.ASK_FIRST, "timeout"), sent=True)
    assert lost == (RetryCancel(SENT.id, retry_policy.ASK_FIRST, "timeout"),)
    shown = next_cancel_step(SENT, PAYMENT, SHOWN, sent=True)
    assert shown == (RetryCancel(SENT.id, retry_policy.ASK_FIRST, NOT_SHOWN),)


@pytest.mark.parametrize("reaction", [Reaction.TRY_AGAIN, Reaction.CALL_HUMAN])
@pytest.mark.parametrize("of", [SENT, REVOKE])
def test_what_surely_never_left_is_sent_again(of: KnownCancel, reaction: Reaction) -> None:
    effects = next_cancel_step(of, PAYMENT, GatewayError(reaction, "keys"), sent=True)
    seen = of is REVOKE and reaction is Reaction.CALL_HUMAN
    assert effects == (
        ChangeCancel(of._replace(stage=CancelStage.REQUESTED)),
        RetryCancel(of.id, retry_policy.after_error(reaction), "keys", seen),
    )


@pytest.mark.parametrize("reply", [GatewayError(Reaction.TRY_AGAIN, "away"), GatewayError(Reaction.STOP, "no"), None])
def test_a_question_without_an_answer_is_repeated_and_nothing_is_sent(reply: GatewayError | None) -> None:
    (effect,) = next_cancel_step(SENT, PAYMENT, reply, sent=False)
    assert isinstance(effect, RetryCancel)


def test_a_cancel_that_was_not_executed_is_sent_again() -> None:
    effects = next_cancel_step(SENT, PAYMENT, SHOWN, sent=False)
    again = SENT._replace(stage=CancelStage.REQUESTED)
    assert effects == (ChangeCancel(again), RetryCancel(SENT.id, retry_policy.TRY_AGAIN, SENT_AGAIN))


def test_a_refused_cancel_is_not_sent_again_with_the_same_balance() -> None:
    of = SENT._replace(refusal="no")
    effects = next_cancel_step(of, PAYMENT, SHOWN, sent=False)
    assert effects == (
        ChangeCancel(of._replace(stage=CancelStage.REFUSED)),
        Note(EventKind.CANCEL_REFUSED, "imp_a", "no"),
    )


def test_a_cancel_that_was_refused_for_its_balance_is_sent_with_the_new_one() -> None:
    of = SENT._replace(refusal="balance differs")
    (changed, _) = next_cancel_step(of, PAYMENT._replace(cancelled=100), SHOWN, sent=False)
    assert changed == ChangeCancel(of._replace(stage=CancelStage.REQUESTED))


def test_all_that_is_left_means_the_rest_when_a_part_went_back_meanwhile() -> None:
    of = SENT._replace(amount=AMOUNT)
    (changed, _) = next_cancel_step(of, PAYMENT._replace(cancelled=100), SHOWN, sent=False)
    assert changed == ChangeCancel(of._replace(stage=CancelStage.REQUESTED, amount=AMOUNT - 100))


def test_what_no_longer_fits_is_refused() -> None:
    (changed, note) = next_cancel_step(SENT, NO_MORE, SHOWN, sent=False)
    assert isinstance(changed, ChangeCancel)
    assert (changed.cancel.stage, isinstance(note, Note)) == (CancelStage.REFUSED, True)


@pytest.mark.parametrize(("refusal", "why"), [("no", "no"), (None, DOES_NOT_FIT)])
def test_an_automatic_refund_is_tried_until_a_person_looks(refusal: str | None, why: str) -> None:
    of = AUTOMATIC._replace(refusal=refusal, amount=AMOUNT if refusal else AMOUNT + 1)
    (changed, retry) = next_cancel_step(of, PAYMENT, SHOWN, sent=False)
    assert isinstance(changed, ChangeCancel)
    assert (changed.cancel.stage, changed.cancel.round, changed.cancel.refusal) == (CancelStage.REQUESTED, 1, None)
    assert retry == RetryCancel(of.id, retry_policy.CALL_HUMAN, why)


@pytest.mark.parametrize(("ours", "found"), [("c9", True), (None, True), ("c8", False)])
def test_a_cancel_that_the_pg_decides_about_is_waited_for(ours: str | None, found: bool) -> None:
    of = SENT._replace(provider_cancellation_id=ours)
    entry = ProviderCancellation("c9", 300, "x", None, state=CancelState.PENDING)
    (changed, retry) = next_cancel_step(of, PAYMENT, replace(SHOWN, cancellations=(entry,)), sent=False)
    assert isinstance(changed, ChangeCancel)
    assert (changed.cancel.stage is CancelStage.SENT) is found
    assert (retry == RetryCancel(of.id, retry_policy.AT_THE_PG, AT_THE_PG)) is found


def test_a_cancel_that_the_pg_could_not_carry_out_is_refused() -> None:
    of = SENT._replace(provider_cancellation_id="c9")
    entry = ProviderCancellation("c9", 300, "x", None, state=CancelState.FAILED)
    (changed, _) = next_cancel_step(of, PAYMENT, replace(SHOWN, cancellations=(entry,)), sent=False)
    assert isinstance(changed, ChangeCancel)
    assert changed.cancel.stage is CancelStage.REFUSED


def test_a_receipt_for_a_question_decides_nothing() -> None:
    assert next_cancel_step(SENT, PAYMENT, Receipt("c1"), sent=False) == ()
    assert next_cancel_step(SENT, PAYMENT, attempt(status=PAID, **cancelled(100)), sent=True) != ()
