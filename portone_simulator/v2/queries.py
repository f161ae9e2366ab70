"""V2's queries: one payment, its attempts, lists by page and by cursor, and the list of events."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

from portone_simulator.call import Call
from portone_simulator.payment import Payment
from portone_simulator.state import Simulation
from portone_simulator.v2 import serializers
from portone_simulator.v2.endpoint import Body, Endpoint, body_of
from portone_simulator.v2.errors import V2Error, invalid, unknown_payment
from portone_simulator.v2.values import moment, one_of, record, some_of, stamp, text, whole
from portone_simulator.webhooks import Delivery

WINDOW: Final = 90 * 86400
"""The default period of a list without a start, in seconds."""
MOST_BY_PAGE, MOST_BY_CURSOR = 60_000, 1_000
STATUSES: Final = (
    *("READY", "PENDING", "VIRTUAL_ACCOUNT_ISSUED", "PAID", "FAILED", "PARTIAL_CANCELLED", "CANCELLED"),
    "PAY_PENDING",
)
"""The values of a list's `status`. `PAY_PENDING` is `PENDING` there; its own word is accepted as well."""
_TIMES: Final[dict[str, Callable[[Payment], int]]] = {
    "CREATED_AT": lambda payment: payment.started_at,
    "STATUS_CHANGED_AT": serializers.changed_at,
}
_OF_EVENTS: Final = (
    *("transactionId", "merchantId", "storeId", "version", "requestedAt", "orderName", "currency", "customer"),
    *("origin", "channel", "method", "customData", "pgTxId", "receiptUrl"),
)
"""The fields that an event repeats of its payment."""


def known(simulation: Simulation, call: Call, store: str | None = None) -> Payment:
    """The decisive attempt of the payment in the path. Raises V2Error, also for another store's."""
    strange = _strange(simulation, store if store is not None else call.request.args.get("storeId"))
    payment = None if strange else serializers.decisive(simulation.ledger.attempts(call.path_parts["payment_id"]))
    if payment is None:
        raise unknown_payment()
    return payment


def own_store(simulation: Simulation, store: str | None) -> None:
    """Raises V2Error for a store that does not belong to the secret."""
    if _strange(simulation, store):
        raise V2Error(403, "FORBIDDEN", "The API secret is not of this store.")


def _strange(simulation: Simulation, store: str | None) -> bool:
    return bool(store) and store != simulation.settings.v2_store_id


def shown(simulation: Simulation, payment: Payment) -> Body:
    """The payment object, with its webhooks."""
    webhooks = [webhook_object(each) for each in simulation.webhooks.about(payment.imp_uid)]
    return serializers.payment_object(payment, simulation.settings, webhooks)


def payment(simulation: Simulation, call: Call) -> Body:
    """`GET /payments/{paymentId}`."""
    return shown(simulation, known(simulation, call))


def transactions(simulation: Simulation, call: Call) -> Body:
    """`GET /payments/{paymentId}/transactions`: every attempt."""
    order = known(simulation, call).merchant_uid
    attempts = simulation.ledger.attempts(order)
    return {"items": [_attempt(shown(simulation, each), each.imp_uid, order) for each in attempts]}


def _attempt(item: Body, attempt_id: str, order: str) -> Body:
    """An attempt has fewer fields than a payment: of its cancels only those that were executed."""
    item |= {"id": attempt_id, "paymentId": order}
    hidden = {"transactionId", "origin", "disputes"} | ({"cancellations"} if item["status"] == "PAID" else set())
    return {name: value for name, value in item.items() if name not in hidden}


def listed(simulation: Simulation, call: Call) -> Body:
    """`GET /payments`, by page."""
    body = body_of(call)
    page, wanted = record(body, "page"), record(body, "filter")
    own_store(simulation, text(wanted, "storeId"))
    number, size = whole(page, "number") or 0, whole(page, "size")
    size = 10 if size is None else size
    if (number + 1) * size > MOST_BY_PAGE:
        raise invalid("Pages end at 60000 payments; use the cursor.")
    until = moment(wanted, "until", simulation.clock.now())
    since = moment(wanted, "from", until - WINDOW)
    time = _TIMES[one_of(wanted, "timestampType", tuple(_TIMES)) or "STATUS_CHANGED_AT"]
    statuses = {each.removeprefix("PAY_") for each in some_of(wanted, "status", STATUSES)}
    version = one_of(wanted, "version", ("V1", "V2"))
    found = [
        each
        for each in _orders(simulation)
        if since <= time(each) <= until
        and (not statuses or serializers.status_of(each).removeprefix("PAY_") in statuses)
        and version in (None, "V2" if each.v2 else "V1")
    ]
    items = [shown(simulation, each) for each in found[::-1][number * size : (number + 1) * size]]
    return {"items": items, "page": {"number": number, "size": size, "totalCount": len(found)}}


