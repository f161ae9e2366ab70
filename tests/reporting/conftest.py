"""Fixtures of the reporting tests."""

from uuid import UUID

import pytest

from pitturu.extensions import db
from tests.store import rows


@pytest.fixture
def session_key(tables: None) -> UUID:
    """A session in the database."""
    key = rows.session().id
    db.session.commit()
    return key
