"""Cancels of payments: requested by a person or by the system (`request`), sent to PortOne (`send`), matched with what
PortOne says (`match`)."""
