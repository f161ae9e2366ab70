"""Orders as CSV (RFC 4180) for spreadsheets: UTF-8 with a byte order mark, CRLF, times of Korea."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from pitturu.api.schemas.order_listing import ExportLanguage, ListedOrderSchema
from pitturu.domain import clock

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for the system's own encoding."""

FIELDS: Final = tuple(ListedOrderSchema().fields)

_KOREAN: Final[Mapping[str, str]] = {
    "session_id": "세션 ID",
    "payment_id": "결제 ID",
    "merchant_uid": "주문번호 (merchant_uid)",
    "imp_uid": "포트원 거래번호 (imp_uid)",
    "reference": "쇼핑몰 주문번호",
    "username": "사용자",
    "buyer_name": "구매자",
    "buyer_email": "이메일",
    "buyer_tel": "전화번호",
    "status": "상태",
    "item_name": "상품",
    "line_count": "품목 수",
    "amount": "주문 금액",
    "refunded_amount": "환불 금액",
    "currency": "통화",
    "pay_method": "결제수단",
    "pg_provider": "PG",
    "generation": "포트원 버전",
    "created_at": "주문 시각 (Asia/Seoul)",
    "paid_at": "결제 시각 (Asia/Seoul)",
}
_ENGLISH: Final = {name: f"{name} (Asia/Seoul)" if name.endswith("_at") else name for name in FIELDS}
_HEADERS: Final = {ExportLanguage.KO: _KOREAN, ExportLanguage.EN: _ENGLISH}

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet may evaluate. Buyers write names, and operators open the file."""


def header(language: ExportLanguage) -> str:
    """The byte order mark and the header row."""
    names = _HEADERS[language]
    return BYTE_ORDER_MARK + _written([[names[field] for field in FIELDS]])


def lines(orders: Iterable[Any]) -> str:
    """A line for each order."""
    return _written([_cell(getattr(order, field)) for field in FIELDS] for order in orders)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.SEOUL):%Y-%m-%d %H:%M:%S}"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _written(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
