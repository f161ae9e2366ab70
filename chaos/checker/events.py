"""Events: each of the ledger of events reached the shop's own server, unchanged, and none was invented.

The server has noted what arrived. At least once is the promise, so an event that arrived several times is no loss.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.checker.snapshot import Row, Snapshot


def events_missing(snapshot: Snapshot) -> Iterator[str]:
    """An event of the ledger did not arrive at the shop's own server."""
    arrived = {note["event_id"] for note in snapshot.noted("received") if note["verified"]}
    for event in snapshot.shop_events:
        if event["event_id"] not in arrived:
            state = event["delivery"] or "without a message"
            yield f"{event['event_id']} ({event['type']} of {event['session_id']}) is {state} by the books"


def events_forged(snapshot: Snapshot) -> Iterator[str]:
    """An event arrived with a wrong signature, is not in the ledger, or says something else than the ledger."""
    known = {event["event_id"]: event for event in snapshot.shop_events}
    for note in snapshot.noted("received"):
        name = note["event_id"]
        if not note["verified"]:
            yield f"{name} has a wrong signature"
        elif name not in known:
            yield f"{name} is not in the ledger"
        elif _said(note["content"]) != _said(known[name] | {"id": name}):
            yield f"{name}: {_said(note['content'])} arrived, {_said(known[name] | {'id': name})} is in the ledger"


def events_out_of_sequence(snapshot: Snapshot) -> Iterator[str]:
    """The sequence numbers of a session's events are not 1, 2, 3 without gaps."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for event in snapshot.shop_events:
        if event["session_id"] is not None:
            numbers[event["session_id"]].append(event["sequence"])
    for session in snapshot.sessions.values():
        found = sorted(numbers[session["session_id"]])
        if found != list(range(1, session["event_count"] + 1)):
            yield f"{session['session_id']} counts {session['event_count']} events, and has numbers {found}"


def events_unwritten(snapshot: Snapshot) -> Iterator[str]:
    """A payment or a refund has no event, or several, or one of another amount."""
    paid: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for event in snapshot.shop_events:
        paid[event["session_id"]] += event["type"] == "payment.paid"
        if event["type"] in ("payment.cancelled", "payment.partially_cancelled"):
            # An account that was withdrawn before its deposit has no refund.
            back[event["session_id"]] += event["data"].get("refund", {}).get("amount", 0)
    for key, session in snapshot.sessions.items():
        name, payment = session["session_id"], snapshot.accepted.get(key)
        due = (1, payment["cancelled_amount"]) if payment else (0, 0)
        if (paid[name], back[name]) != due:
            yield f"{name}: {paid[name]} events of a payment, {back[name]} KRW of refunds, instead of {due}"


def repeated(snapshot: Snapshot) -> int:
    """How many deliveries repeated an event that had arrived before."""
    arrived = Counter(note["event_id"] for note in snapshot.noted("received") if note["verified"])
    return arrived.total() - len(arrived)


def _said(event: Row) -> str:
    """What an event says, as text: without the time, which the tables and the messages spell differently."""
    return json.dumps([event["id"], event["type"], event["sequence"], event["data"]], sort_keys=True)
