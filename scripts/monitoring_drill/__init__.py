"""`make monitoring-drill`: PortOne fails under load, and a real Prometheus has to raise the right alerts."""
