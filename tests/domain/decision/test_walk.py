"""Every state that an order can reach from a fresh one, by every answer of PortOne's, keeps the laws.

Two attempts are combined in all their states at PortOne, in time and late, with stock left and sold, under every
policy; between answers, waiting cancels are sent and asked about with every reply there is. New states are visited
until some ten thousand steps were made for each policy.
"""

import random
from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import pytest

from pitturu.domain.cancellation import CancelStage
from pitturu.domain.decision import (
    Answer,
    Facts,
    KnownCancel,
    Policy,
    before_sending,
    decide,
    evolve,
    next_cancel_step,
)
from pitturu.domain.decision.cancel_effects import ChangeCancel
from pitturu.domain.decision.next_cancel_step import Reply
from pitturu.domain.decision.refund_shares import tax_left
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import CancelState, ProviderCancellation, ProviderPayment, Receipt
from pitturu.domain.verdict import Environment
from tests.domain.decision import laws
from tests.domain.decision.orders import (
    AMOUNT,
    CANCELLED,
    FAILED,
    IN_TIME,
    LATE,
    MUCH_LATER,
    PAID,
    PENDING,
    READY,
    TWO_LINES,
    UNKNOWN,
    account,
    answer,
    attempt,
    cancelled,
    facts,
    policy,
)

STEPS = 30_000
STATES: Sequence[dict[str, object] | None] = (
    None,
    {"status": READY},
    {"status": READY, "virtual_account": account(), "pay_method": "vbank"},
    {"status": PENDING},
    {"status": UNKNOWN},
    {"status": FAILED, "fail_reason": "한도 초과"},
    {"status": CANCELLED},
    {"status": PAID},
    {"status": PAID, "pay_method": "vbank", "virtual_account": account()},
    {"status": PAID, "paid_at": LATE},
    {"status": PAID, "amount": AMOUNT - 100},
    {"status": PAID, "amount": AMOUNT + 100},
    {"status": PAID, "currency": "USD"},
    {"status": PAID, "sandbox": False},
    {"status": PAID, **cancelled(300)},
    {"status": PAID, **cancelled(300, 200)},
    {"status": PAID, **cancelled(300, 200, named=False)},
    {"status": CANCELLED, "paid_at": IN_TIME, **cancelled(AMOUNT)},
    {"status": CANCELLED, "paid_at": IN_TIME, "cancelled_amount": AMOUNT},
    {"status": PAID, "order_id": "another"},
)
TIMES = (IN_TIME, LATE, MUCH_LATER)
ERRORS = [GatewayError(reaction, "no") for reaction in Reaction]


def answers() -> list[Answer]:
    """Every pair of attempts in every state, all that there are and some of them, at every time."""
    found = []
    for first, second, exclusive, at in product(STATES, STATES, (False, True), TIMES):
        one, two = _shown("imp_a", first, exclusive), _shown("imp_b", second, exclusive)
        found.append(answer(*one, *two, at=at))
        if second is None and first is not None:
            found.append(answer(*one, at=at, complete=False))
    return found


def _shown(provider_id: str, state: dict[str, object] | None, exclusive: bool) -> list[ProviderPayment]:
    if state is None:
        return []
    word = str(state["status"])
    return [attempt(provider_id, **{"word": word, "exclusive": exclusive, **state})]  # type: ignore[arg-type]


ALL = answers()
BEGINNINGS = [
    facts(status=SessionStatus.CREATED, prepared_at=None),
    facts(),
    facts(status=SessionStatus.VERIFYING),
    facts(lines=TWO_LINES, tax_free_amount=TWO_LINES[1].unit_price),
]


@pytest.mark.parametrize("late_accepted", [True, False])
@pytest.mark.parametrize("environment", list(Environment))
def test_no_answer_breaks_a_law(late_accepted: bool, environment: Environment) -> None:
    rules = policy(late_accepted=late_accepted, environment=environment)
    chance = random.Random(11)
    seen, to_visit = set(map(_name, BEGINNINGS)), deque(BEGINNINGS)
    steps = 0
    while steps < STEPS:
        state = to_visit.popleft()
        for after in _steps_from(state, rules, chance):
            steps += 1
            if (name := _name(after)) not in seen:
                seen.add(name)
                to_visit.append(after)


def _name(state: Facts) -> Hashable:
    return state.order, tuple(state.payments.values()), state.cancels


def _steps_from(state: Facts, rules: Policy, chance: random.Random) -> Iterator[Facts]:
    for shown in chance.sample(ALL, 60):
        yield _answered(state, shown, rules, in_stock=chance.random() < 0.5)
    for cancel in state.cancels:
        if cancel.is_undecided:
            yield from _cancel_steps(state, cancel, rules)


def _answered(state: Facts, shown: Answer, rules: Policy, *, in_stock: bool) -> Facts:
    now = shown.asked_at
    after, effects = laws.settle(state, shown, rules, now, in_stock=in_stock)
    assert not laws.broken(state, after, effects), (state, shown, effects)
    if in_stock:
        assert decide(after, shown, rules, now) == (), (state, shown, effects)
    return after


def _cancel_steps(state: Facts, cancel: KnownCancel, rules: Policy) -> Iterator[Facts]:
    """The cancel is sent, or asked about, with every reply that PortOne can give."""
    payment = state.payments[cancel.provider_id]
    sent = cancel.stage is CancelStage.REQUESTED
    marked = state
    if sent:
        executed = [one for one in state.cancels_of(payment.provider_id) if one.stage is CancelStage.SUCCEEDED]
        left = tax_left(state.order, payment, executed)
        marked = evolve(state, [ChangeCancel(before_sending(cancel, payment, left))])
    for reply in _replies(marked, cancel):
        asked = marked
        if isinstance(reply, ProviderPayment):
            asked = _answered(marked, answer(reply, at=LATE, complete=False), rules, in_stock=True)
        now_cancel = next(one for one in asked.cancels if one.id == cancel.id)
        if not now_cancel.is_undecided:
            yield asked
            continue
        effects = next_cancel_step(now_cancel, asked.payments[cancel.provider_id], reply, sent=sent)
        after = evolve(asked, effects)
        assert not laws.broken(asked, after, effects), (asked, reply, effects)
        yield after


def _replies(state: Facts, cancel: KnownCancel) -> Iterator[Reply]:
    payment = state.payments[cancel.provider_id]
    came = payment.paid_at is not None
    shown = attempt(
        cancel.provider_id,
        PAID if came else READY,
        amount=payment.amount,
        paid_at=payment.paid_at,
        cancelled_amount=payment.cancelled,
        virtual_account=None if came else account(),
    )
    yield from ERRORS
    yield None
    yield Receipt("c9")
    yield shown
    if came and cancel.amount:
        for verdict in CancelState:
            entry = ProviderCancellation("c9", cancel.amount, "ours", LATE, state=verdict)
            gone = payment.cancelled + (cancel.amount if verdict is CancelState.SUCCEEDED else 0)
            if gone <= payment.amount:
                yield replace(shown, cancellations=(entry,), cancelled_amount=gone)
    else:
        yield replace(shown, status=CANCELLED, word="cancelled", virtual_account=None)
