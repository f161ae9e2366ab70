"""Orders as operators find them: from indexes only, a bounded number of rows for each page, whatever is looked for."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Executable, Row, text

from pitturu.domain import order_query
from pitturu.extensions import db
from pitturu.store import order_listing, order_matches
from pitturu.store.order_listing import ListFilter, Listing, Page
from tests.order_lists import COPIES
from tests.store import rows
from tests.store.plans import plans

pytestmark = pytest.mark.usefixtures("tables")

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HANA = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
MINJI = {"buyer_name": "Minji Park", "buyer_email": "Minji_P@example.net", "buyer_tel": "+82 10-1234-9999"}


def read(query: Executable, values: dict[str, Any]) -> Sequence[Row[Any]]:
    """Runs a query in the test's transaction."""
    return db.session.execute(query, values).all()


def listing(q: str | None = None, **wanted: Any) -> Listing:
    """A search."""
    return Listing(ListFilter(**wanted), None if q is None else order_query.parse(q), read)


def session(minutes: int, **changes: Any) -> rows.PaymentSession:
    """A session made this many minutes ago and registered with PortOne."""
    created_at = NOW - timedelta(minutes=minutes)
    return rows.session(**{"status": "prepared", "created_at": created_at, **HANA, **changes})


def pages_of(search: Listing, limit: int = 50) -> Iterator[Page]:
    """All pages, one after the other."""
    page = search.page(None, limit)
    yield page
    while page.next is not None:
        page = search.page(page.next, limit)
        yield page


def orders(q: str | None = None, limit: int = 50, **wanted: Any) -> list[str]:
    """The order numbers that are found, from the first page to the last."""
    return [row.merchant_uid for page in pages_of(listing(q, **wanted), limit) for row in page.rows]


BY_DATA = (
    ("김하나", {"one"}),
    ("김하", {"one"}),
    ("하나", set()),
    ("minji p", {"two"}),
    ("MINJI_P@EXAMPLE.NET", {"two"}),
    ("hana@", {"one"}),
    ("h_na", set()),
    ("hana%", set()),
    ("%%", set()),
    ("__", set()),
    ("\\\\", set()),
    ("' OR 1=1 --", set()),
    ("010-1234-5678", {"one"}),
    ("+82 10 1234 5678", {"one"}),
    ("01012349999", {"two"}),
    ("5678", {"one"}),
    ("1234-9999", {"two"}),
    ("010.1234", set()),
    ("minji", {"two"}),
    ("erased", set()),
    ("erased@invalid", set()),
    ("000-0000-0000", set()),
)


def test_the_buyers_data() -> None:
    session(1, merchant_uid="one")
    session(2, merchant_uid="two", username="minji", **MINJI)
    gone = {"buyer_name": "erased", "buyer_email": "erased@invalid", "buyer_tel": "000-0000-0000"}
    session(3, merchant_uid="gone", username="nobody", buyer_erased_at=NOW, **gone)
    for typed, found in BY_DATA:
        assert set(orders(typed)) == found, typed


def test_ids_of_ours_and_of_portone() -> None:
    one = session(1, status="paid", paid_at=NOW, imp_uid="imp_1", reference="2026-1207")
    payment = rows.payment(one, imp_uid="imp_1")
    second = rows.payment(one, imp_uid="imp_2", verdict="duplicate")
    cancel = rows.cancellation(payment)
    webhook = rows.delivery(merchant_uid=one.merchant_uid, imp_uid="imp_1")
    session(2)
    for name in (
        *(one.session_id, one.merchant_uid, "2026-1207", payment.payment_id, "imp_1", "imp_2", second.payment_id),
        *(cancel.cancellation_id, str(webhook.id)),
    ):
        assert orders(name) == [one.merchant_uid], name
        assert orders(name[:-1]) == [], name
    (row,) = listing("imp_2").page(None, 9).rows
    assert row.payment_id == payment.payment_id


def test_an_order_that_is_not_registered_yet_is_found_by_its_ids_and_user() -> None:
    fresh = session(1, status="created")
    assert orders("김하나") == orders("hana@example.org") == []
    assert orders("hana") == orders(fresh.session_id) == orders() == [fresh.merchant_uid]


def test_money_of_an_order_that_was_never_issued_is_found_by_its_ids() -> None:
    session(1)
    stray = rows.payment(
        session(2),
        session_key=None,
        user_username=None,
        generation="v2",
        merchant_uid="stranger",
        created_at=NOW - timedelta(minutes=2),
    )
    assert orders("stranger") == orders(stray.imp_uid) == orders(stray.payment_id) == ["stranger"]
    assert "stranger" not in orders()
    assert orders("stranger", generation="v2", status="paid", pay_method="card", until=NOW) == ["stranger"]
    assert orders("stranger", generation="v1") == orders("stranger", item_id=uuid4()) == []
    (row,) = listing("stranger").page(None, 9).rows
    assert (row.session_id, row.username, row.buyer_name, row.pg_provider) == (None, None, None, "html5_inicis")


