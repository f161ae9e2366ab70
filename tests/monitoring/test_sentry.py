"""Errors at Sentry: where in the code, which event, which request; nothing of the person who met it."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sentry_sdk

from pitturu.monitoring import sentry
from pitturu.monitoring.error_log import LINES_OF_EVENT_A_MINUTE
from pitturu.payments import verification
from pitturu.services import services_of
from pitturu.store.unit_of_work import UnitOfWork
from tests.monitoring import sentry_ingest
from tests.monitoring.sentry_ingest import Ingest
from tests.shop import Json, Shop
from tests.values import BUYER

REFUND_ACCOUNT = {"bank": "004", "number": "12345678901234", "holder": "김하나", "tel": "010-1234-5678"}
log = logging.getLogger("pitturu.somewhere")


@pytest.fixture
def ingest(shop: Shop) -> Iterator[Ingest]:
    """A server that stands in for Sentry, which this process sends its errors to."""
    with sentry_ingest.serving() as server:
        settings = services_of(shop.app).settings
        sentry.install(replace(settings, sentry_dsn=server.dsn, sentry_release="1.2.3"))
        yield server
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)


def events(ingest: Ingest) -> list[Json]:
    """The events that arrived."""
    sentry_sdk.flush(30)
    return [json.loads(text.splitlines()[-1]) for text in ingest.received]


def fail(message: str) -> Any:
    """A function that fails with a message about the buyer, who is also in its variables and its arguments."""

    def broken(*_: object, **__: object) -> None:
        buyer = BUYER | REFUND_ACCOUNT
        raise LookupError(f"{message}: {buyer}")

    return broken


def secrets(shop: Shop) -> list[str]:
    """What must not leave."""
    token = shop.login()["Authorization"].split()[1]
    account = {**REFUND_ACCOUNT, "bank": json.dumps(REFUND_ACCOUNT["bank"])}  # Ids may have the same three digits.
    return [*BUYER.values(), *account.values(), token, "hana", "wedding", "correct horse"]


def test_an_exception_in_a_view(shop: Shop, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    paid = shop.paid()
    known = secrets(shop)
    monkeypatch.setattr("pitturu.payments.checkout.open_session", fail("cannot sell"))
    monkeypatch.setattr("pitturu.api.payments.request_cancel", fail("cannot cancel"), raising=False)
    monkeypatch.setattr("pitturu.payments.cancellations.request.request_cancel", fail("cannot cancel"))
    headers = shop.login() | {"X-Request-ID": "ticket-7", "User-Agent": "hana's", "Cookie": "refresh=hana"}
    opened = {"item_id": shop.item(), "quantity": 1, **BUYER}
    client = shop.client
    client.post("/api/v1/payments/sessions?note=wedding", json=opened, headers=headers)
    cancel = {"reason": "wedding", "quantity": 1, "refund_account": REFUND_ACCOUNT}
    client.post(f"/api/v1/payments/{paid['payment_id']}/cancel", json=cancel, headers=headers)

    first, second = events(ingest)
    assert (first["environment"], first["release"], first["level"]) == ("development", "1.2.3", "error")
    assert first["logentry"] == {"message": "internal_error"}
    assert first["tags"] == {"event": "internal_error", "process": "command", "request_id": "ticket-7"}
    (exception,) = first["exception"]["values"]
    assert (exception["type"], exception["value"]) == ("LookupError", "")
    assert exception["stacktrace"]["frames"][-1]["function"] == "broken"
    assert second["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "broken"
    left = "\n".join(ingest.received)
    assert [secret for secret in known if secret in left] == []
    assert "vars" not in left


def test_an_exception_in_a_task(shop: Shop, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's thread asks about a row and meets a bug; the row is tried again, and Sentry has the place."""
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.verify(session, imp_uid)
    monkeypatch.setattr("pitturu.portone.v1.V1Gateway.attempts", fail("cannot ask"))
    shop.engine.work(verification.HANDLER)

    (event,) = events(ingest)
    assert event["tags"]["event"] == "ask_broke"
    assert event["tags"]["request_id"]
    left = "\n".join(ingest.received)
    assert [secret for secret in secrets(shop) if secret in left] == []


def test_an_exception_of_a_transaction(shop: Shop, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnitOfWork, "commit", fail("cannot commit"))
    shop.client.post("/api/v1/auth/register", json={"username": "wedding", "password": "correct horse battery"})
    (event,) = events(ingest)
    assert event["exception"]["values"][0]["type"] == "LookupError"
    assert "wedding" not in ingest.received[0]
    assert "correct horse" not in ingest.received[0]


def test_a_flood_costs_a_few_events(ingest: Ingest) -> None:
    for number in range(200):
        log.error("flood", extra={"number": number})
    log.warning("unheard")
    assert len(events(ingest)) == LINES_OF_EVENT_A_MINUTE


def test_a_library_s_line_is_its_logger_s_name(ingest: Ingest) -> None:
    logging.getLogger("gunicorn.error").error("Error handling request %s", "/?name=wedding", extra={"who": "wedding"})
    (event,) = events(ingest)
    assert event["logentry"] == {"message": "gunicorn.error"}
    assert "wedding" not in ingest.received[0]


def test_what_was_not_logged_is_not_sent(ingest: Ingest) -> None:
    sentry_sdk.capture_message("wedding")
    sentry_sdk.add_breadcrumb(message="wedding")
    log.error("it_broke")
    assert len(events(ingest)) == 1
    assert "wedding" not in ingest.received[0]
