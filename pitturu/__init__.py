"""pitturu: a payment backend for shops that sell through PortOne. `create_app()` builds the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from pitturu.config.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application, from the environment unless settings are given.

    It opens no connection. Raises BadSettings with every setting that is missing or invalid.
    """
    # Imported inside the function: the embedded servers and the simulator start without these dependencies.
    from pitturu.app import assemble
    from pitturu.config.settings import load

    return assemble(settings or load())
