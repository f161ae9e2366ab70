"""The commands about personal data."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select, text, update

from pitturu.accounts import api_keys, emails
from pitturu.domain import clock
from pitturu.domain.cash_receipts import Identifier, IdentifierKind, ReceiptPurpose, WantedReceipt
from pitturu.domain.provider import RefundAccount
from pitturu.domain.scopes import Scope
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.outbound import endpoints
from pitturu.services import services_of
from pitturu.store import (
    account_codes,
    account_emails,
    cancellations,
    event_endpoints,
    idempotency,
    logins,
    reencryption,
    second_factors,
    users,
)
from pitturu.store import cash_receipts as receipts
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from tests.machine_clients import Server
from tests.shop import PASSWORD, Shop
from tests.store import rows
from tests.values import BUYER
from tests.values import NEW_DATA_KEY as NEW
from tests.values import OLD_DATA_KEY as OLD

ACCOUNT = RefundAccount("088", "110-123-456789", "김하나", "010-1234-5678")
RECEIPT = WantedReceipt(ReceiptPurpose.PERSONAL, Identifier(IdentifierKind.PHONE, "01012345678"))
AppWith = Callable[..., Flask]


def with_keys(app_with: AppWith, *keys: str) -> Flask:
    """A production system with these keys."""
    return app_with(pitturu_env="production", data_keys=keys)


def store(app: Flask, key: str = "k") -> str:
    """A cancel with an account, a response, and a second factor; the id of the cancel."""
    with app.app_context():
        row = rows.cancellation(rows.payment(rows.session(**receipts.columns_of(RECEIPT))))
        row.refund_account = ACCOUNT
        db.session.commit()
        work = UnitOfWork()
        idempotency.keep(work, "hana", key, b"", 200, None, b"body")
        users.ensure(work, f"operator-{key}")
        second_factors.begin(work, f"operator-{key}", "SECRET")
        work.commit()
        return row.cancellation_id


def read(app: Flask, key: str = "k") -> tuple[RefundAccount | None, bytes, str]:
    """What the first cancel, the response and the second factor say."""
    with app.app_context():
        row = db.session.query(cancellations.Cancellation).order_by(cancellations.Cancellation.number).first()
        response = idempotency.answered(UnitOfWork(), "hana", key)
        assert row is not None
        assert response is not None
        factor = second_factors.enrolment(UnitOfWork(), f"operator-{key}")
        assert factor is not None
        return row.refund_account, response.body, factor.secret


def test_an_old_key_can_be_dropped_after_reencryption(app_with: AppWith) -> None:
    store(with_keys(app_with, OLD))
    with with_keys(app_with, OLD).app_context(), unit_of_work() as work:
        api_keys.create(work, "server", [Scope.EVENTS_READ], Environment.TEST, None, None)
        idempotency.keep(work, "key:server", "k", b"", 200, None, b"body")
        row, first = endpoints.create(work, "https://shop.example/", [], "", None)
        _, second = endpoints.rotate(work, row.endpoint_id)
        account_emails.put(work, "hana", "Hana@example.org")
        emails.request(work, "hana", "new@example.org")
    store(with_keys(app_with, NEW, OLD), key="new")

    done = with_keys(app_with, NEW, OLD).test_cli_runner().invoke(args=["pitturu", "reencrypt"])

    assert done.exit_code == 0
    assert done.output == (
        "Refund account: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Response under an Idempotency-Key: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Response to an API key under an Idempotency-Key: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Secret of an event endpoint: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Old secret of an event endpoint: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Number of a cash receipt: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Second factor: 1 encrypted anew, 0 cannot be decrypted.\n"
        "E-mail: 1 encrypted anew, 0 cannot be decrypted.\n"
        "New e-mail: 1 encrypted anew, 0 cannot be decrypted.\n"
        "Every key in DATA_KEYS but the first can be dropped.\n"
    )
    assert read(with_keys(app_with, NEW)) == (ACCOUNT, b"body", "SECRET")
    with with_keys(app_with, NEW).app_context():
        assert event_endpoints.everything()[0].receiver.secrets == (second, first)
        assert [user.username for user in account_emails.users_of("hana@example.org", 2)] == ["hana"]
        waiting = account_codes.pending("hana", account_codes.CodePurpose.EMAIL)
        assert waiting is not None
        assert waiting.address == "new@example.org"


def test_what_a_missing_key_has_encrypted_stays_as_it_is(app_with: AppWith) -> None:
    cancel = store(with_keys(app_with, OLD))

    done = with_keys(app_with, NEW).test_cli_runner().invoke(args=["pitturu", "reencrypt"])

    assert done.exit_code == 1
    assert f"Refund account {cancel} is encrypted with a key that is not in DATA_KEYS." in done.output
    assert "can be dropped" not in done.output
    assert read(with_keys(app_with, OLD)) == (ACCOUNT, b"body", "SECRET")


def test_what_was_erased_meanwhile_does_not_come_back(app_with: AppWith) -> None:
    """A worker decides the cancel between the reading of its account and its writing with the new key."""
    store(with_keys(app_with, OLD))
    with with_keys(app_with, NEW, OLD).app_context():
        row = db.session.query(cancellations.Cancellation).one()
        before, row.refund_encrypted = row.refund_encrypted, None
        db.session.commit()
        assert before is not None

        reencryption._renew(reencryption.COLUMNS[0], [row.cancellation_id], before, reencryption.Outcome())

        db.session.expire_all()
        assert row.refund_encrypted is None


def test_more_rows_than_one_batch(app_with: AppWith) -> None:
    with with_keys(app_with, OLD).app_context():
        payment = rows.payment(rows.session())
        work = UnitOfWork()
        for number in range(501):
            idempotency.keep(work, payment.user_username, f"{number}", b"", 200, None, b"body")
        work.commit()

    done = with_keys(app_with, NEW, OLD).test_cli_runner().invoke(args=["pitturu", "reencrypt"])

    assert "Response under an Idempotency-Key: 501 encrypted anew" in done.output
    with with_keys(app_with, NEW).app_context():
        response = idempotency.answered(UnitOfWork(), "hana", "500")
        assert response is not None
        assert response.body == b"body"


def test_a_user_is_erased_but_for_what_the_law_keeps(shop: Shop) -> None:
    paid, open_one = shop.paid(), shop.open()
    closed = shop.open()
    shop.post(f"/payments/sessions/{closed['session_id']}/close", {})
    shop.drain()
    with shop.app.app_context():
        db.session.execute(update(PaymentSession).where(PaymentSession.status != "prepared").values(due_at=None))
        db.session.commit()

    with shop.app.app_context(), unit_of_work() as work:
        second_factors.begin(work, "hana", "SECRET")

    done = shop.app.test_cli_runner().invoke(args=["pitturu", "erase", "hana"])

    assert done.exit_code == 0, done.output
    with shop.app.app_context():
        assert (logins.of_user("hana"), second_factors.enrolment(UnitOfWork(), "hana")) == ([], None)
    assert "hana: the logins are erased, and the buyer's data of 1 sessions." in done.output
    until = datetime.fromisoformat(paid["paid_at"]) + services_of(shop.app).settings.retain_paid
    assert f"{paid['session_id']} (paid) is kept until {until:%Y-%m-%d}: the E-Commerce Act" in done.output
    assert f"{open_one['session_id']} (prepared) is kept: it is not finished." in done.output
    with shop.app.app_context():
        names = dict(db.session.execute(select(PaymentSession.session_id, PaymentSession.buyer_name)).all())
    assert names == {
        paid["session_id"]: "김하나",
        open_one["session_id"]: "김하나",
        closed["session_id"]: "erased",
    }
    answer = shop.client.post("/api/v1/auth/login", json={"username": "hana", "password": PASSWORD})
    assert answer.status_code == 401


def test_the_name_of_an_erased_user_is_nowhere(shop: Shop) -> None:
    """Nor is it taken: who registers it next finds nothing, and old tokens are worth nothing."""
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    item = shop.item()
    headers = shop.login()
    done = shop.app.test_cli_runner().invoke(args=["pitturu", "erase", "hana"])
    pseudonym = done.output.split("is called ")[1].split(" ")[0]
    with shop.app.app_context():
        tables = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        found = {
            table for table in tables if db.session.scalar(text(f"SELECT bool_or(t::text ~ 'hana[^@]') FROM {table} t"))
        }
        assert found == set()
        assert set(db.session.scalars(select(PaymentSession.user_username))) == {pseudonym}

    body = {"item_id": item, "quantity": 1, **BUYER}
    refused = shop.client.post("/api/v1/payments/sessions", json=body, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (401, "login_ended")
    clock.use(lambda: datetime.now(UTC) + services_of(shop.app).settings.access_token_ttl)
    credentials = {"username": "hana", "password": PASSWORD}
    assert shop.client.post("/api/v1/auth/register", json=credentials).status_code == 201
    token = shop.client.post("/api/v1/auth/login", json=credentials).json["access_token"]
    mine = shop.client.get("/api/v1/me/payments", headers={"Authorization": f"Bearer {token}"})
    assert mine.json["items"] == []
    assert shop.app.test_cli_runner().invoke(args=["pitturu", "erase", pseudonym]).exit_code == 0
    shop.audit()


def test_responses_to_api_keys_about_an_erased_user_are_deleted(shop: Shop) -> None:
    """They contain the buyer's data. Those about others stay: a request that is repeated must not be done twice."""
    server, item_id = Server(shop), shop.item()
    erased = server.open(item_id, key="hers", user_id="guest:a", buyer_name="김두리")
    kept = server.open(item_id, key="others", user_id="guest:b")
    assert shop.app.test_cli_runner().invoke(args=["pitturu", "erase", "guest:a"]).exit_code == 0
    assert server.open(item_id, key="others", user_id="guest:b") == kept
    again = server.open(item_id, key="hers", user_id="guest:a", buyer_name="김두리")
    assert again["session_id"] != erased["session_id"]


def test_nobody_is_erased_by_a_misspelled_name(shop: Shop) -> None:
    done = shop.app.test_cli_runner().invoke(args=["pitturu", "erase", "nobody"])
    assert (done.exit_code, done.output) == (1, "Error: There is no user nobody.\n")
