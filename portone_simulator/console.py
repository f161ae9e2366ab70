"""Actions of the merchant in PortOne's console, and of the bank and the PG on their own."""

from portone_simulator import lifecycle
from portone_simulator.cancelling import CancelRequest, Case, executed, refuse_at_pg, refuse_by_books
from portone_simulator.payment import Payment
from portone_simulator.state import Simulation


def deposit(simulation: Simulation, imp_uid: str, amount: int | None = None, depositor: str | None = None) -> Payment:
    """A deposit to the virtual account. Raises `WrongMove` for an amount or a time that the PG does not accept."""

    def step(before: Payment, now: int) -> Payment:
        lifecycle.waiting_for_deposit(before, "deposit")
        if before.v2 and any(each.received for each in simulation.ledger.attempts(before.merchant_uid)):
            raise lifecycle.WrongMove(f"{before.merchant_uid} is paid; V2 takes no second payment for it.")
        if amount not in (None, before.amount) and simulation.settings.vbank_deposit == "exact":
            raise lifecycle.WrongMove(
                f"The account takes exactly {before.amount}; set vbank_deposit to 'any' to let {amount} in."
            )
        if now > (before.vbank_date or now) and simulation.settings.late_deposit == "refused":
            raise lifecycle.WrongMove("The deadline has passed; set late_deposit to 'accepted' to allow it.")
        return lifecycle.deposited(before, now, amount or before.amount, depositor)

    return simulation.move_and_notify(imp_uid, step)


def cancel(simulation: Simulation, imp_uid: str, amount: int | None = None, reason: str | None = None) -> Payment:
    """A cancel in the console, full or partial; a webhook is sent. Raises `Refusal` like the REST API."""
    request = CancelRequest(amount=amount, reason=reason or "관리자 콘솔 취소")

    def step(before: Payment, now: int) -> Payment:
        done = executed(Case(before, request, simulation.settings, now), (refuse_by_books, refuse_at_pg))
        return lifecycle.cancelled(before, done, simulation.settings.partial_cancel_status)

    return simulation.move_and_notify(imp_uid, step, of_cancel=True)


def revoke_account(simulation: Simulation, imp_uid: str) -> Payment:
    """Withdraw an account without a deposit; no webhook is documented for this, so none is sent."""
    return simulation.move(imp_uid, lifecycle.revoked, simulation.settings.revoked_vbank_status)


def dispute(simulation: Simulation, imp_uid: str, reason: str = "주문하지 않은 결제") -> Payment:
    """The buyer disputes the charge; a webhook is sent."""
    return simulation.notify_v2(simulation.move(imp_uid, lifecycle.disputed, reason), "DisputeCreated")


def resolve_dispute(simulation: Simulation, imp_uid: str) -> Payment:
    """The card company has decided the dispute; a webhook is sent."""
    return simulation.notify_v2(simulation.move(imp_uid, lifecycle.dispute_resolved), "DisputeResolved")


def cancel_at_pg(simulation: Simulation, imp_uid: str) -> Payment:
    """A cancel on the PG's own site: PortOne's answer does not change."""
    return simulation.move(imp_uid, lifecycle.cancelled_at_pg)
