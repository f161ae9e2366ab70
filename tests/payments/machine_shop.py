"""The shop of the state machine: a real database, PortOne over HTTP, workers that work, are delayed or die."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision.cancel_policy import CancelPolicy
from pitturu.domain.errors import GatewayError, Problem
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.provider import Generation, PayMethod, RefundAccount
from pitturu.domain.roles import Requester, Role
from pitturu.extensions import db
from pitturu.payments import checkout, loaded_order, verification, webhook_inbox
from pitturu.payments.cancellations import review
from pitturu.payments.cancellations.request import CancelRequest, request_cancel
from pitturu.payments.fulfilment import FulfilmentRequest, set_fulfilment
from pitturu.payments.handlers import AnyJobHandler
from pitturu.payments.provider_state import apply_provider_state
from pitturu.portone.webhooks import Notice
from pitturu.services import services_of
from pitturu.store import audit, users
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.worker.runtime import WorkerRuntime
from tests.domain.decision import laws
from tests.due import due_work
from tests.fake_portone import PortOne
from tests.payments import machine_orders

BUYERS, OPERATORS = ("hana", "duri", "sena", "bora"), ("oyoung", "jiwoo")
POLICY = CancelPolicy(window=timedelta(days=7), approval_above=1_000)
ACCOUNT = RefundAccount("088", "110123456789", "김하나")


@dataclass
class MachineShop:
    """One shop, four buyers, two items; `elapsed` is how far the clocks were advanced."""

    app: Flask
    portone: PortOne
    generation: Generation = Generation.V1
    elapsed: timedelta = timedelta()
    items: list[UUID] = field(default_factory=list)
    held: list[tuple[AnyJobHandler, Any, Any]] = field(default_factory=list)

    def begin(self) -> None:
        """An empty shop with items in stock."""
        clock.use(lambda: datetime.now(UTC) + self.elapsed)
        with self.app.app_context(), unit_of_work() as work:
            for buyer in BUYERS:
                users.ensure(work, buyer)
            self.items = machine_orders.add_items()

    @property
    def engine(self) -> WorkerRuntime:
        """The worker runtime."""
        engine: WorkerRuntime = services_of(self.app).runtime
        return engine

    def turn(self, by: timedelta) -> None:
        """Advance our clock and PortOne's."""
        self.elapsed += by
        self.portone.control("POST", "clock", {"advance": by.total_seconds()})

    def open(self, quantity: int, method: PayMethod, who: str = BUYERS[0], *, cart: bool = False) -> str | None:
        """A buyer opens a session; its order number, None when it is refused."""
        request = machine_orders.order(self.items, quantity, method, self.generation, cart=cart)
        try:
            with self.app.app_context(), unit_of_work() as work:
                settings = services_of(self.app).settings
                return checkout.open_session(work, who, request, settings, "open").merchant_uid
        except Problem:
            return None

    def prepare_again(self, session: PaymentSession) -> None:
        """The browser prepares the session again."""
        settings = services_of(self.app).settings
        self._try(
            lambda work: checkout.prepare_again(
                work, session.user_username, session.session_id, None, settings, "again"
            )
        )

    def report_window(self, session: PaymentSession) -> None:
        """The browser opens the window."""
        self._try(lambda work: checkout.open_window(work, session.user_username, session.session_id, "window"))

    def close(self, session: PaymentSession) -> None:
        """The buyer closes the session."""
        self._try(lambda work: checkout.close(work, session.user_username, session.session_id, "close"))

    def verify(self, session: PaymentSession, *, closed: bool = False) -> None:
        """The browser requests verification."""
        reported = verification.VerifyRequest(merchant_uid=session.merchant_uid, closed=closed)
        self._try(lambda work: verification.request_verification(work, session.user_username, reported, "verify"))

    def report_closed(self, session: PaymentSession) -> None:
        """The browser reports a window without a payment, which may be a lie."""
        self.verify(session, closed=True)

    def webhook(self, merchant_uid: str, imp_uid: str, status: str) -> None:
        """PortOne, or somebody else, sends a webhook."""
        notice = Notice(imp_uid, merchant_uid, status, "")
        envelope = webhook_inbox.Envelope(self.generation, notice, "", b"{}", "application/json", "127.0.0.1")
        self._try(lambda work: webhook_inbox.receive(work, envelope, "webhook"))

    def cancel(self, payment: Payment, **request: Any) -> None:
        """The buyer cancels; by amount, an operator does."""
        with self.app.app_context():
            reported = CancelRequest("변심", refund_account=ACCOUNT, **machine_orders.cancel_of(payment, request))
        buyer = Requester(payment.user_username or "", Role.BUYER)
        who = Requester(OPERATORS[0], Role.ADMIN) if "amount" in request else buyer
        self._try(lambda work: request_cancel(work, payment.payment_id, who, reported, POLICY, "cancel"))

    def fulfil(self, payment: Payment, fulfilment: Fulfilment) -> None:
        """The shop records how far it has come."""
        wanted = FulfilmentRequest(fulfilment)
        who = Requester(OPERATORS[0], Role.ADMIN)
        self._try(lambda work: set_fulfilment(work, payment.payment_id, who, wanted, "fulfil"))

    def review(self, cancel: Cancellation, name: str, approved: bool) -> None:
        """An operator decides about a return, or about a large refund."""
        who = Requester(name, Role.ADMIN)
        decide = partial(review.approve, policy=POLICY) if approved else partial(review.reject, reason="no")
        self._try(lambda work: decide(work, cancel.cancellation_id, who, request_id="decide"))

    def _try(self, act: Callable[[UnitOfWork], object]) -> None:
        """Do it; a Problem is a valid outcome."""
        try:
            with self.app.app_context(), unit_of_work() as work:
                act(work)
        except Problem:
            pass

    def work(self, job: AnyJobHandler) -> None:
        """A worker receives a wake-up."""
        self.engine.work(job)

    def claim_and(self, job: AnyJobHandler, ask: bool, hold: bool) -> None:
        """A worker claims, perhaps asks, and then dies, or holds its answer back."""
        with self.engine.transaction() as work:
            claimed_jobs = job.claim(self.engine.context, work, 3)
        for claimed in claimed_jobs if ask else ():
            try:
                answer = job.ask(self.engine.context, claimed)
            except GatewayError as error:
                answer = error
            if hold:
                self.held.append((job, claimed, answer))

    def apply_delayed(self, number: int) -> None:
        """A delayed worker applies an answer that may be outdated."""
        if self.held:
            job, claimed, answer = self.held.pop(number % len(self.held))
            with self.engine.transaction() as work:
                job.apply(self.engine.context, work, claimed, answer)

    def apply_answer(self, session: PaymentSession) -> None:
        """Apply PortOne's answer about a session: the facts in the database then equal the evolved facts."""
        context = self.engine.context
        try:
            answer = context.gateway(session.generation).attempts(session.merchant_uid)
        except GatewayError:
            return
        cause = Cause(CauseKind.WEBHOOK, Origin.PORTONE, None, clock.now(), "answer")
        with self.engine.transaction() as work:
            order = apply_provider_state(work, work.lock_session(session.id), answer, cause, context.settings)
            work.flush()
            work.session.flush()
            evolved, stored = order.facts, loaded_order.load(UnitOfWork(), order.session).facts
            # That stock was sold out is recorded in the facts only.
            expected = evolved._replace(order=evolved.order._replace(stock=stored.order.stock))
            pairs = zip(machine_orders.parts(expected), machine_orders.parts(stored), strict=False)
            differing = [f"{a} != {b}" for a, b in pairs if a != b]
            assert expected == stored, "\n".join(differing)

    def settle(self) -> None:
        """Without faults, let time pass and workers work until nothing is scheduled any more."""
        self.portone.faults()
        while self.held:
            self.apply_delayed(0)
        for _ in range(300):
            self.drain()
            if not self.planned():
                return
            # Longer than any retry waits; a virtual account may wait for weeks.
            self.turn(timedelta(hours=6))
        raise AssertionError(f"does not settle: {self.planned()}")

    def drain(self) -> None:
        """Do what is due now."""
        for _ in range(30):
            with self.app.app_context():
                due = due_work(self.engine.handlers)
            if not due:
                return
            for job in self.engine.handlers:
                if job.name in due:
                    self.engine.work(job)

    def planned(self) -> list[str]:
        """The rows with scheduled work."""
        with self.app.app_context():
            sessions = db.session.query(PaymentSession).where(PaymentSession.due_at.is_not(None))
            cancels = db.session.query(Cancellation).where(Cancellation.due_at.is_not(None))
            return [f"{row.status} {row.due_at} {row.last_error}" for row in sessions] + [
                f"{row.stage} {row.due_at} {row.last_error}" for row in cancels
            ]

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, as they are now."""
        with self.app.app_context():
            return list(db.session.query(table).order_by(table.created_at, table.id))

    def check(self, *, settled: bool = False) -> None:
        """The audit finds nothing, the stock adds up, and PortOne's ledger agrees with our payments."""
        with self.app.app_context():
            found = audit.check(audit.Rules(timedelta(days=9999), services_of(self.app).settings.portone_environment))
            assert [one for one in found if one.invariant != "nothing_is_overdue"] == []
            for item in db.session.query(Item):
                held = sum(row.stock_held for row in db.session.query(PaymentLine).filter_by(item_id=item.id))
                assert item.stock + held == machine_orders.STOCK
            for session in db.session.query(PaymentSession):
                facts = loaded_order.load(UnitOfWork(), session).facts
                assert list(laws.states(facts)) == []
        ours = {payment.imp_uid: payment for payment in self.rows(Payment)}
        for imp_uid, entry in self.portone.ledger().items():
            self._compare(entry, ours.get(imp_uid), settled)

    @staticmethod
    def _compare(entry: dict[str, Any], payment: Payment | None, settled: bool) -> None:
        assert entry["cancel_amount"] <= entry["amount"]
        if payment is not None:
            assert payment.cancelled_amount <= entry["cancel_amount"], "a refund is recorded that PortOne did not make"
        if settled and entry["paid_at"]:
            assert payment is not None, f"payment missing: {entry}"
            assert payment.verdict is not None, f"payment without verdict: {entry}"
            assert payment.cancelled_amount == entry["cancel_amount"]
