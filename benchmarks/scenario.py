"""The load: the buyers with their tokens, and the requests of buyers and PortOne."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import jwt
import psycopg
import requests

from benchmarks import carts, filling
from benchmarks.environment import Environment
from benchmarks.filling import BUYERS, EACH, order, visitor
from benchmarks.load import message

API: Final = "/api/v1"
SESSIONS: Final = f"{API}/payments/sessions"
FRESH: Final = itertools.count(10**9, 10**6)
"""The first number of checkouts that a measurement creates for itself."""

OPENINGS: Final = 20_000
"""Sessions that can be opened in a measurement of all endpoints: more than two maximum and one constant rate use up."""

LINES: Final = 5
"""Lines of a cart."""

COUNT: Final = "python -m flask --app wsgi pitturu rollups rebuild"
"""The filled rows were not written by the application, whose workers count what is written."""

Sets = dict[str, list[bytes]]


@dataclass(frozen=True)
class Scenario:
    """The environment with a PortOne that takes 200 ms, the buyers' tokens, and two items: one unlimited, one with
    stock. `endless_cart` and `limited_cart` are five items of each kind. `key` is an API key of the shop's server."""

    environment: Environment
    tokens: Sequence[str]
    endless: str
    limited: str
    endless_cart: Sequence[str]
    limited_cart: Sequence[str]
    operator: str
    key: str

    def opening(
        self, items: str | Sequence[str], count: int, path: str = SESSIONS, *, keyed: bool = False, generation: str = ""
    ) -> list[bytes]:
        """So many visitors buy one unit each of an item, or of each item of a cart.

        Each request may be sent once, because a buyer has one open session per item.
        """
        since = next(FRESH)
        filling.visitors(self.environment.database, since, count)
        numbers = range(since, since + count)
        keys = [{"Idempotency-Key": f"key-{n}"} if keyed else {} for n in numbers]
        wanted = _order(items) | ({"generation": generation} if generation else {})
        return [message("POST", path, wanted, self.visitor(n), key) for n, key in zip(numbers, keys, strict=True)]

    def visitor(self, number: int) -> str:
        """The access token of a visitor."""
        return self.token(visitor(number))

    def token(self, username: str) -> str:
        """An access token of this user."""
        return _sign(self.environment, self._claims, username)

    @cached_property
    def _claims(self) -> dict[str, Any]:
        return jwt.decode(self.tokens[0], options={"verify_signature": False})

    def poll(self) -> list[bytes]:
        """Every buyer reads their open sessions."""
        return [message("GET", path, token=token) for path, token in self._sessions()]

    def look_again(self, address: str) -> list[bytes]:
        """The same with the ETag of the previous response."""
        return [
            message("GET", path, token=token, headers={"If-None-Match": _tag(f"http://{address}{path}", token)})
            for path, token in self._sessions()
        ]

    def verify(self, since: int, count: int) -> list[bytes]:
        """The verify requests of these checkouts' visitors."""
        return [
            message("POST", f"{API}/payments/verify", {"merchant_uid": order(n)}, self.visitor(n))
            for n in range(since, since + count)
        ]

    def webhooks(self, count: int, path: str = f"{API}/payments/webhook") -> list[bytes]:
        """PortOne's webhooks about payments, each once."""
        since = next(FRESH)
        return [
            message("POST", path, {"imp_uid": f"imp_{n:012d}", "merchant_uid": order(n % 1000), "status": "paid"})
            for n in range(since, since + count)
        ]

    def everything(self, address: str) -> Sets:
        """Requests of every kind that buyers, PortOne, operators and Prometheus send, by the name of the endpoint."""
        mine = [(n, self.tokens[n // EACH]) for n in range(BUYERS * EACH)]
        paid = [(f"{API}/payments/pay{n:026d}", token) for n, token in mine if n % EACH < filling.PAID]
        open_ = [(n, token) for n, token in mine if filling.PAID <= n % EACH < filling.PAID + filling.PREPARED]
        created = filling.PAID + filling.PREPARED
        fresh = [(n, token) for n, token in mine if created <= n % EACH < created + filling.CREATED]
        price = requests.get(f"http://{address}{API}/items/{self.endless}", timeout=30).json()["price"]
        confirm = {"imp_uid": "imp_000000000001", "amount": price}
        cancel = {"quantity": 1, "reason": "고객 변심"}
        return {
            "create": self.opening(self.endless, OPENINGS),
            "create, cart": self.opening(self.endless_cart, OPENINGS),
            "poll": self.poll(),
            "304": self.look_again(address),
            "payment": [message("GET", path, token=token) for path, token in paid],
            "history": [message("GET", f"{API}/me/payments", token=token) for token in self.tokens],
            "inventory": [message("GET", f"{API}/me/inventory", token=token) for token in self.tokens],
            "items": [message("GET", f"{API}/items")],
            "webhook": self.webhooks(2000),
            "confirm": [
                message("POST", f"{API}/payments/confirm", confirm | {"merchant_uid": order(n)}) for n, _ in open_
            ],
            "prepare": [message("POST", f"{API}/payments/sessions/ses{n:026d}/prepare", {}, t) for n, t in fresh],
            "verify": [
                message("POST", f"{API}/payments/verify", {"merchant_uid": order(n)}, token) for n, token in open_
            ],
            "cancel": [message("POST", f"{path}/cancel", cancel, token) for path, token in paid],
            **self._of_the_shops_server(),
            **self._of_operators(),
            **self._searches_of_operators(),
            "metrics": [message("GET", "/metrics")],
        }

    def _of_operators(self) -> Sets:
        """Figures, lists, and everything about each of some orders."""
        paid = [n for n in range(BUYERS * EACH) if n % EACH < filling.PAID]
        operations = f"{API}/operations"
        return {
            "overview": [message("GET", f"{operations}/overview?{_hours()}&by=hour", token=self.operator)],
            "system": [message("GET", f"{operations}/system", token=self.operator)],
            "cases": [message("GET", f"{operations}/dead", token=self.operator)],
            "order": [message("GET", f"{operations}/payments/{order(n)}", token=self.operator) for n in paid],
        }

    def _of_the_shops_server(self) -> Sets:
        """Its searches, each for another order, and the oldest events."""
        numbers = range(BUYERS * EACH)
        paid = [n for n in numbers if n % EACH < filling.PAID]
        return {
            "search": [message("GET", f"{API}/payments?reference=R-{n}", token=self.key) for n in paid],
            "sessions found": [
                message("GET", f"{API}/payments/sessions?reference=R-{n}", token=self.key) for n in numbers
            ],
            "latest payments": [message("GET", f"{API}/payments", token=self.key)],
            "events": [message("GET", f"{API}/events?limit=20", token=self.key)],
        }

    def _searches_of_operators(self) -> Sets:
        """Each for another order, and the orders of some hours as a file."""

        def asked(path: str, values: Iterable[str]) -> list[bytes]:
            return [message("GET", f"{API}/operations/payments{path}{one}", token=self.operator) for one in values]

        numbers = [n for n in range(BUYERS * EACH) if n % EACH < filling.PAID]
        return {
            "orders by email": asked("?q=", (f"hana{n}@example.org" for n in numbers)),
            "orders by telephone": asked("?q=", (f"010-0000-{n:04d}" for n in numbers)),
            "orders by id": asked("?q=", (f"imp_{n:012d}" for n in numbers)),
            "latest orders": asked("?status=", ("paid",)),
            "orders as CSV": asked(".csv?", (_hours(),)),
        }

    def _sessions(self) -> Iterator[tuple[str, str]]:
        for buyer, token in enumerate(self.tokens):
            for number in range(buyer * EACH + filling.PAID, buyer * EACH + filling.PAID + filling.PREPARED):
                yield f"{API}/payments/sessions/ses{number:026d}", token


def scenario(environment: Environment) -> Scenario:
    """Fill the database with a thousand sessions; make tokens of all buyers, of an operator and of a shop's server."""
    filling.fill(environment.database, BUYERS * EACH)
    with psycopg.connect(environment.database) as connection:
        connection.execute(
            "INSERT INTO stock_ledger (item_id, kind, quantity, reason)"
            " SELECT id, 'correction', 1000000 - stock, 'enough for a benchmark' FROM items WHERE stock IS NOT NULL"
        )
        connection.execute("UPDATE items SET stock = 1000000 WHERE stock IS NOT NULL")
    with environment.web() as address:
        url = f"http://{address}{API}"
        items = requests.get(f"{url}/items", timeout=30).json()["items"]
        # The item of the rows in the database: the first by name.
        endless = next(item for item in items if item["stock"] is None)
        limited = next(item for item in items if item["stock"] is not None)
        claims = jwt.decode(_log_in(url, "buyer0"), options={"verify_signature": False})
        operator = _log_in(url, "manager", "manager-pass-1234")
        key = _key(url, operator)
    environment.run(COUNT)
    tokens = [_sign(environment, claims, f"buyer{n}") for n in range(BUYERS)]
    both = carts.put_on_sale(environment.database, LINES)
    return Scenario(environment, tokens, endless["id"], limited["id"], *both, operator, key)


def _hours() -> str:
    """Five hours, in which every database has equally many sessions."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    since, until = (f"{(now - timedelta(hours=hours)).isoformat()}Z" for hours in (7, 2))
    return f"from={since}&to={until}"


def _order(items: str | Sequence[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"item_id": items, "quantity": 1}
    if not isinstance(items, str):
        body = {"items": [{"item_id": item_id, "quantity": 1} for item_id in items]}
    return (
        body
        | {"pay_method": "card"}
        | {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
    )


def _sign(environment: Environment, claims: dict[str, Any], username: str) -> str:
    """A token like that of another user: hashing passwords makes logins slow."""
    return jwt.encode(claims | {"sub": username}, environment.environ["JWT_SECRET_KEY"], "HS256")


def _log_in(url: str, username: str, password: str = filling.PASSWORD) -> str:
    credentials: dict[str, Any] = {"username": username, "password": password}
    answer = requests.post(f"{url}/auth/login", json=credentials, timeout=30)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def _key(url: str, operator: str) -> str:
    """A new API key that may read payments and events."""
    wanted = {"scopes": ["payments:read", "events:read"]}
    headers = {"Authorization": f"Bearer {operator}"}
    answer = requests.put(f"{url}/api-keys/benchmark", json=wanted, headers=headers, timeout=30)
    answer.raise_for_status()
    key: str = answer.json()["key"]
    return key


def _tag(url: str, token: str) -> str:
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    answer.raise_for_status()
    return answer.headers["ETag"]
