"""pitturu: a payment backend for shops that sell through PortOne. `create_app()` builds the application."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask

    from pitturu.config.settings import Settings
    from pitturu.payments.handlers import AnyJobHandler


def create_app(
    settings: Settings | None = None, more_work: Sequence[AnyJobHandler] = (), *, background: bool = False
) -> Flask:
    """Build the application, from the environment unless settings are given.

    `more_work` are kinds of work beside those of this project. `background` is for workers and beat, which answer no
    HTTP request and offer no command: it leaves out both, with all that only they import. It opens no connection.
    Raises BadSettings with every setting that is missing or invalid.
    """
    with _no_garbage_collection():
        # Imported inside the function: the embedded servers and the simulator start without these dependencies.
        from pitturu.app import assemble
        from pitturu.config.settings import load
        from pitturu.payments.handler_registry import HandlerRegistry
        from pitturu.registry import HANDLERS, REGISTRY

        registry = HandlerRegistry((*HANDLERS, *more_work)) if more_work else REGISTRY
        return assemble(settings or load(), registry, background)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The garbage collector would look again and again through what stays until the process ends, a fifth of the time
    that a process needs to start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
