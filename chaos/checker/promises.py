"""Promises: every 2xx that somebody was given is in the books, with an outcome, once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from chaos.checker.evidence import Evidence, Row

FINAL = ("paid", "partially_cancelled", "cancelled", "failed", "mismatched", "expired")
DECIDED = ("succeeded", "refused")


def sessions_not_final(evidence: Evidence) -> Iterator[str]:
    """A session without an outcome. Only one that awaits a deposit may wait, until its deadline."""
    now = datetime.now(UTC)
    for session in evidence.sessions.values():
        waits = session["status"] == "awaiting_deposit" and session["expires_at"] > now
        if session["status"] not in FINAL and not waits:
            yield f"{session['session_id']} is {session['status']}, its time was over at {session['expires_at']}"


def work_left(evidence: Evidence) -> Iterator[str]:
    """A row that is overdue, was given up, or waits for nothing."""
    now = datetime.now(UTC)
    for session in evidence.sessions.values():
        if session["dead_at"] or (session["due_at"] and session["due_at"] < now):
            yield f"{session['session_id']} waits for {session['next_job']} since {session['due_at']}"
    for row in evidence.cancellations:
        if row["stage"] not in DECIDED:
            yield f"{row['cancellation_id']} ({row['amount']} KRW, by {row['name'] or row['origin']}) is {row['stage']}"


def sessions_lost(evidence: Evidence) -> Iterator[str]:
    """A buyer was told 201, and there is no such session."""
    known = {session["session_id"] for session in evidence.sessions.values()}
    for note in evidence.noted("opened"):
        if note["session_id"] not in known:
            yield f"purchase {note['purchase']}: {note['session_id']} is not in the books"


def sessions_doubled(evidence: Evidence) -> Iterator[str]:
    """A buyer opened one session and repeated the request, and there are two."""
    opened = Counter(session["buyer_email"] for session in evidence.sessions.values())
    yield from (f"{buyer} has {count} sessions" for buyer, count in opened.items() if count > 1)


def verifies_lost(evidence: Evidence) -> Iterator[str]:
    """A buyer was told 202 for a verify, and the session does not know what became of it."""
    known = {session["session_id"]: session for session in evidence.sessions.values()}
    for note in evidence.noted("verified"):
        session = known.get(note["session_id"])
        if note["status"] == 202 and (session is None or session["status"] in ("created", "prepared", "verifying")):
            yield f"{note['session_id']} is {session['status'] if session else 'not in the books'}"


def cancels_lost(evidence: Evidence) -> Iterator[str]:
    """A buyer was told 202 for a cancel, and it is not there or not decided."""
    stages = {row["cancellation_id"]: row["stage"] for row in evidence.cancellations}
    for note in evidence.noted("cancel"):
        if note["status"] != 202:
            continue
        if not note["cancellations"]:
            yield f"{note['payment_id']}: the answer to a cancel names none"
        for name in note["cancellations"]:
            if stages.get(name) not in DECIDED:
                yield f"{name} of {note['payment_id']} is {stages.get(name, 'not in the books')}"


def webhooks_lost(evidence: Evidence) -> Iterator[str]:
    """PortOne was told 200 for a webhook, and it is not in the inbox or was never acted on."""
    v1 = {_v1(row): row for row in evidence.webhooks if row["generation"] == "v1"}
    v2 = {row["delivery_id"]: row for row in evidence.webhooks if row["generation"] == "v2"}
    for note in evidence.noted("webhook"):
        noted = note["payload"]
        name = (
            noted.get("imp_uid"),
            noted.get("merchant_uid"),
            noted.get("status"),
            noted.get("cancellation_id") or "",
        )
        row = v2.get(note["webhook_id"]) if note["webhook_id"] else v1.get(name)
        if row is None:
            yield f"{noted} was acknowledged, and is not in the inbox"
        elif row["merchant_uid"] in evidence.of_order and row["state"] != "done":
            yield f"{noted} was acknowledged, and is {row['state']}"


def forgeries_believed(evidence: Evidence) -> Iterator[str]:
    """A forged webhook was let in, or one about nobody's order was taken for ours."""
    for note in evidence.noted("forged"):
        if note["status"] != 401:
            yield f"a V2 webhook with a wrong signature about {note['merchant_uid']} was answered with {note['status']}"
    for row in evidence.webhooks:
        if row["state"] == "done" and row["merchant_uid"] not in evidence.of_order:
            yield f"a webhook about {row['merchant_uid']}, which nobody issued, counts as done"


def answers_of_the_shop(evidence: Evidence) -> Iterator[str]:
    """A verify or a cancel of a buyer who may ask was answered with what no contract foresees."""
    for note in evidence.noted("verified", "cancel"):
        if note["status"] not in (202, 409, 422):
            yield f"{note}"


def _v1(row: Row) -> tuple[str, str, str, str]:
    return row["imp_uid"], row["merchant_uid"], row["event_status"], row["provider_cancellation_id"]
