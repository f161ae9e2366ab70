"""What is read before a session is opened."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pitturu.store import open_sessions
from tests.store import rows


@pytest.fixture(autouse=True)
def context(app: Flask, tables: None) -> Iterator[None]:
    """Inside an app context."""
    with app.app_context():
        yield


def test_the_open_sessions_with_an_item_are_found_by_any_of_their_lines() -> None:
    one, two = rows.item(), rows.item(name="귤")
    session = rows.session(thing=one, amount=2_500, line_count=2)
    second = {"item_id": two.id, "item_name": "귤", "unit_price": 500, "quantity": 1}
    rows.add(rows.PaymentLine(session_key=session.id, position=1, **second))
    rows.session("minji", one)
    rows.db.session.commit()
    found = {offer.id: offer.open_sessions for offer in open_sessions.offers([one.id, two.id], [], "hana")}
    assert found == {one.id: [session.id], two.id: [session.id]}
