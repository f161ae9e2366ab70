"""What a shop asks its buyers to agree to: enforced for buyers, stored as it was seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pitturu.domain.consents import parse
from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession
from tests.machine_clients import Server
from tests.shop import Shop
from tests.values import BUYER

SETTING = """[
  {"id": "terms", "required": true, "url": "https://shop.example/terms",
   "text": {"ko": "이용약관에 동의해요.", "en": "I agree to the terms."}},
  {"id": "news", "text": {"ko": "소식을 받을게요.", "en": "Send me news."}}
]"""
TERMS, NEWS = parse(SETTING)

Given = list[dict[str, Any]]


def given(*consents: Any) -> Given:
    """These consents as a browser sends them."""
    return [{"id": one.id, "version": one.version} for one in consents]


@pytest.fixture
def asking(shop_with: Callable[..., Shop]) -> Shop:
    """A shop that asks for something."""
    return shop_with(consents=(TERMS, NEWS))


def order(shop: Shop, consents: Given | None, **more: Any) -> dict[str, Any]:
    """The body of a new session; without `consents` for None."""
    body = {"item_id": shop.item(), "quantity": 1, **BUYER, **more}
    return body if consents is None else body | {"consents": consents}


def stored(shop: Shop, session: dict[str, Any]) -> Any:
    """What the row says."""
    with shop.app.app_context():
        return db.session.query(PaymentSession.consents).filter_by(session_id=session["session_id"]).scalar()


def test_what_was_agreed_to_is_stored_as_it_was_seen(asking: Shop) -> None:
    shown = asking.client.get("/api/v1/checkout/form").json["consents"]
    assert [(one["id"], one["required"], one["url"], one["text"]["en"]) for one in shown] == [
        ("terms", True, "https://shop.example/terms", "I agree to the terms."),
        ("news", False, "", "Send me news."),
    ]
    agreed = [{"id": one["id"], "version": one["version"]} for one in shown]

    before = datetime.now(UTC)
    session = asking.post("/payments/sessions", order(asking, agreed, language="en"), status=201)

    terms, news = stored(asking, session)
    assert (terms["id"], terms["version"], terms["text"]) == ("terms", TERMS.version, "I agree to the terms.")
    assert news["text"] == "Send me news."
    assert before <= datetime.fromisoformat(terms["agreed_at"]) <= datetime.now(UTC)
    asking.login("operator", "support")
    whole = asking.get(f"/operations/payments/{session['session_id']}", "operator")
    assert whole["session"]["consents"] == [terms, news]


@pytest.mark.parametrize(
    ("consents", "code"),
    [
        (None, "consent_needed"),
        ([], "consent_needed"),
        (given(NEWS), "consent_needed"),
        (given(replace(TERMS, ko="모든 것에 동의해요.")), "consent_changed"),
        ([*given(TERMS), {"id": "x", "version": TERMS.version}], "consent_changed"),
        ([{"id": "terms", "version": NEWS.version}], "consent_changed"),
        (given(TERMS) * 11, "validation_failed"),
        ([{"id": "terms", "version": "0" * 65}], "validation_failed"),
        ([{"id": "terms", "version": TERMS.version, "agreed_at": "2020-01-01"}], "validation_failed"),
        ("terms", "validation_failed"),
    ],
)
def test_nobody_orders_without_what_is_required(asking: Shop, consents: Any, code: str) -> None:
    """Not by leaving it out, not with the hash of another text, not with a time of one's own."""
    assert asking.post("/payments/sessions", order(asking, consents), status=422)["code"] == code


def test_the_optional_ones_are_optional_and_twice_is_once(asking: Shop) -> None:
    session = asking.post("/payments/sessions", order(asking, given(TERMS, TERMS)), status=201)

    assert [one["id"] for one in stored(asking, session)] == ["terms"]


def test_the_shops_server_has_asked_already(asking: Shop) -> None:
    server = Server(asking)

    assert stored(asking, server.open()) == []
    assert [one["id"] for one in stored(asking, server.open(consents=given(NEWS)))] == ["news"]
    server.open(status=422, consents=[{"id": "other", "version": "0"}])


def test_a_shop_that_asks_for_nothing_stores_nothing(shop: Shop) -> None:
    assert shop.client.get("/api/v1/checkout/form").json == {"consents": []}
    assert stored(shop, shop.open(prepared=False)) is None
    assert shop.post("/payments/sessions", order(shop, given(TERMS)), status=422)["code"] == "consent_changed"


@pytest.mark.parametrize(
    "setting",
    [
        "{}",
        "[1]",
        "terms",
        "[" * 100_000,
        '[{"id": "a"}]',
        '[{"id": "A", "text": {"ko": "a", "en": "a"}}]',
        '[{"id": "a", "text": {"ko": "a"}}]',
        '[{"id": "a", "text": {"ko": "a", "en": " "}}]',
        '[{"id": "a", "text": {"ko": "a", "en": "a"}, "required": "yes"}]',
        '[{"id": "a", "text": {"ko": "a", "en": "a"}, "url": "javascript:alert(1)"}]',
        '[{"id": "a", "text": {"ko": "a", "en": "a"}, "url": "//other.example"}]',
        '[{"id": "a", "text": {"ko": "a", "en": "a"}, "requird": true}]',
        '[{"id": "a", "text": {"ko": "a", "en": "a"}}, {"id": "a", "text": {"ko": "b", "en": "b"}}]',
    ],
)
def test_a_setting_that_says_something_else_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(setting)
