"""`gunicorn benchmarks.mechanisms.web:app`: the application without one mechanism."""

from benchmarks.mechanisms import switches

switches.without()

from wsgi import app  # noqa: E402 -- The switch comes first.

__all__ = ["app"]
