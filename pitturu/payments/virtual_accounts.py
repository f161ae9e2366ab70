"""A virtual account was issued: the session waits for the deposit, up to the account's own deadline."""

from pitturu.config.settings import Settings
from pitturu.domain.cause import Cause
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderPayment
from pitturu.payments import inventory, timeline
from pitturu.payments.cancellations import match
from pitturu.store import open_sessions
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def await_deposit(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    attempt: ProviderPayment,
    cause: Cause,
    settings: Settings,
) -> None:
    """Take the account into the session, or see its deadline pass. One issued too late is withdrawn, if it must be."""
    if session.state is SessionStatus.AWAITING_DEPOSIT and cause.asked_at >= session.expires_at:
        timeline.move(work, session, SessionStatus.EXPIRED, cause)
        payment.status = SessionStatus.EXPIRED
        match.close_revocations(payment)
        inventory.release(work, session)
    elif _is_waiting(session) or _still_welcome(work, session, cause, settings):
        _take_in(work, session, attempt, cause, settings)
    elif payment.status == SessionStatus.AWAITING_DEPOSIT and not _ran_out(session, payment):
        match.withdraw_account(work, session, payment, "issued after the session was closed", cause)
    else:
        payment.status = SessionStatus.EXPIRED


def _take_in(
    work: UnitOfWork, session: PaymentSession, attempt: ProviderPayment, cause: Cause, settings: Settings
) -> None:
    account = attempt.virtual_account
    if account is None or account.number == session.vbank_number:
        return
    session.vbank_code, session.vbank_name = account.bank_code[:10], account.bank_name[:50]
    session.vbank_number, session.vbank_holder = account.number[:50], account.holder[:100]
    session.vbank_due_at = account.due_at or cause.asked_at + settings.vbank_due
    session.expires_at = session.vbank_due_at + settings.deposit_grace
    session.watch_until = max(session.watch_until, session.expires_at)
    session.imp_uid, session.fail_reason = attempt.provider_id, None
    timeline.move(work, session, SessionStatus.AWAITING_DEPOSIT, cause)


def _is_waiting(session: PaymentSession) -> bool:
    """An account of a session that a newer one replaced before it waited for a deposit would hold stock for days."""
    return session.is_open and (session.state is SessionStatus.AWAITING_DEPOSIT or not inventory.was_replaced(session))


def _still_welcome(work: UnitOfWork, session: PaymentSession, cause: Cause, settings: Settings) -> bool:
    """A declined buyer who turns to a virtual account in time, or a late one where late money is accepted.

    It holds stock for as long as the account waits, so it counts as an open session of its buyer like any other.
    """
    if session.state not in (SessionStatus.FAILED, SessionStatus.EXPIRED) or session.vbank_number is not None:
        return False
    in_time = session.state is SessionStatus.FAILED and cause.asked_at < session.expires_at
    if not in_time and settings.late_payment != "accept":
        return False
    if not open_sessions.claim_slot(session, settings.open_sessions_per_user):
        return False
    if inventory.hold_again(work, session):
        return True
    session.open_slot = None
    return False


def _ran_out(session: PaymentSession, payment: Payment) -> bool:
    """Whether this is the account that the session waited for in vain: the bank takes no deposit for it any more."""
    return session.vbank_number is not None and session.imp_uid == payment.imp_uid
