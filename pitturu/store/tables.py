"""Imports every table, so that migrations and tests see the whole schema."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


def import_all() -> None:
    """Register every table with SQLAlchemy: the modules of this package define them."""
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"pitturu.store.{module.name}")
