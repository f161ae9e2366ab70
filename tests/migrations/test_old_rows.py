"""Rows written before a migration say the same after it in the new columns, and in the old ones after a downgrade."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from psycopg.errors import UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pitturu.extensions import db

USER = "INSERT INTO users (username, role) VALUES (:name, 'buyer')"
ITEM = "INSERT INTO items (id, name, price) VALUES (:id, '감귤', 1000)"
SESSION = """
    INSERT INTO payment_sessions (id, session_id, merchant_uid, user_username, item_id, item_name, unit_price, amount,
        quantity, buyer_name, buyer_email, buyer_tel, expires_at, watch_until)
    VALUES (:id, 'ses' || :user, 'ord' || :user, :user, :item, '감귤', 1000, 2000, 2, '김하나', 'x@example.org', '010',
        now(), now())"""
PAYMENT = """
    INSERT INTO payment_history (id, payment_id, session_key, imp_uid, merchant_uid, user_username, item_name, amount,
        currency, status, provider_status)
    VALUES (:id, 'pay' || :user, :session, 'imp' || :user, 'ord' || :user, :user, '감귤', 2000,
        'KRW', 'paid', 'paid')"""

OLD_LINE = """
    INSERT INTO payment_events (session_key, kind, cause, actor) VALUES (:session, 'given_up', 'close', :actor)"""
OLD_CANCEL = """
    INSERT INTO payment_cancellations (cancellation_id, payment_key, session_key, kind, stage, amount, reason, actor)
    VALUES (:actor, :payment, :session, 'refund', 'refused', 1, '변심', :actor)"""

WHO = {
    "system": ("system", None),
    "portone": ("portone", None),
    "hana": ("buyer", "hana"),
    "kim.the.operator": ("operator", "kim.the.operator"),
    "cli:kim": ("operator", "cli:kim"),
}
"""What each old `actor` of an order of hana becomes."""


def run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement returns, committed."""
    with db.engine.begin() as connection:
        found = connection.execute(text(statement), values)
        return [tuple(row) for row in found] if found.returns_rows else []


def purchase(user: str) -> tuple[UUID, UUID]:
    """A session of this user and its payment."""
    item, session, payment = uuid4(), uuid4(), uuid4()
    run(USER, name=user)
    run(ITEM, id=item)
    run(SESSION, id=session, item=item, user=user)
    run(PAYMENT, id=payment, session=session, user=user)
    return session, payment


def test_who_caused_a_thing_is_split(fresh: Flask) -> None:
    upgrade(revision="0005")
    session, payment = purchase("hana")
    others, _ = purchase("minji")
    for actor in WHO:
        run(OLD_LINE, session=session, actor=actor)
        run(OLD_CANCEL, session=session, payment=payment, actor=actor)
    run(OLD_LINE, session=others, actor="hana")

    upgrade(revision="0006")

    split = [(name or origin, origin, name) for name, (origin, name) in zip(WHO, WHO.values(), strict=True)]
    events = "SELECT actor, origin, name FROM payment_events WHERE session_key = :session ORDER BY id"
    assert run(events, session=session) == split
    assert run(events, session=others) == [("hana", "operator", "hana")]
    assert run("SELECT actor, origin, name FROM payment_cancellations ORDER BY number") == split
    with pytest.raises(IntegrityError) as refusal:
        run(
            "INSERT INTO payment_cancellations (cancellation_id, payment_key, session_key, kind, stage, amount, reason,"
            " origin) VALUES ('another', :payment, :session, 'refund', 'requested', 1, 'x', 'system')",
            payment=payment,
            session=session,
        )
    assert isinstance(refusal.value.orig, UniqueViolation)

    downgrade(revision="0005")
    assert run("SELECT actor FROM payment_events ORDER BY id") == [*((actor,) for actor in WHO), ("hana",)]
    assert run("SELECT actor FROM payment_cancellations ORDER BY number") == [(actor,) for actor in WHO]


def test_sessions_have_lines(fresh: Flask) -> None:
    upgrade(revision="0006")
    (session, payment), (other, _) = purchase("hana"), purchase("minji")
    cancel = """
        INSERT INTO payment_cancellations (cancellation_id, payment_key, session_key, kind, stage, amount, quantity,
            reason, origin)
        VALUES (:name, :payment, :session, 'refund', 'succeeded', 1000, :quantity, 'x', 'buyer') RETURNING id"""
    ((pieces,),) = run(cancel, name="pieces", payment=payment, session=session, quantity=1)
    run(cancel, name="amount", payment=payment, session=session, quantity=None)
    entry = """
        INSERT INTO inventory_entries (user_username, item_id, item_name, session_key, cancellation_key, kind, quantity)
        SELECT user_username, item_id, item_name, id, :cancel, :kind, :quantity
        FROM payment_sessions WHERE id = :session"""
    run(entry, session=session, cancel=None, kind="grant", quantity=2)
    run(entry, session=session, cancel=pieces, kind="return", quantity=-1)

    upgrade(revision="0007")

    same = """
        SELECT s.id FROM payment_sessions s JOIN payment_lines l ON l.session_key = s.id AND l.position = 0
        AND (l.item_id, l.item_name, l.unit_price, l.quantity) = (s.item_id, s.item_name, s.unit_price, s.quantity)"""
    assert {key for (key,) in run(same)} == {session, other}
    ((line,),) = run("SELECT id FROM payment_lines WHERE session_key = :session", session=session)
    assert run("SELECT line_key FROM inventory_entries") == [(line,), (line,)]
    assert run("SELECT cancellation_id, line_key FROM payment_cancellations ORDER BY number") == [
        ("pieces", line),
        ("amount", None),
    ]

    downgrade(revision="0006")
    assert run("SELECT quantity FROM inventory_entries ORDER BY quantity") == [(-1,), (2,)]


