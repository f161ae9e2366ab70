"""pitturu: a payment backend for shops that sell through PortOne. `create_app()` builds the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from pitturu.config.settings import Settings
    from pitturu.payments.handlers import AnyJobHandler


def create_app(settings: Settings | None = None, more_work: Sequence[AnyJobHandler] = ()) -> Flask:
    """Build the application, from the environment unless settings are given.

    `more_work` are kinds of work beside those of this project. It opens no connection. Raises BadSettings with every
    setting that is missing or invalid.
    """
    # Imported inside the function: the embedded servers and the simulator start without these dependencies.
    from pitturu.app import assemble
    from pitturu.config.settings import load
    from pitturu.payments.handler_registry import HandlerRegistry
    from pitturu.registry import HANDLERS, REGISTRY

    registry = HandlerRegistry((*HANDLERS, *more_work)) if more_work else REGISTRY
    return assemble(settings or load(), registry)
