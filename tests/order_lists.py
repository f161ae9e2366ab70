"""The operators' search of orders as tests use it."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from tests.shop import Json, Shop

PATH = "/operations/payments"
FILE = "/operations/payments.csv"
VIEWER = "viewer"

COPIES = """
INSERT INTO payment_sessions (session_id, merchant_uid, user_username, item_id, item_name, unit_price, amount,
    items_total, quantity, status, buyer_name, buyer_email, buyer_tel, expires_at, watch_until, created_at)
SELECT 'copy' || n, 'copy' || n, user_username, item_id, item_name, unit_price, amount, items_total, quantity,
    'expired', buyer_name, buyer_email, buyer_tel, expires_at, watch_until, created_at - make_interval(secs => n)
FROM payment_sessions, generate_series(1, :count) AS n WHERE id = :id
"""
"""SQL for: so many orders like this one, each a second older."""


def found(shop: Shop, q: str | None = None, **query: Any) -> list[Json]:
    """The orders of the first page."""
    if q is not None:
        query["q"] = q
    return list(shop.get(PATH, VIEWER, query_string=query)["items"])


def exported(shop: Shop, expected: int = 200, /, **query: Any) -> Any:
    """The answer to an export."""
    answer = shop.client.get(f"/api/v1{FILE}", headers=shop.login(VIEWER), query_string=query, buffered=True)
    assert answer.status_code == expected, answer.text
    return answer


def table(answer: Any) -> Sequence[Sequence[str]]:
    """The rows of a file, the header row among them."""
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True))
