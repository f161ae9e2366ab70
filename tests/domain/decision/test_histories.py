"""What happened at PortOne is one history. In whichever order its snapshots are read, and however often, the same money
is accepted, given back and granted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from pitturu.domain.decision import Facts, NeedsStock, decide, evolve
from pitturu.domain.lifecycle import HOLDS_GOODS
from pitturu.domain.provider import ProviderCancellation, ProviderPayment
from pitturu.domain.verdict import Verdict
from tests.domain.decision import laws
from tests.domain.decision.orders import (
    AMOUNT,
    BEGAN,
    CANCELLED,
    EXPIRES,
    FAILED,
    MUCH_LATER,
    PAID,
    PENDING,
    READY,
    account,
    answer,
    attempt,
    facts,
    policy,
)

Snapshot = tuple[ProviderPayment, ...]
MINUTE = timedelta(minutes=1)


@some.composite
def attempts(draw: some.DrawFn, provider_id: str, exclusive: bool) -> list[ProviderPayment]:
    """One attempt as it looks from one moment to the next: opened, perhaps an account, paid or not, then cancels."""
    by_account = draw(some.booleans())
    method = "vbank" if by_account else "card"
    begin = attempt(provider_id, READY, word="ready", pay_method=method, exclusive=exclusive, started_at=BEGAN)
    path = [begin]
    if by_account:
        path.append(replace(begin, virtual_account=account(f"56{provider_id}")))
    elif draw(some.booleans()):
        path.append(replace(begin, status=PENDING, word="PAY_PENDING"))
    end = draw(some.sampled_from(["open", "failed", "cancelled", "paid", "paid", "paid"]))
    if end in ("failed", "cancelled"):
        path.append(replace(path[-1], status=FAILED if end == "failed" else CANCELLED, word=end))
    if end == "paid":
        amount = draw(some.sampled_from([AMOUNT, AMOUNT, AMOUNT, AMOUNT - 100, AMOUNT + 100]))
        paid_at = draw(some.sampled_from([BEGAN + MINUTE, EXPIRES + MINUTE]))
        path.append(replace(path[-1], status=PAID, word="paid", amount=amount, paid_at=paid_at))
        path += _cancelled(path[-1], draw(some.lists(some.sampled_from([100, 300, AMOUNT]), max_size=3)))
    return path


def _cancelled(paid: ProviderPayment, amounts: Sequence[int]) -> list[ProviderPayment]:
    """The payment after each of these cancels, as far as there is money left."""
    path = [paid]
    for place, amount in enumerate(amounts):
        last = path[-1]
        if last.cancelled_amount + amount <= last.amount:
            entry = ProviderCancellation(f"{paid.provider_id}-{place}", amount, "console", BEGAN)
            gone = last.cancelled_amount + amount
            status = CANCELLED if gone == last.amount else PAID
            entries = (*last.cancellations, entry)
            path.append(replace(last, status=status, cancelled_amount=gone, cancellations=entries))
    return path[1:]


@some.composite
def histories(draw: some.DrawFn) -> list[Snapshot]:
    """All attempts of one order, from snapshot to snapshot: each shows one attempt further than the one before."""
    exclusive = draw(some.booleans())
    paths = [draw(attempts(provider_id, exclusive)) for provider_id in ("imp_a", "imp_b")][: draw(some.integers(1, 2))]
    places = [0] * len(paths)
    snapshots: list[Snapshot] = [()]
    while True:
        snapshots.append(tuple(path[place] for path, place in zip(paths, places, strict=True)))
        further = [number for number, path in enumerate(paths) if places[number] + 1 < len(path)]
        if not further:
            return snapshots
        places[draw(some.sampled_from(further))] += 1


@given(history=histories(), chance=some.randoms(use_true_random=False), late_accepted=some.booleans())
@settings(max_examples=400, deadline=None)
def test_snapshots_in_any_order_come_to_the_same_money(history, chance, late_accepted) -> None:
    shuffled = [*history, *chance.choices(history, k=3)]
    chance.shuffle(shuffled)
    after = _read([*shuffled, history[-1]], history, late_accepted=late_accepted)
    straight = _read(history, history, late_accepted=late_accepted)
    assert _money(after) == _money(straight)
    assert _money(after) == {
        shown.provider_id: (shown.amount, shown.cancelled_amount) for shown in history[-1] if shown.money_came
    }


@given(history=histories(), chance=some.randoms(use_true_random=False), late_accepted=some.booleans())
@settings(max_examples=600, deadline=None)
def test_exactly_one_correct_payment_is_accepted(history, chance, late_accepted) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)
    after = _read([*shuffled, history[-1]], history, late_accepted=late_accepted)
    kept = [one for one in history[-1] if one.amount == AMOUNT and one.paid_at and one.cancelled_amount < AMOUNT]
    accepted = [payment for payment in after.payments.values() if payment.accepted]
    if any(late_accepted or (one.paid_at and one.paid_at < EXPIRES) for one in kept):
        assert len(accepted) == 1
    assert len(accepted) <= 1
    assert (after.order.status in HOLDS_GOODS) == any(payment.remaining > 0 for payment in accepted)


def _read(snapshots: Sequence[Snapshot], history: Sequence[Snapshot], *, late_accepted: bool) -> Facts:
    """The facts after these snapshots were read one after the other. Each was asked for at its own moment, and every
    step keeps the laws."""
    state, rules = facts(), policy(late_accepted=late_accepted)
    for place, snapshot in enumerate(snapshots):
        asked_at = BEGAN + MINUTE * history.index(snapshot) * 5
        now = MUCH_LATER + MINUTE * place
        after, effects = laws.settle(state, answer(*snapshot, at=asked_at), rules, now, in_stock=True)
        assert not laws.broken(state, after, effects)
        state = after
    return state


def _money(state: Facts) -> dict[str, tuple[int, int]]:
    return {name: (one.amount, one.cancelled) for name, one in state.payments.items() if one.paid_at is not None}


def test_of_two_correct_payments_in_one_answer_the_one_that_was_started_first_is_kept() -> None:
    later = attempt("imp_a", started_at=BEGAN + MINUTE, paid_at=BEGAN + MINUTE * 2)
    earlier = attempt("imp_b", started_at=BEGAN, paid_at=BEGAN + MINUTE * 3)
    effects = decide(facts(), answer(later, earlier), policy(), MUCH_LATER)
    assert not isinstance(effects, NeedsStock)
    verdicts = {name: payment.verdict for name, payment in evolve(facts(), effects).payments.items()}
    assert verdicts == {"imp_a": Verdict.DUPLICATE, "imp_b": Verdict.ACCEPTED}
