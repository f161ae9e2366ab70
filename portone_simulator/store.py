"""The file that keeps the state over a restart: every change is written before the response."""

import json
import sqlite3
from pathlib import Path

from portone_simulator.answers import written_json
from portone_simulator.payment import Payment, Preparation

_TABLES = """
CREATE TABLE IF NOT EXISTS payments (imp_uid TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS preparations (merchant_uid TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
"""


class Store:
    """Payments, preparations and the clock's offset in one sqlite file, or in memory when there is no path.

    Write-ahead logging without a sync per write survives the death of this process (a kill -9), which is what is
    promised here, and not the death of the machine. Only one thread at a time uses it.
    """

    def __init__(self, path: Path | None) -> None:
        self._base = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.executescript(_TABLES)

    def keep_payment(self, payment: Payment) -> None:
        """Insert or update one payment."""
        body = written_json(payment)
        self._base.execute("INSERT OR REPLACE INTO payments VALUES (?, ?)", (payment.imp_uid, body))

    def keep_preparation(self, preparation: Preparation) -> None:
        """Insert or update one preparation."""
        body = written_json(preparation)
        self._base.execute("INSERT OR REPLACE INTO preparations VALUES (?, ?)", (preparation.merchant_uid, body))

    def drop_preparation(self, merchant_uid: str) -> None:
        """Delete one preparation."""
        self._base.execute("DELETE FROM preparations WHERE merchant_uid = ?", (merchant_uid,))

    def keep_offset(self, seconds: float) -> None:
        """Store the clock's offset."""
        self._base.execute("INSERT OR REPLACE INTO facts VALUES ('clock_offset', ?)", (seconds,))

    def payments(self) -> list[Payment]:
        """All payments, in the order in which their windows opened."""
        rows = self._base.execute("SELECT body FROM payments")
        found = [Payment.restored(json.loads(body)) for (body,) in rows]
        return sorted(found, key=lambda payment: payment.behind.started_no)

    def preparations(self) -> list[Preparation]:
        """All registered amounts."""
        rows = self._base.execute("SELECT body FROM preparations")
        return [Preparation(**json.loads(body)) for (body,) in rows]

    def offset(self) -> float:
        """The clock's offset when it was last written."""
        row = self._base.execute("SELECT value FROM facts WHERE name = 'clock_offset'").fetchone()
        return float(row[0]) if row else 0.0

    def wipe(self) -> None:
        """Delete everything."""
        self._base.executescript("DELETE FROM payments; DELETE FROM preparations; DELETE FROM facts;")

    def close(self) -> None:
        """Checkpoint the log and close the file."""
        self._base.close()
