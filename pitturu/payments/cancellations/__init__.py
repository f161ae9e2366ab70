"""Cancels of payments: requested by a person or by the system (`request`), sent to PortOne (`send`); what
PortOne executed is matched with them in `domain/decision/refunds.py`."""