def by_cursor(simulation: Simulation, call: Call) -> Body:
    """`GET /payments-by-cursor`: in the order in which they were requested."""
    payments = ((f"{each.behind.started_no:012d}", each.started_at, each) for each in _orders(simulation))
    items = [
        {"payment": shown(simulation, each), "cursor": cursor} for cursor, each in _after(simulation, call, payments)
    ]
    return {"items": items}


def events(simulation: Simulation, call: Call) -> Body:
    """`GET /payment-events-by-cursor`: payments and cancels, ordered by time."""
    every = sorted(_events(simulation), key=lambda event: event[:2])
    numbered = ((f"{at:012d}-{name}", at, event) for at, name, event in every)
    return {
        "items": [{"paymentEvent": event, "cursor": cursor} for cursor, event in _after(simulation, call, numbered)]
    }


def _events(simulation: Simulation) -> Iterable[tuple[int, str, Body]]:
    for each in simulation.ledger.payments():
        if not each.received:
            continue
        yield (
            each.paid_at,
            each.imp_uid,
            _event(simulation, each, "PAID", each.amount) | {"disputes": serializers.disputes(each)},
        )
        taken = 0
        for entry in each.cancel_history:
            taken += entry.amount
            event = _event(
                simulation, each, "CANCELLED" if taken == each.amount else "PARTIAL_CANCELLED", -entry.amount
            )
            own = {"id": entry.cancellation_id, "createdAt": stamp(entry.cancelled_at)}
            yield (
                entry.cancelled_at,
                entry.cancellation_id,
                event | own | {"cancellation": serializers.executed(entry)},
            )


def _event(simulation: Simulation, payment: Payment, kind: str, amount: int) -> Body:
    """The fields of every event; id and time are those of the payment's own event."""
    all_told = serializers.payment_object(payment, simulation.settings, [])
    about: Body = {name: all_told[name] for name in _OF_EVENTS if name in all_told}
    names = {"id": f"{payment.imp_uid}-paid", "paymentId": payment.merchant_uid, "createdAt": stamp(payment.paid_at)}
    return {"type": kind, "eventAmount": amount, "totalAmount": all_told["amount"], **names, **about}


def _orders(simulation: Simulation) -> list[Payment]:
    """The decisive attempt of every order, oldest first."""
    orders = dict.fromkeys(each.merchant_uid for each in simulation.ledger.payments())
    return [found for order in orders if (found := serializers.decisive(simulation.ledger.attempts(order))) is not None]


def _after(simulation: Simulation, call: Call, entries: Iterable[tuple[str, int, Any]]) -> Iterable[tuple[str, Any]]:
    body = body_of(call)
    own_store(simulation, text(body, "storeId"))
    size = whole(body, "size") or 10
    if size > MOST_BY_CURSOR:
        raise invalid("size must not exceed 1000.")
    until = moment(body, "until", simulation.clock.now())
    since, cursor = moment(body, "from", until - WINDOW), text(body, "cursor") or ""
    fresh = ((name, each) for name, at, each in entries if name > cursor and since <= at <= until)
    return islice(fresh, size)


def webhook_object(delivery: Delivery) -> Body:
    """One delivery of a signed webhook."""
    signer, attempts = delivery.notification.signer, delivery.attempts
    shown: Body = {
        "id": signer.message_id if signer else "",
        "url": delivery.notification.url,
        "isAsync": False,
        "currentExecutionCount": len(attempts),
        "maxExecutionCount": 1 + len(delivery.notification.waits),
        "triggeredAt": stamp(delivery.due_at),
    }
    if attempts:
        trouble = "FAILED_NOT_OK_RESPONSE" if attempts[-1].status else "FAILED_UNEXPECTED_ERROR"
        shown["status"] = "SUCCEEDED" if attempts[-1].delivered else trouble
    return shown


ENDPOINTS: Final = (
    Endpoint("GET", "/payments", "payments.list", listed),
    Endpoint("GET", "/payments-by-cursor", "payments.list", by_cursor),
    Endpoint("GET", "/payment-events-by-cursor", "payments.list", events),
    Endpoint("GET", "/payments/<payment_id>", "payments.findAll|payments.get", payment),
    Endpoint("GET", "/payments/<payment_id>/transactions", "payments.findAll", transactions),
)
