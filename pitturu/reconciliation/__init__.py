"""Reconciliation: compares our payments with PortOne's lists, page by page, and corrects or reports discrepancies."""
