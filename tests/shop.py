"""All parties of a purchase, acting through their real interfaces."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from pitturu.api import passwords
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import audit, events, orders, users
from pitturu.store.base import Base
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from pitturu.worker.runtime import WorkerRuntime
from tests import v2
from tests.due import due_work
from tests.fake_portone import PortOne
from tests.stocked import add_item
from tests.values import BUYER

PASSWORD = "correct horse battery"
OPERATOR = "operator"

Json = dict[str, Any]


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose; once is enough for everybody."""
    return passwords.hashed(PASSWORD)


@dataclass
class Shop:
    """The public API, PortOne's buyer and console, and the workers, in one process and in the test's own order."""

    app: Flask
    portone: PortOne
    generation: str = "v1"
    _logins: dict[str, Json] = field(default_factory=dict)

    @cached_property
    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def login(self, username: str = "hana", role: str = "buyer") -> Json:
        """Headers of a user who is registered on first use."""
        if username not in self._logins:
            with self.app.app_context(), unit_of_work() as work:
                users.ensure(work, username, _password_hash(), Role(role))
            answer = self.client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self._logins[username] = {"Authorization": f"Bearer {answer.json['access_token']}"}
        return self._logins[username]

    def promote(self, username: str, role: str) -> None:
        assert self.app.test_cli_runner().invoke(args=["pitturu", "role", username, role]).exit_code == 0

    def item(self, price: int = 10_000, stock: int | None = 10, name: str = "제주 감귤 5kg") -> str:
        """Add an item to the catalogue; its id."""
        with self.app.app_context():
            item = add_item(name=name, price=price, stock=stock)
            db.session.commit()
            return str(item.id)

    def stock(self, item_id: str) -> int | None:
        """The stock in the catalogue."""
        return self.get(f"/items/{item_id}")["stock"]

    def get(self, path: str, user: str = "hana", status: int = 200, **options: Any) -> Json:
        """GET as a user, expecting this status."""
        answer = self.client.get(f"/api/v1{path}", headers=self.login(user), **options)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, path: str, body: Json, user: str = "hana", status: int = 202, key: str | None = None) -> Json:
        """POST as a user, expecting this status."""
        headers = self.login(user) | ({"Idempotency-Key": key} if key else {})
        answer = self.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json

    def open(self, item_id: str | None = None, user: str = "hana", prepared: bool = True, **wish: Any) -> Json:
        """Open a session and, by default, wait until it is prepared."""
        body = {"item_id": item_id or self.item(), "quantity": 1, "generation": self.generation, **BUYER, **wish}
        session = self.post("/payments/sessions", body, user, status=201)
        if prepared:
            self.drain()
            session = self.session(session, user)
            assert session["status"] == "prepared", session
        return session

    def session(self, session: Json, user: str = "hana") -> Json:
        """The session as its owner sees it now."""
        return self.get(f"/payments/sessions/{session['session_id']}", user)

    def window(self, session: Json, **tampered: Any) -> str:
        """The buyer opens PortOne's window; the `imp_uid` of the attempt."""
        params = session["checkout"]["params"]
        if session["generation"] == "v2":
            return str(self.portone.control("POST", "v2/payments", v2.request(params, **tampered))["imp_uid"])
        known = {"merchant_uid", "amount", "pay_method", "name", "buyer_name", "buyer_email", "buyer_tel", "pg"}
        passed_on = known | {"tax_free", "products", "channelKey", "naverProducts", "display", "card"}
        request = {name: params[name] for name in passed_on if params.get(name) is not None}
        answer = self.portone.control("POST", "payments", {**request, "sandbox": True, **tampered})
        return str(answer["imp_uid"])

    def act(self, imp_uid: str, what: str, **how: Any) -> Json:
        """The buyer or the console does something to an attempt: approve, decline, issue, deposit, console-cancel."""
        answer: Json = self.portone.control("POST", f"payments/{imp_uid}/{what}", how)
        return answer

    def pay(self, session: Json, **tampered: Any) -> str:
        """The buyer opens the window and pays; the `imp_uid`."""
        imp_uid = self.window(session, **tampered)
        self.act(imp_uid, "approve")
        return imp_uid

    def decline(self, session: Json) -> str:
        """The buyer is declined in the window, and the browser has that verified; the `imp_uid`."""
        imp_uid = self.window(session)
        self.act(imp_uid, "decline")
        self.verify(session, imp_uid)
        self.drain()
        return imp_uid

    def verify(self, session: Json, imp_uid: str, user: str = "hana", status: int = 202) -> Json:
        """The browser requests verification after the window."""
        body = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
        if session["generation"] == "v2":
            body = {"payment_id": session["merchant_uid"], "transaction_id": imp_uid}
        return self.post("/payments/verify", body, user, status)

    def webhook(self, session: Json, imp_uid: str, status: str = "paid", **more: Any) -> Any:
        """PortOne posts a webhook; the response."""
        body = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"], "status": status, **more}
        if session.get("generation", self.generation) == "v2":
            return self.v2_webhook(session, imp_uid, v2.NEWS[status])
        return self.client.post("/api/v1/payments/webhook", json=body)

    def v2_webhook(self, session: Json, transaction_id: str, kind: str, name: str = "", **data: str) -> Any:
        """V2 posts a signed webhook; the response. `name` is its `webhook-id`, another one each time unless given."""
        return self.client.post(
            "/api/v1/payments/webhook", **v2.signed_webhook(session["merchant_uid"], transaction_id, kind, name, **data)
        )

    def paid(self, item_id: str | None = None, user: str = "hana", **wish: Any) -> Json:
        """A session that is paid."""
        session = self.open(item_id, user, **wish)
        self.verify(session, self.pay(session), user)
        self.drain()
        session = self.session(session, user)
        assert session["status"] == "paid", session
        return session

    def payment(self, session: Json, user: str = "hana") -> Json:
        """The payment of a session, with cancellations and timeline."""
        payment_id = self.session(session, user)["payment_id"]
        return self.get(f"/payments/{payment_id}", user)

    def cancel(self, session: Json, user: str = "hana", status: int = 202, **wish: Any) -> Json:
        """Request a refund."""
        payment_id = self.session(session, "hana" if user == "operator" else user)["payment_id"]
        return self.post(f"/payments/{payment_id}/cancel", {"reason": "마음이 바뀌었어요", **wish}, user, status)

    def refund(self, session: Json, amount: int, user: str = "hana", status: int = 202, **wish: Any) -> Json:
        """An operator refunds a part of the price, without returning goods."""
        self.login(OPERATOR, role="admin")
        payment_id = self.session(session, user)["payment_id"]
        return self.post(
            f"/payments/{payment_id}/cancel", {"reason": "부분 환불", "amount": amount, **wish}, OPERATOR, status
        )

    def owned(self, user: str = "hana") -> int:
        """How many pieces this user owns."""
        return sum(entry["quantity"] for entry in self.get("/me/inventory", user)["items"])

    @property
    def engine(self) -> WorkerRuntime:
        """The worker's half of the app."""
        return services_of(self.app).runtime

    def due(self) -> set[str]:
        """Which kinds of work are due now."""
        with self.app.app_context():
            return due_work(self.engine.handlers)

    def drain(self) -> None:
        """Do all work that is due, and the work that this makes due, until none is."""
        for _ in range(50):
            waiting = self.due()
            if not waiting:
                return
            for job in self.engine.handlers:
                if job.name in waiting:
                    self.engine.work(job)
        raise AssertionError(f"never done: {waiting}")

    def row(self, session: Json) -> PaymentSession:
        """The session as the database keeps it, including what the API does not show."""
        with self.app.app_context():
            found = orders.by_order(session["merchant_uid"])
        assert found is not None
        return found

    def set(self, table: type[Base], **values: Any) -> None:
        """Change every row of a table directly, instead of waiting for many attempts."""
        with self.app.app_context():
            db.session.execute(update(table).values(**values))
            db.session.commit()

    def lines(self, session: Json) -> Sequence[PaymentEvent]:
        """The timeline of the session, as the database keeps it."""
        with self.app.app_context():
            return events.of_session(self.row(session).id)

    def story(self, session: Json) -> list[str]:
        """Every status that the session had, in order."""
        return [line.to_status for line in self.lines(session) if line.to_status]

    def kept(self, imp_uid: str) -> int:
        """How much of this payment's money is kept, by PortOne's ledger."""
        entry = self.portone.ledger()[imp_uid]
        return entry["amount"] - entry["cancel_amount"] if entry["paid_at"] else 0

    def balance(self) -> None:
        """Our records and PortOne's agree to the won, and every invariant holds."""
        with self.app.app_context():
            ours = {paid.imp_uid: paid.remaining for paid in db.session.scalars(select(Payment)) if paid.paid_at}
        for imp_uid, entry in self.portone.ledger().items():
            kept = entry["amount"] - entry["cancel_amount"] if entry["paid_at"] else 0
            assert kept == ours.get(imp_uid, 0), imp_uid
        self.audit()

    def audit(self) -> None:
        """Every invariant holds."""
        with self.app.app_context():
            settings = services_of(self.app).settings
            found = audit.check(audit.Rules(settings.due_limit, settings.portone_environment))
        assert found == []
