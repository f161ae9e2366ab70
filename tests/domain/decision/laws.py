"""What must hold for every order, whatever PortOne answered: each law returns the sentences that it finds broken."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Answer, Effect, Facts, KnownPayment, NeedsStock, Policy, Stock, decide, evolve
from pitturu.domain.decision.effects import Grant, Money, TakeBack
from pitturu.domain.lifecycle import CLOSED, HOLDS_GOODS, SessionStatus, after_money


def settle(
    facts: Facts, answer: Answer, policy: Policy, now: datetime, *, in_stock: bool
) -> tuple[Facts, tuple[Effect, ...]]:
    """Decide as the caller does: where stock is needed, it is reserved or sold out, and the decision is asked again."""
    effects = decide(facts, answer, policy, now)
    if isinstance(effects, NeedsStock):
        facts = with_stock(facts, Stock.HELD if in_stock else Stock.SOLD_OUT)
        effects = decide(facts, answer, policy, now)
    assert not isinstance(effects, NeedsStock)
    after = evolve(facts, effects)
    return (with_stock(after, Stock.RELEASED) if after.order.stock is Stock.SOLD_OUT else after), effects


def with_stock(facts: Facts, stock: Stock) -> Facts:
    """The same facts, with this answer about stock."""
    return facts._replace(order=facts.order._replace(stock=stock))


def broken(before: Facts, after: Facts, effects: Sequence[Effect]) -> list[str]:
    """Every law that this step broke."""
    return [*states(after), *_steps(before, after, effects)]


def states(facts: Facts) -> Iterator[str]:
    """Laws about the facts at one moment."""
    order, kept = facts.order, facts.accepted
    granted = sum(line.granted for line in order.lines)
    if sum(payment.accepted for payment in facts.payments.values()) > 1:
        yield "two payments are accepted"
    if (order.status in HOLDS_GOODS) != (kept is not None and kept.remaining > 0):
        yield f"the order is {order.status} and its money does not say so"
    if kept is not None and order.status is not after_money(kept.amount, kept.cancelled):
        yield f"the order is {order.status} with {kept.remaining} of {kept.amount} won kept"
    if kept is not None and (kept.amount, kept.currency) != (order.amount, order.currency):
        yield "another amount was accepted"
    if granted and order.status not in HOLDS_GOODS:
        yield f"{granted} pieces are granted and the order is {order.status}"
    if order.status is SessionStatus.PAID and granted != sum(line.quantity for line in order.lines):
        yield f"the order is paid and {granted} pieces are granted"
    if order.status in CLOSED and order.stock is Stock.HELD and kept is None:
        yield f"the order is {order.status} and holds stock"
    for payment in facts.payments.values():
        yield from _payment(facts, payment)


def _payment(facts: Facts, payment: KnownPayment) -> Iterator[str]:
    cancels = facts.cancels_of(payment.provider_id)
    executed = [cancel for cancel in cancels if cancel.stage is CancelStage.SUCCEEDED]
    amount, tax_free = sum(cancel.amount for cancel in executed), sum(cancel.tax_free for cancel in executed)
    has_free = facts.order.tax_free_amount if payment.amount == facts.order.amount else 0
    if tax_free > has_free or amount - tax_free > payment.amount - has_free:
        yield f"{tax_free} of {amount} won went back without VAT, of a payment with {has_free}"
    refunds = [cancel for cancel in cancels if cancel.kind is CancelKind.REFUND]
    executed = sum(cancel.amount for cancel in refunds if cancel.stage is CancelStage.SUCCEEDED)
    waiting = [cancel for cancel in refunds if cancel.is_undecided]
    automatic = [cancel for cancel in refunds if cancel.origin is Origin.SYSTEM]
    if not 0 <= payment.cancelled <= payment.amount or executed != payment.cancelled:
        yield f"{payment.cancelled} of {payment.amount} went back and cancels sum up to {executed}"
    unsent = [cancel for cancel in waiting if cancel.stage is not CancelStage.SENT]
    if any(cancel.amount > payment.remaining for cancel in unsent):
        yield "a cancel waits for more than is left"
    if any(not 0 <= part <= cancel.amount for cancel in cancels for part in (cancel.tax_free, cancel.vat)):
        yield "a part of a cancel is larger than the cancel"
    if (payment.paid_at is None) != (payment.verdict is None):
        yield "money without a verdict, or a verdict without money"
    if payment.paid_at is not None and not payment.accepted and payment.remaining > 0 and not automatic:
        yield f"{payment.verdict} money stays"
    if len(automatic) > 1:
        yield "two automatic refunds of one payment"
    if payment.accepted and automatic:
        yield "an accepted payment is refunded automatically"


def _steps(before: Facts, after: Facts, effects: Sequence[Effect]) -> Iterator[str]:
    """Laws about what one step changed: nothing that was established is taken back."""
    for provider_id, payment in before.payments.items():
        later = after.payments[provider_id]
        if payment.paid_at is not None and (later.paid_at, later.verdict, later.amount) != (
            payment.paid_at,
            payment.verdict,
            payment.amount,
        ):
            yield "money that arrived was taken back or judged again"
        if later.cancelled < payment.cancelled:
            yield "a cancel was taken back"
    grants = sum(isinstance(effect, Grant) for effect in effects)
    if grants > (before.accepted is None and after.accepted is not None):
        yield "granted twice"
    for payment in after.payments.values():
        lines = sum(one.amount for one in effects if isinstance(one, Money) and one.provider_id == payment.provider_id)
        known = before.payments.get(payment.provider_id)
        if lines != _balance(payment) - (_balance(known) if known else 0):
            yield "the timeline's amounts are not those of the payment"
    back = sum(effect.pieces for effect in effects if isinstance(effect, TakeBack))
    held = sum(line.granted for line in before.order.lines) + grants * sum(line.quantity for line in before.order.lines)
    if held - back != sum(line.granted for line in after.order.lines):
        yield "pieces do not add up"


def _balance(payment: KnownPayment) -> int:
    return payment.remaining if payment.paid_at is not None else 0
