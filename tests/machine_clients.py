"""The shop's server as it uses the API: keys, requests with them, and client tokens for browsers."""

from datetime import datetime
from typing import Any

from pitturu.accounts import api_keys
from pitturu.domain.scopes import Scope
from pitturu.services import services
from pitturu.store.unit_of_work import unit_of_work
from tests.shop import Json, Shop
from tests.values import BUYER


def new_key(shop: Shop, *scopes: Scope, name: str = "server", expires_at: datetime | None = None) -> str:
    """A key with these scopes; with all if none are named."""
    with shop.app.app_context(), unit_of_work() as work:
        environment = services().settings.portone_environment
        return api_keys.create(work, name, scopes or list(Scope), environment, expires_at, None)[1]


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a response with an error."""
    return answer.status_code, answer.json["code"]


class Server:
    """A server of the shop, with a key of its own."""

    def __init__(self, shop: Shop, *scopes: Scope, name: str = "server") -> None:
        self.shop, self.key = shop, new_key(shop, *scopes, name=name)

    def call(self, method: str, path: str, bearer: str | None = None, key: str | None = None, **how: Any) -> Any:
        """The response to a request with this server's API key, or with another `bearer`; `key` makes it idempotent."""
        headers = {"Authorization": f"Bearer {bearer or self.key}"} | ({"Idempotency-Key": key} if key else {})
        return self.shop.client.open(f"/api/v1{path}", method=method, headers=headers, **how)

    def get(self, path: str, expected: int = 200, /, **query: Any) -> Json:
        """GET, expecting this status."""
        answer = self.call("GET", path, query_string=query)
        assert answer.status_code == expected, answer.text
        body: Json = answer.json
        return body

    def post(self, path: str, body: Json | None = None, status: int = 202, key: str | None = None) -> Json:
        """POST, expecting this status."""
        answer = self.call("POST", path, key=key, json=body or {})
        assert answer.status_code == status, answer.text
        found: Json = answer.json
        return found

    def open(self, item_id: str | None = None, status: int = 201, key: str | None = None, **wanted: Any) -> Json:
        """Open a session; of a new guest unless `user_id` is given."""
        body = {"item_id": item_id or self.shop.item(), "quantity": 1, "generation": self.shop.generation, **BUYER}
        return self.post("/payments/sessions", body | wanted, status, key)

    def session(self, session: Json) -> Json:
        """The session as it is now."""
        return self.get(f"/payments/sessions/{session['session_id']}")

    def token(self, session: Json) -> str:
        """A client token for the browser of this session's buyer."""
        return str(self.post(f"/payments/sessions/{session['session_id']}/client-token", status=200)["client_token"])

    def paid(self, **wanted: Any) -> Json:
        """A session of this server that its buyer has paid, in a browser with a client token."""
        session = self.open(**wanted)
        self.shop.drain()
        session = self.session(session)
        imp_uid, token = self.shop.pay(session), self.token(session)
        reported = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
        if session["generation"] == "v2":
            reported = {"payment_id": session["merchant_uid"], "transaction_id": imp_uid}
        answer = self.call("POST", "/payments/verify", token, json=reported)
        assert answer.status_code == 202, answer.text
        self.shop.drain()
        session = self.session(session)
        assert session["status"] == "paid", session
        return session
