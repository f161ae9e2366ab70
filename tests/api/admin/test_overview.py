"""The operators' overview over HTTP."""

from datetime import datetime, timedelta

from tests.counted import count_all
from tests.shop import Shop

PATH = "/operations/overview"


def test_what_was_sold_refunded_and_declined(shop: Shop) -> None:
    shop.login("viewer", "viewer")
    shop.refund(shop.paid(), 3_000)
    shop.decline(shop.open())
    with shop.app.app_context():
        count_all()

    found = shop.get(PATH, "viewer")

    total = found["total"]
    assert (total["opened"], total["paid"], total["declined"], total["approval_rate"]) == (2, 1, 1, 0.5)
    assert (total["received"], total["refunded"]) == ({"count": 1, "won": 10_000}, {"count": 1, "won": 3_000})
    assert sum(period["paid"] for period in found["periods"]) == 1
    assert {way["pay_method"]: way["received"]["won"] for way in found["ways"]}["card"] == 10_000
    assert sum(one["count"] for one in found["declines"]) == 1
    assert found["time_to_paid"]["count"] == 1
    assert found["as_of"] is not None
    before = found["previous"]
    assert datetime.fromisoformat(before["from"]) == datetime.fromisoformat(found["from"]) - timedelta(days=1)
    assert (before["total"]["paid"], before["declines"]) == (0, [])


def test_only_operators_read_it(shop: Shop) -> None:
    shop.get(PATH, status=403)
    assert shop.client.get(f"/api/v1{PATH}").status_code == 401


def test_a_span_that_is_too_long(shop: Shop) -> None:
    shop.login("viewer", "viewer")
    answer = shop.get(f"{PATH}?from=2020-01-01T00:00:00Z&by=hour", "viewer", status=422)
    assert (answer["code"], list(answer["errors"])) == ("bad_span", ["from"])
