"""Faults of an answer that lists payments: entries that are missing, old, in another order, or wrong.

PortOne documents neither which attempts of an order `GET /payments` lists nor in which order. Wrong entries are what a
client must not believe; no server is known to send them.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

from portone_simulator.faults import Fault

Entry = Mapping[str, Any]

STRANGER: Final = "order-of-somebody-else"


def altered(fault: Fault, entries: Sequence[Entry]) -> list[Entry]:
    """The entries with this fault; one that names a payment or an order concerns only its entries."""
    if fault.kind == "reordered":
        return random.sample(entries, len(entries))
    if fault.kind == "left_out":
        return [entry for entry in entries if not _concerned(fault, entry)]
    if fault.kind == "older_attempt":
        oldest = _oldest(entries)
        return [entry for entry in entries if not _concerned(fault, entry) or entry["imp_uid"] in oldest]
    if fault.kind == "wrong_amount":
        return [{**entry, "amount": entry["amount"] + 100} if _concerned(fault, entry) else entry for entry in entries]
    others = [entry["merchant_uid"] for entry in entries if not _concerned(fault, entry)] or [STRANGER]
    return [{**entry, "merchant_uid": others[0]} if _concerned(fault, entry) else entry for entry in entries]


def _oldest(entries: Sequence[Entry]) -> set[str]:
    """The attempt of each order that was started first; entries list the newest one first."""
    first: dict[str, Entry] = {}
    for entry in entries:
        known = first.setdefault(entry["merchant_uid"], entry)
        if entry["started_at"] <= known["started_at"]:
            first[entry["merchant_uid"]] = entry
    return {str(entry["imp_uid"]) for entry in first.values()}


def _concerned(fault: Fault, entry: Entry) -> bool:
    named = {uid for uid in (fault.imp_uid, fault.merchant_uid) if uid}
    return not named or bool(named & {entry["imp_uid"], entry["merchant_uid"]})
