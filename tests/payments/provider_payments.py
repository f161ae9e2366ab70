"""PortOne's answers as values, and functions that apply them to a session and read the result."""

from datetime import datetime
from typing import Any

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.provider import (
    ProviderCancellation,
    ProviderPayment,
    ProviderStatus,
    VirtualAccount,
)
from pitturu.payments import provider_state
from pitturu.payments.handlers import WorkerContext
from pitturu.store import events
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.values import settings_for

READY, PAID, FAILED = ProviderStatus.READY, ProviderStatus.PAID, ProviderStatus.FAILED
CANCELLED, UNKNOWN = ProviderStatus.CANCELLED, ProviderStatus.UNKNOWN
ACCOUNT = VirtualAccount("088", "신한은행", "56001234567890", "피투루", None)


def context(**changes: Any) -> WorkerContext:
    """A worker context for functions that only read the settings, and never call PortOne."""
    return WorkerContext({}, settings_for(**changes))


def attempt(session: PaymentSession, status: ProviderStatus = PAID, **changes: Any) -> ProviderPayment:
    """An attempt to pay this session, by default with the correct payment."""
    paid = status in (PAID, CANCELLED)
    values: dict[str, Any] = {
        "provider_id": "imp_1",
        "order_id": session.merchant_uid,
        "status": status,
        "word": str(status),
        "amount": session.amount,
        "cancelled_amount": 0,
        "currency": "KRW",
        "sandbox": True,
        "pay_method": "card",
        "pg_provider": "html5_inicis",
        "started_at": session.created_at,
        "paid_at": clock.now() if paid else None,
    }
    return ProviderPayment(**{**values, **changes})


def cancels(*amounts: int, named: bool = True) -> dict[str, Any]:
    """The fields of an answer that report these cancels."""
    list_of = [
        ProviderCancellation(f"c{place}" if named else "", amount, "console", clock.now())
        for place, amount in enumerate(amounts)
    ]
    return {"cancelled_amount": sum(amounts), "cancellations": tuple(list_of)}


def apply_provider_state(
    session: PaymentSession, *attempts: ProviderPayment, at: datetime | None = None, settings: Settings | None = None
) -> PaymentSession:
    """Lock the session and apply PortOne's answer. Returns the session."""
    work = UnitOfWork()
    locked = work.lock_session(session.id)
    provider_state.apply_provider_state(
        work,
        locked,
        attempts,
        Cause(CauseKind.VERIFY, Origin.PORTONE, None, at or clock.now(), "r1"),
        settings or settings_for(),
    )
    work.flush()
    work.session.flush()
    return locked


def payment(session: PaymentSession, imp_uid: str = "imp_1") -> Payment:
    """Our row of an attempt."""
    return UnitOfWork().payments_of(session.id)[imp_uid]


def story(session: PaymentSession) -> list[str]:
    """Statuses and amounts of the timeline, in order."""
    lines = events.of_session(session.id)
    return [line.to_status or f"{line.amount:+}" for line in lines if line.kind in ("status", "money")]
