"""The kind of work that delivers events to the shop's endpoints: at least once, without any order.

An endpoint that does not answer at all rests, for minutes at the most, and gets one message at a time until it answers.
One that answers slowly gets a share of the calls. So neither delays another endpoint. One that took nothing for days,
or answers 410, is paused until an operator resumes it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.shop_events import ShopEventType
from pitturu.outbound import deliver, webhooks
from pitturu.outbound.deliver import ClaimedMessage, Outcome
from pitturu.outbound.fairness import CallCounter, shares
from pitturu.outbound.message import DELIVER_EVENTS
from pitturu.outbound.rows import MESSAGES
from pitturu.outbound.senders import SENDERS
from pitturu.outbound.webhooks import EndpointGone, NoAnswer
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.store import claims, event_endpoints, event_messages, outbound
from pitturu.store.event_endpoints import GONE_AFTER, EventEndpoint
from pitturu.store.outbound import Channel, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork

AT_ONCE: Final = 32
"""Events that a process sends at once, in threads that only wait for endpoints. A single endpoint gets half of them."""

CALLS: Final = CallCounter()
"""Of this process."""

FIRST_REST: Final = timedelta(seconds=15)
LONGEST_REST: Final = timedelta(minutes=4)
"""Shorter than DUE_LIMIT by default, so that messages that wait for an endpoint are no backlog."""

PROBE: Final = timedelta(seconds=2 * webhooks.WHOLE)
"""How long one message is awaited before another worker may try the next one."""

TO_ENDPOINTS: Final = (OutboundMessage.channel == Channel.WEBHOOK, OutboundMessage.session_key.is_(None))


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[ClaimedMessage]:
    lease, known = context.settings.lease, {one.endpoint_id: one for one in event_endpoints.everything()}
    silent = [one for one in known.values() if one.enabled and one.rest_until is not None]
    others = known.keys() - {one.endpoint_id for one in silent}
    taken = shares(list(event_messages.waiting(others)), CALLS.calls(), room)
    rows = [
        row for endpoint_id, count in taken.items() for row in event_messages.claim(work, endpoint_id, count, lease)
    ]
    for one in silent:
        if one.rest_until is not None and one.rest_until > clock.now():
            event_messages.postpone(work, one.endpoint_id, one.rest_until)
        elif len(rows) < room and event_endpoints.begin_probe(work, one.endpoint_id, clock.now() + PROBE):
            rows += event_messages.claim(work, one.endpoint_id, 1, lease)
    if not rows:
        # Of an endpoint that was deleted by somebody who did not see these rows.
        left = OutboundMessage.destination.not_in(known)
        rows += claims.claim(work, OutboundMessage, room, lease, *TO_ENDPOINTS, left)
    receivers = {name: known[name].receiver for name in {row.destination for row in rows} & known.keys()}
    return [deliver.claimed_message(row, receivers.get(row.destination)) for row in rows]


def _ask(context: WorkerContext, claimed: ClaimedMessage) -> Outcome:
    message = claimed.message
    if message.receiver is None:
        return Outcome("withdrawn, because its endpoint was deleted", delivered=False)
    if message.receiver.paused and message.content["type"] != ShopEventType.ENDPOINT_TEST:
        return Outcome(event_messages.PAUSED, delivered=False)
    with CALLS.counted(message.receiver.endpoint_id):
        return Outcome(SENDERS[message.channel](context.settings, message), delivered=True)


def _apply(context: WorkerContext, work: UnitOfWork, claimed: ClaimedMessage, outcome: Outcome | GatewayError) -> None:
    receiver = claimed.message.receiver
    if isinstance(outcome, Outcome) and outcome.answer == event_messages.PAUSED:
        _withdraw_if_paused(work, claimed, outcome)
        return
    if isinstance(outcome, EndpointGone) and receiver is not None and not _can_pause(work, receiver.endpoint_id):
        # An event that died with its endpoint enabled would wait for nobody: the next try is answered with 410 again.
        outcome = GatewayError(Reaction.TRY_AGAIN, outcome.message)
    deliver.apply(context, work, claimed, outcome)
    if receiver is None or (isinstance(outcome, Outcome) and not (outcome.delivered and receiver.troubled)):
        return
    endpoint = event_endpoints.lock_unless_busy(work, receiver.endpoint_id)
    if endpoint is None or not endpoint.enabled:
        return
    if isinstance(outcome, Outcome):
        if endpoint.rest_until is not None:
            event_messages.hurry(work, endpoint.endpoint_id)
            work.wake(DELIVER_EVENTS)
        endpoint.failing_since, endpoint.rest_until, endpoint.silences = None, None, 0
    else:
        _failed(endpoint, outcome, probing=receiver.troubled)


def _can_pause(work: UnitOfWork, endpoint_id: str) -> bool:
    """Whether the endpoint is locked for this transaction now; not while messages of new events are made for it."""
    return event_endpoints.lock_unless_busy(work, endpoint_id) is not None


def _withdraw_if_paused(work: UnitOfWork, claimed: ClaimedMessage, outcome: Outcome) -> None:
    """Close a message to a paused endpoint. If that was resumed since the claim, or is being resumed, it is due again:
    resuming took it for one that is sent."""
    row = outbound.lock(work, claimed.key)
    if row.due_at != claimed.until:
        return
    endpoint = event_endpoints.lock_unless_busy(work, row.destination)
    if endpoint is None or endpoint.enabled:
        row.due_at = clock.now()
    else:
        row.close(outcome.answer, delivered=False)


def _failed(endpoint: EventEndpoint, error: GatewayError, *, probing: bool) -> None:
    """The endpoint did not take an event: it rests where it did not answer, or is paused where it is gone."""
    now = clock.now()
    endpoint.failing_since = endpoint.failing_since or now
    if isinstance(error, EndpointGone):
        endpoint.pause("It answered HTTP 410: it wants no more events.", gone=True)
    elif endpoint.failing_since <= now - GONE_AFTER:
        endpoint.pause(f"It took no event for {GONE_AFTER.days} days. The last try: {error.message}", gone=True)
    elif isinstance(error, NoAnswer):
        # Of several messages that were under way when it fell silent, the first one counts.
        if endpoint.rest_until is None or probing:
            endpoint.rest_until = now + min(FIRST_REST * 2 ** min(endpoint.silences, 10), LONGEST_REST)
            endpoint.silences = min(endpoint.silences + 1, 100)
    else:
        endpoint.rest_until, endpoint.silences = None, 0


HANDLER: Final = JobHandler(
    name="outbound.deliver_events",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    due_rows=TO_ENDPOINTS,
    doing="delivering the event",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=deliver.postpone,
    prefetch=deliver.prefetch,
    own_slots=AT_ONCE,
    partial=True,
)
