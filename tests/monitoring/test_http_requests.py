"""Requests are counted by rule, method and status; clients create no series."""

import random
import string

from flask import Flask

from tests.counting import counted, series
from tests.shop import Shop

REQUESTS, SECONDS = "pitturu_http_requests_total", "pitturu_http_request_duration_seconds_count"


def test_a_request_is_counted_by_its_rule(shop: Shop) -> None:
    session = shop.open()
    route = "/api/v1/payments/sessions/<name:session_id>"
    with (
        counted(REQUESTS, route=route, method="GET", status="200") as found,
        counted(REQUESTS, route=route, method="GET", status="404") as unknown,
        counted(SECONDS, route=route, method="GET") as measured,
    ):
        shop.session(session)
        shop.client.get("/api/v1/payments/sessions/sesunknown", headers=shop.login())

    assert (found.moved, unknown.moved, measured.moved) == (1, 1, 2)


def test_a_request_that_may_wait_is_counted_and_not_measured(shop: Shop) -> None:
    session = shop.open()
    path, route = f"/api/v1/payments/sessions/{session['session_id']}", "/api/v1/payments/sessions/<name:session_id>"
    with (
        counted(REQUESTS, route=route, method="GET", status="200") as found,
        counted(SECONDS, route=route, method="GET") as measured,
    ):
        shop.client.get(f"{path}?wait=1", headers=shop.login())

    assert (found.moved, measured.moved) == (1, 0)


def test_a_request_that_is_refused_before_its_view_is_counted(app: Flask) -> None:
    with counted(REQUESTS, route="/api/v1/me", method="GET", status="401") as refused:
        app.test_client().get("/api/v1/me")

    assert refused.moved == 1


def test_invented_paths_and_methods_create_no_series(app: Flask) -> None:
    client, chosen = app.test_client(), random.Random(13)

    def word() -> str:
        return "".join(chosen.choices(string.ascii_lowercase, k=12))

    def strange() -> None:
        client.open(f"/{word()}/{word()}?{word()}={word()}", method=word().upper())
        client.open(f"/api/v1/items/{word()}", method=word().upper())
        client.get(f"/api/v1/{word()}", headers={"X-Request-ID": word()})

    strange()
    before = series()
    for _ in range(333):
        strange()

    assert series() == before


def test_a_refused_webhook_is_counted_by_reason(app: Flask) -> None:
    name = "pitturu_webhooks_refused_total"
    with counted(name, reason="webhook_malformed") as malformed, counted(name, reason="webhook_forged") as forged:
        app.test_client().post("/api/v1/payments/webhook", json={"imp_uid": ["x"]})
        app.test_client().post("/api/v1/payments/webhook", json={"type": "Transaction.Paid", "data": {}})

    assert (malformed.moved, forged.moved) == (1, 1)
