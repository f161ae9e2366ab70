"""An app context over empty tables."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pitturu.extensions import db


@pytest.fixture
def tables(app: Flask) -> Iterator[None]:
    """The store, inside one app context; what a test leaves open is rolled back."""
    with app.app_context():
        yield
        db.session.rollback()
