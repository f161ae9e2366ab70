"""The input of the checker: PortOne's ledger, all tables, and the acknowledged requests and webhooks."""

import json
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

TABLES: Final[dict[str, LiteralString]] = {
    "sessions": "SELECT * FROM payment_sessions",
    "payments": "SELECT * FROM payment_history",
    "lines": "SELECT * FROM payment_lines ORDER BY session_key, position",
    "cancellations": "SELECT * FROM payment_cancellations ORDER BY number",
    "entries": "SELECT * FROM inventory_entries",
    "events": "SELECT session_key, max(at) AS at FROM payment_events GROUP BY session_key",
    "shop_events": "SELECT e.event_id, e.type, e.sequence, e.data, e.created_at, s.session_id, e.dead_at, ("
    "SELECT min(CASE WHEN m.delivered_at IS NOT NULL THEN 'delivered' WHEN m.dead_at IS NOT NULL THEN 'dead'"
    " ELSE 'not delivered' END) FROM outbound_messages m WHERE m.about_id = e.event_id) AS delivery"
    " FROM shop_events e LEFT JOIN payment_sessions s ON s.id = e.session_key ORDER BY e.number",
    "webhooks": "SELECT generation, imp_uid, merchant_uid, event_status, provider_cancellation_id, delivery_id, state,"
    " due_at, dead_at, attempts, copies FROM webhook_deliveries",
}


@dataclass(frozen=True)
class Snapshot:
    """All of it, read at one time. Rows are dictionaries by column name."""

    ledger: list[Row]
    sessions: dict[Any, Row]
    payments: dict[Any, Row]
    cancellations: list[Row]
    entries: list[Row]
    shop_events: list[Row]
    webhooks: list[Row]
    notes: list[Row]
    database: str
    of_order: dict[str, Row]
    by_attempt: dict[str, Row]
    accepted: dict[Any, Row]
    last_events: dict[Any, datetime]
    cancels_of: dict[Any, list[Row]]
    entries_of: dict[Any, list[Row]]
    lines_of: dict[Any, list[Row]]

    def kept(self, line: Row) -> int:
        """The amount of this payment that the shop has kept, by PortOne's ledger."""
        return int(line["amount"] - line["cancel_amount"]) if line["paid_at"] else 0

    def noted(self, *kinds: str) -> list[Row]:
        """The notes of these kinds."""
        return [note for note in self.notes if note["what"] in kinds]


def read_snapshot(database: str, simulator: str, notes: list[Row]) -> Snapshot:
    """Read the ledger and every table."""
    with urllib.request.urlopen(f"{simulator}/_sim/ledger", timeout=60) as answer:
        ledger = json.load(answer)["payments"]
    with psycopg.connect(database, row_factory=dict_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = {name: connection.execute(query).fetchall() for name, query in TABLES.items()}
    return build_snapshot({**tables, "ledger": ledger, "notes": notes}, database)


def build_snapshot(noted: dict[str, list[Row]], database: str) -> Snapshot:
    """The snapshot with its indexes."""
    sessions = {row["id"]: row for row in noted["sessions"]}
    payments = {row["id"]: row for row in noted["payments"]}
    return Snapshot(
        ledger=noted["ledger"],
        sessions=sessions,
        payments=payments,
        cancellations=noted["cancellations"],
        entries=noted["entries"],
        shop_events=noted["shop_events"],
        webhooks=noted["webhooks"],
        notes=noted["notes"],
        database=database,
        of_order={row["merchant_uid"]: row for row in sessions.values()},
        by_attempt={row["imp_uid"]: row for row in payments.values()},
        accepted={row["session_key"]: row for row in payments.values() if row["verdict"] == "accepted"},
        last_events={row["session_key"]: row["at"] for row in noted["events"]},
        cancels_of=_grouped(noted["cancellations"], "payment_key"),
        entries_of=_grouped(noted["entries"], "session_key"),
        lines_of=_grouped(noted["lines"], "session_key"),
    )


def _grouped(rows: list[Row], key: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups
