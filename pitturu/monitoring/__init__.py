"""Health and metrics for the hosting platform: `/healthz`, `/readyz`, `/metrics`, and what a process counts."""
