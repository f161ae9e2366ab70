"""Acknowledgements: every 2xx response has its effect in the database, once, with an outcome."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from chaos.checker.snapshot import Row, Snapshot

FINAL = ("paid", "partially_cancelled", "cancelled", "failed", "mismatched", "expired")
DECIDED = ("succeeded", "refused", "rejected")


def sessions_not_final(snapshot: Snapshot) -> Iterator[str]:
    """A session without an outcome. Only one that awaits a deposit may be open, until its deadline."""
    now = datetime.now(UTC)
    for session in snapshot.sessions.values():
        waits = session["status"] == "awaiting_deposit" and session["expires_at"] > now
        if session["status"] not in FINAL and not waits:
            yield f"{session['session_id']} is {session['status']}, its time was over at {session['expires_at']}"


def work_left(snapshot: Snapshot) -> Iterator[str]:
    """A row that is overdue, dead, or due without work."""
    now = datetime.now(UTC)
    for session in snapshot.sessions.values():
        if session["dead_at"] or (session["due_at"] and session["due_at"] < now):
            yield f"{session['session_id']} waits for {session['next_job']} since {session['due_at']}"
    for row in snapshot.cancellations:
        if row["stage"] not in DECIDED:
            yield f"{row['cancellation_id']} ({row['amount']} KRW, by {row['name'] or row['origin']}) is {row['stage']}"


def sessions_lost(snapshot: Snapshot) -> Iterator[str]:
    """A session that was acknowledged with 201 does not exist."""
    known = {session["session_id"] for session in snapshot.sessions.values()}
    for note in snapshot.noted("opened"):
        if note["session_id"] not in known:
            yield f"purchase {note['purchase']}: {note['session_id']} is not in the books"


def sessions_doubled(snapshot: Snapshot) -> Iterator[str]:
    """One session was opened, with a repeated request, and two exist."""
    opened = Counter(session["buyer_email"] for session in snapshot.sessions.values())
    yield from (f"{buyer} has {count} sessions" for buyer, count in opened.items() if count > 1)


def verifies_lost(snapshot: Snapshot) -> Iterator[str]:
    """A verify was acknowledged with 202, and its session has no outcome."""
    known = {session["session_id"]: session for session in snapshot.sessions.values()}
    for note in snapshot.noted("verified"):
        session = known.get(note["session_id"])
        if note["status"] == 202 and (session is None or session["status"] in ("created", "prepared", "verifying")):
            yield f"{note['session_id']} is {session['status'] if session else 'not in the books'}"


def cancels_lost(snapshot: Snapshot) -> Iterator[str]:
    """A cancel was acknowledged with 202, and it does not exist or is undecided."""
    stages = {row["cancellation_id"]: row["stage"] for row in snapshot.cancellations}
    for note in snapshot.noted("cancel"):
        if note["status"] != 202:
            continue
        if not note["cancellations"]:
            yield f"{note['payment_id']}: the answer to a cancel names none"
        for name in note["cancellations"]:
            if stages.get(name) not in DECIDED:
                yield f"{name} of {note['payment_id']} is {stages.get(name, 'not in the books')}"


def webhooks_lost(snapshot: Snapshot) -> Iterator[str]:
    """A webhook was acknowledged with 200, and it is not in the inbox or was not processed."""
    v1 = {_v1(row): row for row in snapshot.webhooks if row["generation"] == "v1"}
    v2 = {row["delivery_id"]: row for row in snapshot.webhooks if row["generation"] == "v2"}
    for note in snapshot.noted("webhook"):
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
        elif row["merchant_uid"] in snapshot.of_order and row["state"] not in _ends_as(row, snapshot):
            yield f"{noted} was acknowledged, and is {row['state']}"


def forged_webhooks_accepted(snapshot: Snapshot) -> Iterator[str]:
    """A forged webhook was accepted, or a webhook about an unknown order was treated as ours."""
    for note in snapshot.noted("forged"):
        if note["status"] != 401:
            yield f"a V2 webhook with a wrong signature about {note['merchant_uid']} was answered with {note['status']}"
    for row in snapshot.webhooks:
        if row["state"] == "done" and row["merchant_uid"] not in snapshot.of_order:
            yield f"a webhook about {row['merchant_uid']}, which nobody issued, counts as done"


def unexpected_answers(snapshot: Snapshot) -> Iterator[str]:
    """A permitted verify or cancel of a buyer got a response that the API does not define."""
    for note in snapshot.noted("verified", "cancel"):
        if note["status"] not in (202, 409, 422):
            yield f"{note}"


def _ends_as(row: Row, snapshot: Snapshot) -> tuple[str, ...]:
    """The final states of a webhook: V1's unsigned form about an order of V2 is ignored, unless an answer closed it."""
    unsigned = row["generation"] == "v1" and snapshot.of_order[row["merchant_uid"]].get("generation") == "v2"
    return ("done", "ignored") if unsigned else ("done",)


def _v1(row: Row) -> tuple[str, str, str, str]:
    return row["imp_uid"], row["merchant_uid"], row["event_status"], row["provider_cancellation_id"]
