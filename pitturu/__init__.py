"""pitturu: the payment backend that a shop can trust with its money. `create_app()` is where the parts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from pitturu.config.settings import Settings
    from pitturu.payments.handlers import AnyJobHandler


def create_app(settings: Settings | None = None, more_work: Sequence[AnyJobHandler] = ()) -> Flask:
    """The application, from the environment unless settings are given. Connects to nothing before it has to.

    `more_work` are kinds of work beside those of this project.
    Raises BadSettings with everything that is missing or wrong.
    """
    # Imported on call: the simulator and the embedded servers live in this package and start without all of this.
    from pitturu.app import assemble
    from pitturu.config.settings import load
    from pitturu.payments.handler_registry import HandlerRegistry
    from pitturu.registry import HANDLERS, REGISTRY

    registry = HandlerRegistry((*HANDLERS, *more_work)) if more_work else REGISTRY
    return assemble(settings or load(), registry)
