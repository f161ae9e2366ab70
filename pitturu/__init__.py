"""pitturu: the payment backend that a shop can trust with its money. `create_app()` is where the parts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from pitturu.config.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application, from the environment unless settings are given. Connects to nothing before it has to.

    Raises BadSettings with everything that is missing or wrong.
    """
    # Imported on call: the simulator and the embedded servers live in this package and start without all of this.
    from pitturu.app import assemble
    from pitturu.config.settings import load

    return assemble(settings or load())
