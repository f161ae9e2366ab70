"""Endpoints of alerts: open and recent ones, and muting."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.outbound import alerts
from pitturu.outbound.alert_rules import RULES
from pitturu.services import services_of
from pitturu.store.alerts import Alert, states
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.operators import logged
from tests.shop import Shop

Turn = Callable[[timedelta], None]


@pytest.fixture
def watched(shop: Shop) -> Shop:
    """A shop with operators of two roles."""
    shop.login("boss", "admin")
    shop.login("support", "support")
    return shop


def evaluate(shop: Shop) -> None:
    alerts.evaluate(shop.engine.transaction, services_of(shop.app).settings)


def test_what_is_open_and_what_was(watched: Shop, turn: Turn) -> None:
    watched.open()
    evaluate(watched)
    assert watched.get("/operations/alerts", "support")["items"] == []
    watched.set(PaymentSession, dead_at=clock.now())
    evaluate(watched)
    page = watched.get("/operations/alerts", "support")
    (alert,) = page["items"]
    shown = ("rule", "severity", "detail", "ended_at", "announced_at")
    assert [alert[name] for name in shown] == ["dead_work", "warning", "Out of tries: session: 1.", None, None]
    assert [rule["rule"] for rule in page["rules"]] == [rule.name for rule in RULES]
    (rule,) = [rule for rule in page["rules"] if rule["rule"] == "dead_work"]
    assert (rule["detail"], rule["muted_until"]) == ("Out of tries: session: 1.", None)

    watched.set(PaymentSession, dead_at=None)
    for _ in range(4):
        turn(timedelta(minutes=4))
        evaluate(watched)
    (ended,) = [one for one in watched.get("/operations/alerts", "support")["items"] if one["rule"] == "dead_work"]
    assert (ended["alert_id"], ended["ended_at"] is None) == (alert["alert_id"], False)
    still_open = watched.get("/operations/alerts?open=true", "support")["items"]
    assert "dead_work" not in {one["rule"] for one in still_open}


def test_pages(watched: Shop) -> None:
    with watched.app.app_context(), unit_of_work() as work:
        for number in range(5):
            times = {"ended_at": clock.now(), "created_at": clock.now() + timedelta(seconds=number)}
            work.session.add(Alert(rule="backlog", severity="critical", detail=str(number), **times))
    first = watched.get("/operations/alerts?limit=3", "boss")
    second = watched.get(f"/operations/alerts?limit=3&cursor={first['next']}", "boss")
    assert [one["detail"] for page in (first, second) for one in page["items"]] == ["4", "3", "2", "1", "0"]
    assert second["next"] is None
    watched.get("/operations/alerts?cursor=forged", "boss", 422)


def test_muting_is_logged_and_ends_by_itself(watched: Shop, turn: Turn) -> None:
    muted = watched.post("/operations/alerts/backlog/mute", {"hours": 2}, "boss", 200)
    assert muted["muted_until"] is not None
    (line,) = logged(watched.app)
    assert (line.who, line.action, line.what_kind, line.what_id, line.detail) == (
        "boss",
        "mute_alert",
        "alert_rule",
        "backlog",
        "for 2 h",
    )
    with watched.app.app_context():
        assert states()["backlog"].muted
    turn(timedelta(hours=2))
    with watched.app.app_context():
        assert not states()["backlog"].muted


def test_unmuting(watched: Shop) -> None:
    watched.post("/operations/alerts/backlog/mute", {"hours": 2}, "boss", 200)
    answer = watched.client.delete("/api/v1/operations/alerts/backlog/mute", headers=watched.login("boss"))
    assert (answer.status_code, answer.json["muted_until"]) == (200, None)
    assert [line.action for line in logged(watched.app)] == ["mute_alert", "unmute_alert"]


@pytest.mark.parametrize("hours", [0, -1, alerts.MOST_HOURS + 1, 10**20, 1.5, "2", None])
def test_nobody_mutes_for_good(watched: Shop, hours: object) -> None:
    """Whoever steals unnoticed would begin with this."""
    assert "hours" in watched.post("/operations/alerts/backlog/mute", {"hours": hours}, "boss", 422)["errors"]
    assert logged(watched.app) == []


def test_an_unknown_rule_is_answered_with_those_that_exist(watched: Shop) -> None:
    refused = watched.post("/operations/alerts/nothing/mute", {"hours": 1}, "boss", 404)
    assert refused["code"] == "unknown_rule"
    assert "backlog" in refused["detail"]


def test_support_mutes_nothing(watched: Shop) -> None:
    refused = watched.post("/operations/alerts/backlog/mute", {"hours": 1}, "support", 403)
    assert refused["errors"]["permission"] == ["mute_alerts"]
