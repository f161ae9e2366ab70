"""Endpoints for operators: begin a comparison, list comparisons, read the report in every format."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.shop import Json, Shop

PATH = "/operations/comparisons"


@pytest.fixture
def operator(shop: Shop) -> str:
    """A user who may access all of this."""
    shop.login("operator", role="admin")
    return "operator"


@pytest.fixture
def drifted(shop: Shop, turn: Callable[[timedelta], None]) -> Json:
    """A session that was refunded in PortOne's console after the last check, without a webhook."""
    session = shop.paid()
    turn(timedelta(hours=2))
    shop.drain()
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    return session


def asked(shop: Shop, body: Json | None = None, key: str | None = None) -> Json:
    """The response to a request that begins a comparison."""
    return shop.post(PATH, body or {}, "operator", 202, key)


def test_a_comparison_from_begin_to_report(shop: Shop, operator: str, drifted: Json) -> None:
    begun = asked(shop, {"from": "2026-01-01", "heal": False})
    shop.drain()

    report = shop.get(f"{PATH}/{begun['comparison_id']}", operator)

    assert (begun["status"], report["status"], report["progress"]) == ("running", "ended", 100)
    assert (report["asked_by"], report["heal"], report["generations"]) == ("operator", False, ["v1", "v2"])
    assert report["counts"] == {"cancelled_amount": 1, "webhook_missing": 1}
    assert report["states"] == {"open": 1, "asked": 0, "healed": 1}
    (listed,) = shop.get(PATH, operator)["items"]
    assert listed["states"] == report["states"]
    (finding,) = shop.get(f"{PATH}/{begun['comparison_id']}?state=open", operator)["findings"]
    assert finding["kind"] == "cancelled_amount"
    assert (finding["state"], finding["ours"], finding["theirs"]) == ("open", "0", "10000")
    assert (finding["order_id"], finding["refund"], report["next"]) == (drifted["merchant_uid"], None, None)


def test_differences_are_corrected_by_default(shop: Shop, operator: str, drifted: Json) -> None:
    asked(shop, {"from": "2026-01-01"})
    shop.drain()

    assert shop.session(drifted)["status"] == "cancelled"


@pytest.mark.parametrize("body", [None, {}])
def test_the_default_window_is_yesterday_in_korea(shop: Shop, operator: str, body: Json | None) -> None:
    begun = asked(shop, body)

    assert begun["from"][11:] == begun["to"][11:] == "15:00:00+00:00"


def test_the_location_header_names_the_report(shop: Shop, operator: str) -> None:
    answer = shop.client.post(f"/api/v1{PATH}", json={}, headers=shop.login(operator))

    assert shop.client.get(answer.headers["Location"], headers=shop.login(operator)).status_code == 200


def test_an_unfinished_one_of_the_same_window_is_continued(shop: Shop, operator: str) -> None:
    window = {"from": "2026-11-01", "to": "2026-11-02"}

    names = {asked(shop, window)["comparison_id"], asked(shop, window)["comparison_id"]}
    shop.drain()
    again = asked(shop, window)["comparison_id"]

    assert len(names) == 1
    assert again not in names


def test_the_findings_come_in_pages(shop: Shop, operator: str) -> None:
    for _ in range(3):
        shop.paid()
    begun = asked(shop, {"from": "2026-01-01"})
    shop.drain()

    first = shop.get(f"{PATH}/{begun['comparison_id']}?limit=2", operator)
    second = shop.get(f"{PATH}/{begun['comparison_id']}?limit=2&after={first['next']}", operator)

    assert [len(page["findings"]) for page in (first, second)] == [2, 1]
    assert second["next"] is None


def test_a_spreadsheet_and_a_page(shop: Shop, operator: str) -> None:
    """An order number from outside is neither a formula nor a script."""
    wish = {"merchant_uid": "=1+1<script>", "amount": 700, "sandbox": True}
    shop.act(shop.portone.control("POST", "payments", wish)["imp_uid"], "approve")
    begun = asked(shop, {"from": "2026-01-01"})
    shop.drain()

    where, headers = f"/api/v1{PATH}/{begun['comparison_id']}", shop.login(operator)
    table = shop.client.get(f"{where}?format=csv", headers=headers)
    (line,) = csv.DictReader(table.data.decode("utf-8-sig").splitlines())
    page = shop.client.get(f"{where}?format=html", headers=headers)

    assert (table.mimetype, line["kind"], line["order_id"]) == ("text/csv", "unknown", "'=1+1<script>")
    assert begun["comparison_id"] in table.headers["Content-Disposition"]
    assert page.mimetype == "text/html"
    assert "=1+1&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_comparisons_are_listed_newest_first(shop: Shop, operator: str) -> None:
    begun = [asked(shop, {"from": f"2026-11-0{day}", "to": f"2026-11-0{day}"}) for day in (1, 2, 3)]
    names = [one["comparison_id"] for one in begun][::-1]

    first = shop.get(f"{PATH}?limit=2", operator)
    second = shop.get(f"{PATH}?limit=2&scope=full&cursor={first['next']}", operator)

    assert [one["comparison_id"] for page in (first, second) for one in page["items"]] == names
    assert second["next"] is None
    assert shop.get(f"{PATH}?scope=webhooks", operator)["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "soon"}, "from"),
        ({"from": "2026-11-01", "to": "9" * 40}, "to"),
        ({"to": "2026-11-01"}, "from"),
        ({"from": "2020-01-01"}, "from"),
        ({"heal": "yes"}, "heal"),
        ({"from": 7}, "from"),
    ],
)
def test_invalid_requests(shop: Shop, operator: str, body: Json, field: str) -> None:
    problem = shop.post(PATH, body, operator, status=422)

    assert list(problem["errors"]) == [field]


def test_only_operators_compare(shop: Shop) -> None:
    shop.post(PATH, {}, "hana", status=403)
    shop.get(PATH, "hana", status=403)
    shop.get(f"{PATH}/cmp1", "hana", status=403)
    assert shop.client.get(f"/api/v1{PATH}").status_code == 401


def test_an_unknown_comparison(shop: Shop, operator: str) -> None:
    assert shop.get(f"{PATH}/cmp1", operator, status=404)["code"] == "comparison_not_found"
