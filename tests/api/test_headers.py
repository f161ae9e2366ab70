"""Response headers, CORS, and request ids."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from pitturu import logs
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store.events import PaymentEvent
from tests.shop import PASSWORD, Shop

FRONTEND = "https://shop.example.com"


def ask(shop: Shop, method: str = "GET", path: str = "/api/v1/items", **headers: str) -> Any:
    return shop.client.open(
        path, method=method, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def test_responses_are_private(shop: Shop) -> None:
    for path in ("/api/v1/me", "/api/v1/me/payments", "/api/v1/items", "/api/v1/nothing"):
        headers = shop.client.get(path, headers=shop.login()).headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/api/v1/items", "/api/v1/nothing", "/nothing"])
def test_production_insists_on_https(shop_with: Callable[..., Shop], shop: Shop, path: str) -> None:
    answer = shop_with(pitturu_env="production").client.get(path)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in shop.client.get(path).headers


def test_the_frontend_may_read(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(cors_origins=(FRONTEND,))
    plain = ask(shop, Origin=FRONTEND).headers
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,idempotency-key"}
    preflight = ask(shop, "OPTIONS", "/api/v1/payments/sessions", Origin=FRONTEND, **asked)

    assert plain["Access-Control-Allow-Origin"] == FRONTEND
    assert {"ETag", "Location", "Retry-After"} <= set(plain["Access-Control-Expose-Headers"].split(", "))
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, FRONTEND)
    assert preflight.headers["Access-Control-Allow-Headers"].lower() == "authorization, idempotency-key"
    assert "Access-Control-Allow-Credentials" not in plain


def test_refusals_may_be_read_as_well(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(cors_origins=(FRONTEND,))

    assert ask(shop, path="/api/v1/me", Origin=FRONTEND).headers["Access-Control-Allow-Origin"] == FRONTEND


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{FRONTEND}.evil.example", "http://shop.example.com"]
)
def test_other_origins_may_not(shop_with: Callable[..., Shop], origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in ask(shop_with(cors_origins=(FRONTEND,)), Origin=origin).headers


def test_no_origin_may_by_default(shop: Shop) -> None:
    assert "Access-Control-Allow-Origin" not in ask(shop, Origin=FRONTEND).headers


def test_a_valid_request_id_is_kept(shop: Shop) -> None:
    assert ask(shop, X_Request_ID="abc.DEF_1-2").headers["X-Request-ID"] == "abc.DEF_1-2"


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a/b", 'a"b', "é", "a,b"])
def test_any_other_is_replaced(shop: Shop, name: str) -> None:
    given = ask(shop, X_Request_ID=name).headers.get_all("X-Request-ID")

    assert len(given) == 1
    assert given[0] not in ("", name)


def test_every_request_has_its_own(shop: Shop) -> None:
    assert len({ask(shop).headers["X-Request-ID"] for _ in range(20)}) == 20
    assert logs.request_id() is None


def test_the_timeline_knows_the_request(shop: Shop) -> None:
    session = shop.open()
    headers = shop.login() | {"X-Request-ID": "find-me-again"}
    shop.client.post("/api/v1/payments/verify", json={"merchant_uid": session["merchant_uid"]}, headers=headers)

    with shop.app.app_context():
        last = db.session.query(PaymentEvent).order_by(PaymentEvent.id.desc()).first()
    assert last is not None
    assert (last.to_status, last.request_id) == ("verifying", "find-me-again")


def test_one_line_for_each_request(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    headers = shop.login() | {"X-Request-ID": "find-me-again"}
    with caplog.at_level(logging.INFO):
        caplog.clear()
        shop.client.get("/api/v1/me/payments?status=gold&secret=x", headers=headers)

    (line,) = [record for record in caplog.records if record.message == "request"]
    answered = (line.method, line.path, line.status, line.user)
    assert answered == ("GET", "/api/v1/me/payments", 422, "hana")
    assert line.ms >= 0


def test_the_log_contains_no_secrets(
    shop: Shop, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure(services_of(shop.app).settings)
    with caplog.at_level(logging.DEBUG):
        token = shop.login()["Authorization"]
        shop.paid(buyer_addr="비밀의 거리 7")

    written = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert any(line["event"] == "request" for line in written)
    for secret in (PASSWORD, token.removeprefix("Bearer "), "비밀의 거리", "hana@example.org", "김하나"):
        assert secret not in json.dumps(written, ensure_ascii=False)
