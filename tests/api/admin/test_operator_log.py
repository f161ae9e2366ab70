"""What operators do and look at leaves a line, and nothing is shown or done without it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from tests.operators import actions, logged
from tests.shop import Json, Shop


@pytest.fixture
def admin(shop: Shop) -> str:
    """The name of an admin of the shop."""
    shop.login("boss", "admin")
    return "boss"


@pytest.fixture
def broken_log(shop: Shop) -> Iterator[None]:
    """The table of the log cannot be written."""

    def run(statement: str) -> None:
        with shop.app.app_context(), db.engine.begin() as connection:
            connection.execute(text(statement))

    run("ALTER TABLE operator_log ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    yield
    run("ALTER TABLE operator_log DROP CONSTRAINT full_disk")


def stuck(shop: Shop) -> Json:
    """A paid session of hana's whose cancel ran out of attempts."""
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, due_at=None, dead_at=clock.now())
    return session


def test_a_look_at_anothers_payment(shop: Shop, admin: str) -> None:
    session = shop.paid()
    headers = shop.login(admin) | {"X-Request-ID": "ticket-7"}
    shop.client.get(f"/api/v1/payments/{session['payment_id']}", headers=headers, environ_base={"REMOTE_ADDR": "::1"})

    (line,) = logged(shop.app)
    assert (line.who, line.role, line.action, line.whom) == ("boss", "admin", "read_payment", "hana")
    assert (line.what_kind, line.what_id) == ("payment", session["payment_id"])
    assert (line.address, line.request_id, line.entry_point) == ("::1", "ticket-7", "http")


def test_buyers_and_ones_own_purchases_are_not_logged(shop: Shop, admin: str) -> None:
    shop.payment(shop.paid())
    shop.payment(shop.paid(user=admin), admin)

    assert actions(shop.app) == []


READS = ["dead", "why/{merchant_uid}", "comparisons/{comparison_id}", "people", "log"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_read_is_without_a_trace(shop: Shop, admin: str, method: str) -> None:
    session = stuck(shop)
    begun = shop.post("/operations/comparisons", {"heal": False}, admin)
    paths = [f"/operations/{path.format(**session | begun)}" for path in READS]
    paths += [f"/operations/comparisons/{begun['comparison_id']}?format={form}" for form in ("csv", "html")]
    paths += [f"/payments/{session['payment_id']}"]

    for path in paths:
        headers = shop.login(admin) | {"If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        with shop.client.open(f"/api/v1{path}", method=method, headers=headers) as answer:
            assert answer.status_code == 200, path
            assert bool(answer.data) == (method == "GET")

    read = ["read_stuck_work", "read_explanation", "read_comparison", "read_people", "read_operator_log"]
    assert actions(shop.app) == ["compare", *read, "read_comparison", "read_comparison", "read_payment"]


def test_lines_name_whose_data_it_is(shop: Shop, admin: str) -> None:
    session = stuck(shop)
    cancellation = shop.payment(session)["cancellations"][0]["cancellation_id"]
    for name in (session["session_id"], session["payment_id"], cancellation):
        shop.get(f"/operations/why/{name}", admin)

    found = [(line.whom, line.what_kind, line.what_id) for line in logged(shop.app)]
    assert found == [
        ("hana", "session", session["session_id"]),
        ("hana", "payment", session["payment_id"]),
        ("hana", "cancellation", cancellation),
    ]


def test_what_is_done_is_logged_with_it(shop: Shop, admin: str) -> None:
    session = stuck(shop)
    shop.post("/operations/replay", {"all": True}, admin)
    shop.post(f"/payments/{shop.paid()['payment_id']}/cancel", {"reason": "비밀", "amount": 100}, admin)

    replay, cancel = logged(shop.app)
    done = shop.payment(session)["cancellations"][0]["cancellation_id"]
    assert (replay.action, replay.detail) == ("replay", f"1 due again: {done}")
    assert (cancel.action, cancel.whom, cancel.detail) == ("cancel", "hana", "100 KRW")


def test_what_is_refused_or_repeated_is_not_logged_as_done(shop: Shop, admin: str) -> None:
    stuck(shop)
    shop.post("/operations/replay", {}, admin, 422)
    shop.get("/operations/why/nothing", admin, 404)
    for _ in range(2):
        shop.post("/operations/replay", {"all": True}, admin, key="once")

    assert actions(shop.app) == ["replay"]


@pytest.mark.usefixtures("broken_log")
def test_nothing_is_shown_without_its_line(shop: Shop, admin: str) -> None:
    session = shop.paid()
    for path in (
        f"/payments/{session['payment_id']}",
        f"/operations/why/{session['session_id']}",
        "/operations/people",
    ):
        answer = shop.client.get(f"/api/v1{path}", headers=shop.login(admin))
        assert answer.status_code >= 400
        assert "hana" not in answer.text
        assert session["imp_uid"] not in answer.text


@pytest.mark.usefixtures("broken_log")
def test_nothing_is_done_without_its_line(shop: Shop, admin: str) -> None:
    session = shop.paid()
    answer = shop.client.post(
        f"/api/v1/payments/{session['payment_id']}/cancel", json={"reason": "x"}, headers=shop.login(admin)
    )

    assert answer.status_code >= 400
    assert shop.payment(session)["cancellations"] == []


def test_the_log_is_filtered_and_read_in_pages(shop: Shop, admin: str) -> None:
    shop.login("kim", "support")
    payments = [shop.paid(user=user)["payment_id"] for user in ("hana", "duri")]
    for who in ("kim", admin):
        for payment in payments:
            shop.get(f"/payments/{payment}", who)

    def read(**query: Any) -> list[tuple[str, str | None]]:
        items = shop.get("/operations/log", admin, query_string=query)["items"]
        return [(line["who"], line["whom"]) for line in items]

    assert read(who="kim") == [("kim", "duri"), ("kim", "hana")]
    assert read(whom="hana", action="read_payment") == [("boss", "hana"), ("kim", "hana")]
    assert read(action="cancel") == []
    assert read(who="kim", to="2020-01-01T00:00:00Z") == []
    assert len(read(who="kim", **{"from": "2020-01-01T00:00:00Z"})) == 2
    first = shop.get("/operations/log", admin, query_string={"limit": 1, "who": "kim"})
    second = shop.get("/operations/log", admin, query_string={"limit": 1, "who": "kim", "cursor": first["next"]})
    assert [page["items"][0]["whom"] for page in (first, second)] == ["duri", "hana"]


def test_behind_a_proxy_the_log_has_the_clients_address(shop_with: Callable[..., Shop]) -> None:
    """What the client itself claims to be is not believed."""
    addresses = []
    for proxies, claimed in ((0, "198.51.100.9"), (1, "203.0.113.5, 198.51.100.9"), (1, "not an address")):
        shop = shop_with(trusted_proxies=proxies)
        headers = shop.login("boss", "admin") | {"X-Forwarded-For": claimed}
        shop.client.get("/api/v1/operations/dead", headers=headers)
        addresses.append(logged(shop.app)[-1].address)

    assert addresses == ["127.0.0.1", "198.51.100.9", None]