def test_filters() -> None:
    cart = session(3, merchant_uid="cart", line_count=2, amount=5_000, status="paid", paid_at=NOW, imp_uid="imp_1")
    other = rows.item(name="귤")
    second = {"item_id": other.id, "item_name": "귤", "unit_price": 500, "quantity": 1}
    rows.add(rows.PaymentLine(session_key=cart.id, position=1, **second))
    rows.payment(cart, pay_method="kakaopay")
    single = session(2, merchant_uid="single", pay_method="card", generation="v2")
    session(1, merchant_uid="last")

    assert orders(status="paid") == orders(pay_method="kakaopay") == orders(amount_from=5_000) == ["cart"]
    assert orders(item_id=other.id) == orders(item_id=cart.item_id) == ["cart"]
    assert orders(pay_method="card") == orders(generation="v2") == orders("김하나", generation="v2") == ["single"]
    assert orders(amount_to=4_999) == ["last", "single"]
    assert orders(since=single.created_at, until=NOW - timedelta(minutes=1)) == ["single"]
    assert orders("hana", status="paid", generation="v2") == []


@pytest.mark.parametrize("q", [None, "hana", "김하나"])
def test_pages_have_every_order_once(q: str | None) -> None:
    """Also of one moment, and while new ones are made."""
    known = {session(minutes, status="expired").merchant_uid for minutes in (1, 1, 1, 2, 3, 3)}
    search, found = listing(q), []
    page = search.page(None, 2)
    while True:
        found += [row.merchant_uid for row in page.rows]
        session(0, status="expired")
        if page.next is None:
            break
        page = search.page(page.next, 2)
    assert len(found) == 6
    assert set(found) == known


def copies(of: rows.PaymentSession, count: int) -> None:
    """Other sessions with the same data, each a second older."""
    db.session.execute(text(COPIES), {"id": of.id, "count": count})


def test_what_too_many_match_is_read_by_time() -> None:
    """A beginning of many names costs no more than the latest orders do."""
    first, step = session(1), order_listing.STEP
    copies(first, step + 10)
    session(9_000, merchant_uid="oldest", status="paid", paid_at=NOW, imp_uid="imp_1")
    assert listing("김하").page(None, 3).rows[0].merchant_uid == first.merchant_uid
    assert len(set(orders("김하", 1_000))) == step + 12

    rare = list(pages_of(listing("김하", status="paid")))
    assert [len(page.rows) for page in rare] == [0, 1]
    assert [page.searched_until is None for page in rare] == [False, True]
    assert [len(page.rows) for page in pages_of(listing(status="paid"))] == [0, 1]
    assert orders("oldest") == ["oldest"]


def test_orders_that_are_made_meanwhile_repeat_none() -> None:
    """Between the two queries of a page: the last order that it compared is on it, and on no other."""
    first, step = session(1), order_listing.STEP
    copies(first, step - 2)
    session(9_000, merchant_uid="rare", status="paid", paid_at=NOW, imp_uid="imp_1")
    session(9_001)

    def busy(query: Executable, values: dict[str, Any]) -> Sequence[Row[Any]]:
        found = read(query, values)
        session(0, status="expired")
        return found

    search = Listing(ListFilter(status="paid"), None, busy)
    assert [row.merchant_uid for page in pages_of(search) for row in page.rows] == ["rare"]


def test_an_id_is_found_beside_a_name_that_many_have() -> None:
    """Its place among the others is kept, and what an id of theirs names is there once."""
    first = session(1)
    copies(first, order_matches.MOST + 1)
    named = session(2_000, buyer_name="이하나", buyer_email="x@example.org", reference="김하")
    stray = {"session_key": None, "user_username": None, "generation": "v1", "merchant_uid": "김하"}
    rows.payment(first, created_at=NOW - timedelta(minutes=2, microseconds=1), **stray)
    found = orders("김하", 300)
    assert len(found) == len(set(found)) == order_matches.MOST + 4
    assert found[-1] == named.merchant_uid
    assert found.index("김하") == 61


FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"status": "paid", "generation": "v1", "pay_method": "card", "amount_from": 1, "amount_to": 2},
    {"item_id": uuid4(), "since": NOW, "until": NOW},
)


@pytest.mark.parametrize("q", [None, "김하", "hana@example.org", "010-1234-5678", "imp_1", "0" * 32])
def test_every_statement_reads_indexes(q: str | None) -> None:
    """Of the tables that grow, whatever the filters. What a text begins with is a range of an index."""
    read_plans = [plans(lambda: listing(q, **wanted).page((NOW, uuid4()), 20)) for wanted in FILTERS]  # noqa: B023
    for plan in chain(*read_plans):
        assert "Seq Scan" not in plan, plan
    if q is not None:
        lookup = next(plan for plan in read_plans[0] if "ix_payment_sessions_buyer_name" in plan)
        for index in ("name", "email", *(["tel"] if q.startswith("010") else [])):
            using = rf"Index (Only )?Scan using ix_payment_sessions_buyer_{index} .*\n +Index Cond: .*>=.*<"
            assert re.search(using, lookup), lookup


def test_the_latest_orders_are_read_in_their_order() -> None:
    """No further than the page is long: neither all of them nor those of a step are sorted."""
    page, *_ = plans(lambda: listing(status="paid").page((NOW, uuid4()), 20))
    outer, _, attempts = page.partition("payment_history")
    assert "Index Scan Backward using ix_payment_sessions_created" in page
    assert "Sort Key: payment_sessions.created_at" not in page
    assert "Sort Key: session.created_at" not in page
    assert "ix_payment_history_session" in attempts or "uq_payment_history" in attempts, outer