def test_the_timeline_is_append_only_again_afterwards(fresh: Flask) -> None:
    upgrade(revision="0006")
    enabled = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'append_only'"
    assert run(enabled) == [("O",)]


def test_refunds_of_unknown_payments_become_cancels(fresh: Flask) -> None:
    upgrade(revision="0007")
    ((run_key,),) = run(
        "INSERT INTO comparisons (comparison_id, scope, asked_by, heal, generations, since, until, walk)"
        " VALUES ('cmp1', 'full', 'operator', true, 'v1', now() - interval '1 day', now(), 'settle') RETURNING id"
    )
    finding = """
        INSERT INTO comparison_findings (comparison_key, kind, state, generation, provider_id, order_id, theirs, amount,
            words, stage, balance, refusal, pg_provider, due_at, attempts)
        VALUES (:run, 'unknown', 'asked', 'v2', :name, 'another-system', 'paid', 7000, 'x', :stage, :balance, :refusal,
            'html5_inicis', CASE WHEN :due THEN now() END, 3)"""
    stages = {"requested": None, "sent": None, "succeeded": None, "refused": "기간 경과"}
    for stage, refusal in stages.items():
        balance, due = None if stage == "requested" else 7000, stage in ("requested", "sent")
        run(finding, run=run_key, name=f"imp_{stage}", stage=stage, balance=balance, refusal=refusal, due=due)
    run(finding, run=run_key, name="imp_kept", stage=None, balance=None, refusal=None, due=False)

    upgrade(revision="0008")

    refunds = """
        SELECT f.provider_id, c.stage, c.amount, c.balance, c.refusal, c.origin, c.due_at IS NOT NULL, c.attempts,
            p.cancelled_amount, p.verdict, p.generation, p.session_key
        FROM comparison_findings f LEFT JOIN payment_cancellations c ON c.id = f.cancellation_key
        LEFT JOIN payment_history p ON p.id = c.payment_key ORDER BY f.number"""
    whose = ("order_differs", "v2", None)
    assert run(refunds) == [
        ("imp_requested", "requested", 7000, None, None, "system", True, 3, 0, *whose),
        ("imp_sent", "sent", 7000, 7000, None, "system", True, 3, 0, *whose),
        ("imp_succeeded", "succeeded", 7000, 7000, None, "system", False, 3, 7000, *whose),
        ("imp_refused", "refused", 7000, 7000, "기간 경과", "system", False, 3, 0, *whose),
        ("imp_kept", *[None] * 5, False, *[None] * 5),
    ]

    downgrade(revision="0007")
    assert run("SELECT provider_id, stage, balance, refusal, attempts FROM comparison_findings ORDER BY number") == [
        *((f"imp_{stage}", stage, None if stage == "requested" else 7000, why, 3) for stage, why in stages.items()),
        ("imp_kept", None, None, None, 0),
    ]
    assert run("SELECT count(*) FROM payment_history") == [(0,)]


def test_operators_become_admins(fresh: Flask) -> None:
    """On the way back nobody gets more rights than before."""
    upgrade(revision="0010")
    for name, role in (("boss", "operator"), ("hana", "buyer")):
        run("INSERT INTO users (username, role) VALUES (:name, :role)", name=name, role=role)

    upgrade(revision="0011")

    assert run("SELECT username, role, role_limit, erased_at FROM users ORDER BY username") == [
        ("boss", "admin", None, None),
        ("hana", "buyer", None, None),
    ]
    for role in ("viewer", "support", "finance"):
        run("INSERT INTO users (username, role) VALUES (:name, :role)", name=role, role=role)
    downgrade(revision="0010")
    assert dict(run("SELECT username, role FROM users")) == {
        "boss": "operator",
        **dict.fromkeys(("finance", "hana", "support", "viewer"), "buyer"),
    }


def test_logins_of_before_go_on(fresh: Flask) -> None:
    upgrade(revision="0010")
    run(USER, name="hana")
    family, jti = uuid4(), uuid4()
    token = "INSERT INTO refresh_tokens (jti, family, username, expires_at) VALUES (:jti, :family, 'hana', :until)"
    run(token, jti=jti, family=family, until="2030-01-01T00:00:00Z")

    upgrade(revision="0012")

    login = "SELECT id, username, expires_at = '2030-01-01T00:00:00Z', address, second_factor FROM logins"
    assert run(login) == [(family, "hana", True, None, False)]

    downgrade(revision="0010")
    assert run("SELECT jti, family FROM refresh_tokens") == [(jti, family)]


def test_lines_of_before_name_no_users(fresh: Flask) -> None:
    upgrade(revision="0015")
    session, _ = purchase("hana")
    run(USER, name="minji")
    line = (
        "INSERT INTO payment_events (session_key, kind, cause, origin, name)"
        " VALUES (:session, 'given_up', 'close', :origin, :name)"
    )
    who = [("buyer", "hana"), ("operator", "minji"), ("operator", "cli:root"), ("system", None)]
    for origin, name in who:
        run(line, session=session, origin=origin, name=name)

    upgrade(revision="0016")

    lines = (
        "SELECT e.name, u.username FROM payment_events e LEFT JOIN users u ON u.id = e.user_key"
        " WHERE kind = 'given_up' ORDER BY e.id"
    )
    assert run(lines) == [(None, None), (None, "minji"), ("cli:root", None), (None, None)]
    with pytest.raises(DBAPIError, match="append-only"):
        run("UPDATE payment_events SET detail = 'x'")
    downgrade(revision="0015")
    assert run("SELECT name FROM payment_events WHERE kind = 'given_up' ORDER BY id") == [(name,) for _, name in who]
