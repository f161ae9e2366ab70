"""HTTP endpoints for operators of the shop."""
