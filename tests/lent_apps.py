"""Apps with other settings, which outlive a test: making one takes longer than most tests, and a new one connects, and
prepares and compiles every statement again."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from tests import documented

KEPT = 6
"""Apps that wait for the next test with their settings."""


class LentApps:
    """Lends apps, one to each who asks, and takes them back with nothing under way.

    Only those on the usual servers are lent again. A test that has a server of its own breaks it, and its app remembers
    that for a while: the publisher, for example, does not try again at once.
    """

    def __init__(self, usual: Settings) -> None:
        self._usual = usual
        self._free: OrderedDict[int, tuple[Settings, Flask]] = OrderedDict()

    @contextmanager
    def lent(self) -> Iterator[Callable[[Settings], Flask]]:
        """A way to borrow apps, all of which are given back at the end."""
        out: list[tuple[Settings, Flask]] = []

        def lend(settings: Settings) -> Flask:
            out.append(self._taken(settings) or (settings, documented.watched(create_app(settings))))
            return out[-1][1]

        try:
            yield lend
        finally:
            for settings, app in out:
                _finish_calls(app)
                if self._on_usual_servers(settings):
                    self._free[id(app)] = settings, app
                else:
                    _close(app)
            while len(self._free) > KEPT:
                _close(self._free.popitem(last=False)[1][1])

    def close(self) -> None:
        """End all of them."""
        for _, app in self._free.values():
            _close(app)
        self._free.clear()

    def _on_usual_servers(self, settings: Settings) -> bool:
        usual = self._usual
        return (settings.redis_url, settings.database_url) == (usual.redis_url, usual.database_url)

    def _taken(self, settings: Settings) -> tuple[Settings, Flask] | None:
        fitting = [key for key, (others, _) in self._free.items() if others == settings]
        return self._free.pop(fitting[-1]) if fitting else None


def _finish_calls(app: Flask) -> None:
    """Wait for calls that still hang, as a worker that ends does; the next ones get new threads."""
    runtime = services_of(app).runtime
    runtime.threads.shutdown()
    del runtime.threads


def _close(app: Flask) -> None:
    services_of(app).stopping.set()
    services_of(app).autocommit.dispose()
    with app.app_context():
        db.engine.dispose()
