"""Escrow: what the PG knows of the goods, and what the buyer says about them."""

from portone_simulator.lifecycle import WrongMove, behind
from portone_simulator.payment import Payment

STATUSES = ("DELIVERED", "CONFIRMED", "REJECTED", "REJECT_CONFIRMED", "CANCELLED")
"""What may become of an escrow after its shipment was registered."""


def shipped(payment: Payment, at: int, company: str, invoice: str, sent_at: int) -> Payment:
    """The shipment is registered, or replaces the one that is."""
    shipment = {"company": company, "invoice": invoice, "sent_at": sent_at, "applied_at": at, "status": "REGISTERED"}
    return behind(payment, shipment=shipment)


def judged(payment: Payment, _at: int, status: str) -> Payment:
    """The buyer confirms or rejects the goods, or the PG decides."""
    if payment.behind.shipment is None:
        raise WrongMove(f"{payment.imp_uid} has no shipment that could be {status}.")
    return behind(payment, shipment={**payment.behind.shipment, "status": status})
