"""Rows written in plain text are encrypted by the migration, and readable again after a downgrade."""

from flask import Flask
from flask_migrate import downgrade, upgrade

from pitturu.domain.provider import RefundAccount
from pitturu.services import services
from pitturu.store.cancellations import Cancellation
from tests.migrations.test_old_rows import purchase, run

CANCEL = """
    INSERT INTO payment_cancellations (cancellation_id, payment_key, session_key, kind, stage, amount, reason, origin,
        refund_bank, refund_number, refund_holder, refund_tel)
    VALUES (:stage, :payment, :session, 'refund', :stage, 1000, 'x', 'buyer', :bank, :number, :holder, :tel)"""
ACCOUNTS = {
    "requested": ("088", "110-123-456789", "김하나", "010-1234-5678"),
    "sent": ("004", "12345678", "Lee", None),
    "succeeded": ("088", "**********6789", "김하나", None),
    "needs_account": (None, None, None, None),
}
"""The account of a cancel in each stage, as the release before stored it."""


def test_accounts_are_encrypted_until_the_cancel_is_decided(fresh: Flask) -> None:
    upgrade(revision="0009")
    session, payment = purchase("hana")
    for stage, (bank, number, holder, tel) in ACCOUNTS.items():
        whose = {"payment": payment, "session": session}
        run(CANCEL, stage=stage, bank=bank, number=number, holder=holder, tel=tel, **whose)

    upgrade(revision="0010")

    stored = "SELECT stage, refund_number, refund_holder, refund_encrypted FROM payment_cancellations"
    found = {stage: (number, holder, encrypted) for stage, number, holder, encrypted in run(stored)}
    assert {stage: row[:2] for stage, row in found.items()} == {
        "requested": ("**********6789", "김**"),
        "sent": ("****5678", "L**"),
        "succeeded": ("**********6789", "김**"),
        "needs_account": (None, None),
    }
    assert {stage for stage, (*_, encrypted) in found.items() if encrypted} == {"requested", "sent"}
    row = Cancellation(refund_bank="088", refund_encrypted=found["requested"][2])
    assert row.refund_account == RefundAccount("088", "110-123-456789", "김하나", "010-1234-5678")

    downgrade(revision="0009")
    back = "SELECT refund_bank, refund_number, refund_holder, refund_tel FROM payment_cancellations ORDER BY number"
    assert run(back)[:2] == [ACCOUNTS["requested"], ("004", "12345678", "Lee", "")]


def test_responses_are_encrypted(fresh: Flask) -> None:
    upgrade(revision="0009")
    purchase("hana")
    response = "INSERT INTO idempotency_keys (user_username, key, fingerprint, status_code, body) VALUES"
    body = "김하나".encode()
    run(f"{response} ('hana', 'k', '', 201, :body)", body=body)

    upgrade(revision="0010")

    ((encrypted,),) = run("SELECT body_encrypted FROM idempotency_keys")
    assert body not in encrypted
    assert services().cipher.decrypt(encrypted, "x") == body

    downgrade(revision="0009")
    assert run("SELECT body FROM idempotency_keys") == [(body,)]
