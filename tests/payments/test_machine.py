"""A state machine of payments: any sequence of events, with workers that die, keeps the invariants at every step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.provider import Generation, PayMethod
from pitturu.payments.cancellations import send
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from tests.fake_portone import PortOne
from tests.payments.machine_orders import FOR_A_PERSON, window
from tests.payments.machine_shop import BUYERS, OPERATORS, MachineShop
from tests.payments.strategies import (
    CANCEL_FAULTS,
    FAULTS,
    SPANS,
    V2_CANCELS,
    attempt_actions,
    cancel_requests,
    jobs,
    number,
    session_uses,
)
from tests.tables import Tables


class PaymentMachine(RuleBasedStateMachine):
    """Rules for buyer, browser, PortOne, its console, workers and time."""

    app: Flask
    portone: PortOne
    tables: Tables
    generation: Generation

    @initialize(
        partial=some.sampled_from(["cancelled", "paid"]),
        bought=some.sampled_from([True, True, False]),
        cart=some.booleans(),
    )
    def begin(self, partial: str, bought: bool, cart: bool) -> None:
        self.tables.empty()
        self.portone.wipe()
        self.portone.control("PATCH", "settings", {"partial_cancel_status": partial})
        self.machine_shop = MachineShop(self.app, self.portone, self.generation)
        self.machine_shop.begin()
        self.attempts: list[tuple[str, str, PayMethod]] = []
        if bought:
            self.somebody_buys(2, PayMethod.CARD, BUYERS[0], cart)

    @rule(
        quantity=some.integers(1, 2),
        method=some.sampled_from([PayMethod.CARD, PayMethod.CARD, PayMethod.VBANK]),
        who=some.sampled_from(BUYERS),
        cart=some.booleans(),
    )
    def open(self, quantity: int, method: PayMethod, who: str, cart: bool) -> None:
        self.machine_shop.open(quantity, method, who, cart=cart)

    def _pick(self, table: type[Any], which: int) -> Any:
        rows = self.machine_shop.rows(table)
        return rows[which % len(rows)] if rows else None

    @rule(which=number, surplus=some.sampled_from([0] * 4 + [-1, 500]), sandbox=some.sampled_from([True] * 5 + [False]))
    def open_window(self, which: int, surplus: int, sandbox: bool) -> None:
        session = self._pick(PaymentSession, which)
        if session is None:
            return
        try:
            answer = self.portone.control("POST", "payments", window(session, surplus, sandbox=sandbox))
        except AssertionError:
            return  # PortOne refuses a window whose amount differs from the prepared one, or that was paid.
        self.attempts.append((answer["imp_uid"], session.merchant_uid, PayMethod(session.pay_method)))

    @precondition(lambda self: self.attempts)
    @rule(which=number, how=attempt_actions)
    def attempt_goes_on(self, which: int, how: str) -> None:
        self._act(which, how)

    @precondition(lambda self: self.attempts)
    @rule(which=number, amount=some.sampled_from([None, 300, 1000]))
    def console_cancels(self, which: int, amount: int | None) -> None:
        """With the webhook that PortOne sends; without it only a comparison would detect the cancel."""
        imp_uid, merchant_uid, _ = self.attempts[which % len(self.attempts)]
        self._act(which, "console-cancel", **({"amount": amount} if amount else {}))
        self.machine_shop.webhook(merchant_uid, imp_uid, "cancelled")

    def _act(self, which: int, how: str, **body: Any) -> None:
        imp_uid = self.attempts[which % len(self.attempts)][0]
        try:
            self.portone.control("POST", f"payments/{imp_uid}/{how}", body)
        except AssertionError:
            return  # Not possible in the state that this attempt is in.

    @rule(which=number, what=session_uses)
    def session_is_used(self, which: int, what: str) -> None:
        if (session := self._pick(PaymentSession, which)) is not None:
            getattr(self.machine_shop, what)(session)

    @precondition(lambda self: self.attempts)
    @rule(which=number, status=some.sampled_from(["paid", "ready", "cancelled"]), copies=some.integers(1, 3))
    def webhook_comes(self, which: int, status: str, copies: int) -> None:
        imp_uid, merchant_uid, _ = self.attempts[which % len(self.attempts)]
        for _ in range(copies):
            self.machine_shop.webhook(merchant_uid, imp_uid, status)

    @rule(which=number, cancel_request=cancel_requests)
    def buyer_cancels(self, which: int, cancel_request: dict[str, int]) -> None:
        if (payment := self._pick(Payment, which)) is not None:
            self.machine_shop.cancel(payment, **cancel_request)

    @rule(which=number, fulfilment=some.sampled_from(Fulfilment))
    def shop_delivers(self, which: int, fulfilment: Fulfilment) -> None:
        if (payment := self._pick(Payment, which)) is not None:
            self.machine_shop.fulfil(payment, fulfilment)

    @rule(which=number, approved=some.booleans(), who=some.sampled_from(OPERATORS))
    def operator_decides(self, which: int, approved: bool, who: str) -> None:
        if (cancel := self._pick(Cancellation, which)) is not None:
            self.machine_shop.review(cancel, who, approved)

    @rule(
        quantity=some.integers(1, 2),
        method=some.sampled_from([PayMethod.CARD, PayMethod.VBANK]),
        who=some.sampled_from(BUYERS),
        cart=some.booleans(),
    )
    def somebody_buys(self, quantity: int, method: PayMethod, who: str, cart: bool) -> None:
        """A complete purchase, so that refunds are reached often."""
        merchant_uid = self.machine_shop.open(quantity, method, who, cart=cart)
        self.machine_shop.drain()
        mine = [row for row in self.machine_shop.rows(PaymentSession) if row.merchant_uid == merchant_uid]
        if not mine:
            return  # Sold out.
        try:
            imp_uid = self.portone.control("POST", "payments", window(mine[0]))["imp_uid"]
        except AssertionError:
            return  # Not prepared because of a fault, or PortOne refuses the payment window.
        self.attempts.append((imp_uid, str(merchant_uid), method))
        self._act(len(self.attempts) - 1, "approve")
        if method is PayMethod.VBANK:
            self._act(len(self.attempts) - 1, "deposit")
        self.machine_shop.webhook(str(merchant_uid), imp_uid, "paid")
        self.machine_shop.drain()

    @rule(which=number, fault=some.sampled_from(CANCEL_FAULTS), cancel_request=cancel_requests)
    def a_cancel_goes_wrong(self, which: int, fault: dict[str, Any], cancel_request: dict[str, int]) -> None:
        """A cancel is sent while a fault is active."""
        self.buyer_cancels(which, cancel_request)
        self.portone.faults(fault)
        self.machine_shop.work(send.HANDLER)

    @precondition(lambda self: self.generation is Generation.V2)
    @rule(outcome=some.sampled_from(V2_CANCELS))
    def pg_behaves(self, outcome: str) -> None:
        """From now on the PG decides about refunds at once or later, or refuses them with HTTP 200."""
        self.portone.control("PATCH", "settings", {"v2_cancel": outcome})

    @precondition(lambda self: self.generation is Generation.V2 and self.attempts)
    @rule(which=number, succeeds=some.booleans())
    def pg_decides(self, which: int, succeeds: bool) -> None:
        self._act(which, "finish-cancel", succeeds=succeeds)

    @rule(job=jobs)
    def worker_works(self, job: Any) -> None:
        self.machine_shop.work(job)

    @rule(job=jobs, asked=some.booleans())
    def worker_dies(self, job: Any, asked: bool) -> None:
        self.machine_shop.claim_and(job, ask=asked, hold=False)

    @rule(job=jobs)
    def worker_is_delayed(self, job: Any) -> None:
        self.machine_shop.claim_and(job, ask=True, hold=True)

    @rule(which=number)
    def delayed_worker_continues(self, which: int) -> None:
        self.machine_shop.apply_delayed(which)

    @rule(faults=some.lists(some.sampled_from(FAULTS), max_size=2))
    def faults_happen(self, faults: list[dict[str, Any]]) -> None:
        self.portone.faults(*faults)

    @rule(span=some.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.machine_shop.turn(span)

    @rule()
    def everybody_works(self) -> None:
        self.machine_shop.drain()

    @invariant()
    def nothing_is_broken(self) -> None:
        self.machine_shop.check()

    def teardown(self) -> None:
        """Without faults, every order reaches its outcome in bounded time, and amounts agree with PortOne's."""
        if not hasattr(self, "machine_shop"):
            return
        self.portone.control("PATCH", "settings", {"v2_cancel": "at_once"})
        for which in range(len(self.attempts)):
            self._act(which, "finish-cancel")
        self.machine_shop.settle()
        self.machine_shop.check(settled=True)
        for session in self.machine_shop.rows(PaymentSession):
            assert not session.is_open, f"{session.status}: {session.last_error}"
        for row in self.machine_shop.rows(Cancellation):
            assert not row.is_undecided or row.stage in FOR_A_PERSON, f"{row.stage}: {row.last_error}"


@pytest.fixture(params=Generation)
def machine(
    app: Flask, portone: PortOne, tables_of_this_process: Tables, request: pytest.FixtureRequest
) -> type[PaymentMachine]:
    """The machine over this process's app and PortOne, through each of its APIs."""
    bound = {"app": app, "portone": portone, "tables": tables_of_this_process, "generation": request.param}
    return type("BoundMachine", (PaymentMachine,), bound)


def test_invariants_hold_in_random_sequences_of_events(
    machine: type[PaymentMachine], example_count: Callable[[int], int]
) -> None:
    hypothesis = settings(
        max_examples=example_count(7),
        stateful_step_count=30,
        deadline=None,
        derandomize=False,
        # Shrinking a failure takes minutes: `make soak` does it.
        phases=(Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if example_count(7) > 7 else [])),
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=hypothesis)
