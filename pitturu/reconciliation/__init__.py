"""Reconciliation: our books against PortOne's lists of payments and events, page by page, and what follows from a
discrepancy."""
