"""Messages are rows of work: each arrives at least once, or is dead after three days, listed and replayable."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.operator_actions import Thing
from pitturu.extensions import db
from pitturu.outbound import deliver
from pitturu.services import services_of
from pitturu.store import outbound
from pitturu.store.outbound import Channel, MessageStatus, OutboundMessage
from pitturu.store.unit_of_work import unit_of_work
from pitturu.worker import sweep
from tests.outbound.receivers import KIM, Receivers
from tests.portone.faulty_server import Peer, http, says
from tests.shop import Shop
from tests.waiting import until

Turn = Callable[[timedelta], None]
SLACK, MAIL = (Channel.SLACK, ""), (Channel.EMAIL, KIM)
DOWN = says(http(b"", 503))


def add(shop: Shop, channel: Channel = Channel.SLACK, destination: str = "", key: str = "key") -> None:
    """A message that is due."""
    content = {"subject": f"subject of {key}", "text": "text"}
    with shop.app.app_context(), unit_of_work() as work:
        outbound.add_once(work, channel, destination, content, key, Thing("alert", "alt1"))


def rows(shop: Shop) -> list[OutboundMessage]:
    """All messages, oldest first."""
    with shop.app.app_context():
        return list(db.session.scalars(select(OutboundMessage).order_by(OutboundMessage.created_at)))


def the_row(shop: Shop) -> OutboundMessage:
    (row,) = rows(shop)
    return row


def to_the_next_try(shop: Shop) -> None:
    """Advance the clock to when the message is due, and let a worker try."""
    due = the_row(shop).due_at
    assert due is not None
    clock.use(lambda: due)
    shop.engine.work(deliver.HANDLER)


def terminal(shop: Shop, *words: str) -> str:
    """The output of `flask pitturu WORDS`."""
    return shop.app.test_cli_runner().invoke(args=["pitturu", *words]).output


def test_each_message_is_sent_to_its_recipient(shop: Shop, receivers: Receivers) -> None:
    add(shop, *SLACK, key="one")
    add(shop, *MAIL, key="two")
    shop.drain()
    assert (receivers.posted, receivers.subjects) == (["*subject of one*\ntext"], ["subject of two"])
    assert [(row.status, row.answer, row.due_at) for row in rows(shop)] == [
        (MessageStatus.DELIVERED, "200 ok", None),
        (MessageStatus.DELIVERED, "250 2.0.0 accepted by the tests", None),
    ]
    assert "waits for  nothing: 200 ok" in terminal(shop, "why", rows(shop)[0].message_id)


def test_the_same_message_is_added_once(shop: Shop, receivers: Receivers) -> None:
    add(shop)
    add(shop)
    shop.drain()
    assert len(receivers.posted) == 1


def test_after_three_days_of_tries_it_is_dead(shop: Shop, receivers: Receivers) -> None:
    receivers.slack.behaviour = DOWN
    add(shop)
    shop.drain()
    first = the_row(shop)
    waits: list[timedelta] = []
    while len(receivers.posted) < deliver.THREE_DAYS.attempts:
        before = clock.now()
        to_the_next_try(shop)
        waits.append(clock.now() - before)
    dead = the_row(shop)
    assert timedelta(days=2.4) < clock.now() - first.created_at < timedelta(days=3.6)
    assert (dead.status, dead.due_at) == (MessageStatus.DEAD, None)
    assert max(waits) <= timedelta(hours=1)
    assert waits[0] < timedelta(seconds=6)


def test_a_dead_one_is_listed_explained_and_replayed(shop: Shop, receivers: Receivers) -> None:
    """By the API and at a terminal, with no code but the registration."""
    receivers.mail.on_rcpt = "550 5.1.1 no such user"
    add(shop, *MAIL)
    shop.drain()
    name = the_row(shop).message_id
    shop.login("operator", "admin")
    (listed,) = shop.get("/operations/dead?kind=message", "operator")["items"]
    assert (listed["kind"], listed["id"], listed["status"], listed["turn"]) == ("message", name, "dead", "operator")
    assert "550 5.1.1 no such user" in listed["last_error"]
    (explained,) = shop.get(f"/operations/why/{name}", "operator")["items"]
    assert explained == {field: listed[field] for field in explained}
    assert KIM not in str(listed)
    assert name in terminal(shop, "dead")

    receivers.mail.on_rcpt = "250 ok"
    assert shop.post("/operations/replay", {"ids": [name]}, "operator")["replayed"] == [name]
    shop.drain()
    assert (the_row(shop).status, receivers.subjects) == (MessageStatus.DELIVERED, ["subject of key"])
    assert "It waits for nothing" in terminal(shop, "replay", name)


def test_a_dead_one_blocks_none_behind_it(shop: Shop, receivers: Receivers) -> None:
    receivers.mail.on_rcpt = "550 no such user"
    add(shop, *MAIL, key="first")
    shop.drain()
    receivers.mail.on_rcpt = "250 ok"
    add(shop, *MAIL, key="second")
    shop.drain()
    assert receivers.subjects == ["subject of second"]


def test_a_removed_recipient_gets_nothing(shop: Shop, receivers: Receivers) -> None:
    """So that dead messages to somebody who has left can be closed by replaying them."""
    add(shop, Channel.EMAIL, "left@example.com")
    shop.drain()
    assert (the_row(shop).status, receivers.subjects) == (MessageStatus.WITHDRAWN, [])
    assert "no longer in the settings" in terminal(shop, "why", the_row(shop).message_id)


def test_a_lost_answer_is_a_second_delivery(shop: Shop, receivers: Receivers) -> None:
    receivers.slack.behaviour = Peer.reset
    add(shop)
    shop.drain()
    assert (the_row(shop).status, len(receivers.posted)) == (MessageStatus.PENDING, 1)
    assert "delivering the message (slack, about alert alt1) has failed" in terminal(
        shop, "why", the_row(shop).message_id
    )
    shop.login("operator", "admin")
    assert shop.get(f"/operations/why/{the_row(shop).message_id}", "operator")["items"][0]["turn"] == "worker"
    receivers.slack.behaviour = says(http(b"ok"))
    to_the_next_try(shop)
    assert (the_row(shop).status, len(receivers.posted)) == (MessageStatus.DELIVERED, 2)


def test_a_worker_that_dies_is_replaced_when_its_lease_ends(shop: Shop, receivers: Receivers, turn: Turn) -> None:
    add(shop)
    with shop.engine.transaction() as work:
        assert len(deliver.HANDLER.claim(shop.engine.context, work, 5)) == 1
    shop.drain()
    assert receivers.posted == []
    turn(services_of(shop.app).settings.lease)
    shop.drain()
    assert len(receivers.posted) == 1


def test_it_waits_for_as_long_as_the_receiver_asks(shop: Shop, receivers: Receivers) -> None:
    receivers.slack.behaviour = says(http(b"", 429, "Retry-After: 1800"))
    add(shop)
    before = clock.now()
    shop.drain()
    due = the_row(shop).due_at
    assert due is not None
    assert due - before >= timedelta(minutes=30)


def test_a_late_failure_takes_nothing_from_another_worker(shop: Shop, receivers: Receivers, turn: Turn) -> None:
    """Its lease ended while it waited; meanwhile another one has claimed or delivered the message."""
    add(shop)
    handler, context = deliver.HANDLER, shop.engine.context
    with shop.engine.transaction() as work:
        (slow,) = handler.claim(context, work, 5)
    turn(timedelta(minutes=2))
    with shop.engine.transaction() as work:
        (other,) = handler.claim(context, work, 5)
    with shop.engine.transaction() as work:
        handler.apply(context, work, slow, GatewayError(Reaction.STOP, "refused"))
    assert (the_row(shop).status, the_row(shop).due_at) == (MessageStatus.PENDING, other.until)
    with shop.engine.transaction() as work:
        handler.apply(context, work, other, handler.ask(context, other))
    with shop.engine.transaction() as work:
        handler.apply(context, work, slow, GatewayError(Reaction.TRY_AGAIN, "late"))
    assert (the_row(shop).status, the_row(shop).last_error) == (MessageStatus.DELIVERED, None)


def test_content_that_cannot_be_rendered_is_postponed(shop: Shop, receivers: Receivers) -> None:
    with shop.app.app_context(), unit_of_work() as work:
        outbound.add_once(work, Channel.SLACK, "", {}, "broken", Thing("alert", "alt1"))
    shop.drain()
    row = the_row(shop)
    assert (row.status, row.last_error) == (MessageStatus.PENDING, "KeyError: 'subject'")


def test_a_receiver_that_hangs_occupies_no_slot_of_portone(shop: Shop, receivers: Receivers) -> None:
    release = threading.Event()

    def hang(peer: Peer) -> None:
        release.wait(60)
        peer.send(http(b"ok"))

    receivers.slack.behaviour = hang
    for number in range(deliver.AT_ONCE + 5):
        add(shop, key=str(number))
    delivering = threading.Thread(target=shop.engine.work, args=(deliver.HANDLER,))
    delivering.start()
    try:
        until(lambda: len(receivers.posted) == deliver.AT_ONCE, "as many messages as may be in flight")
        pending = {row.due_at for row in rows(shop)}
        assert len([due for due in pending if due and due <= clock.now()]) == 5, "no more were claimed"
    finally:
        release.set()
        delivering.join(60)
    assert len(receivers.posted) == deliver.AT_ONCE + 5


@pytest.mark.parametrize(("age", "kept"), [(timedelta(days=89), 1), (timedelta(days=91), 0)])
def test_delivered_messages_are_deleted_in_the_end(
    shop: Shop, receivers: Receivers, turn: Turn, age: timedelta, kept: int
) -> None:
    add(shop)
    shop.drain()
    turn(age)
    clean(shop)
    assert len(rows(shop)) == kept


def test_what_is_pending_or_dead_is_never_deleted(shop: Shop, receivers: Receivers, turn: Turn) -> None:
    receivers.slack.behaviour, receivers.mail.on_rcpt = DOWN, "550 no"
    add(shop, *SLACK, key="pending")
    add(shop, *MAIL, key="dead")
    shop.drain()
    turn(timedelta(days=1000))
    clean(shop)
    assert {row.status for row in rows(shop)} == {MessageStatus.PENDING, MessageStatus.DEAD}


def clean(shop: Shop) -> Any:
    """What housekeeping does every hour."""
    with shop.engine.transaction():
        return sweep.clean()
