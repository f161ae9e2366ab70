"""Looking at payments: by imp_uid, many at once, the first of an order, all of an order, all of a status."""

from typing import Any

import pytest

from tests.portone_simulator.clients import Desk, order_id, refusal

GONE = (-1, "존재하지 않는 결제정보입니다.")


def uids(payments: list[dict[str, Any]]) -> list[str]:
    return [payment["imp_uid"] for payment in payments]


def test_unknown_payments_are_404(desk: Desk) -> None:
    assert refusal(desk.call("GET", "/payments/imp_000000000000"), 404) == GONE
    assert refusal(desk.call("GET", "/payments/find/없는주문"), 404) == GONE
    assert refusal(desk.call("GET", "/payments/findAll/âàáaā"), 404) == GONE


@pytest.mark.parametrize(
    ("query", "http"), [("", 404), ("?include_sandbox=false", 404), ("?include_sandbox=true", 200)]
)
def test_test_channels_are_hidden_from_the_single_get_only(desk: Desk, query: str, http: int) -> None:
    imp_uid = desk.paid(merchant_uid="sandboxed", sandbox=True)

    assert desk.call("GET", f"/payments/{imp_uid}{query}").status_code == http
    assert desk.get("/payments/find/sandboxed")["sandbox"] is True


def test_the_sandbox_default_is_a_setting(desk: Desk) -> None:
    desk.settings(sandbox=True)

    assert [desk.shown(desk.opened(**order))["sandbox"] for order in ({}, {"sandbox": False})] == [True, False]


def test_extension_is_shown_on_request(desk: Desk) -> None:
    imp_uid = desk.paid()

    assert "extension" in desk.get(f"/payments/{imp_uid}?extension=true")
    assert "extension" not in desk.get(f"/payments/{imp_uid}")


def test_only_payco_has_a_balance(desk: Desk) -> None:
    assert desk.call("GET", f"/payments/{desk.paid()}/balance").status_code == 405
    assert desk.call("GET", "/payments/imp_000000000000/balance").status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_wrong_method_is_405_and_a_wrong_path_404(desk: Desk, method: str) -> None:
    assert refusal(desk.call(method, "/payments/cancel"), 405)[0] == -1
    assert refusal(desk.call(method, "/nothing/here"), 404)[0] == -1


def test_many_by_id(desk: Desk) -> None:
    first, second = desk.paid(), desk.paid(merchant_uid="주문")
    query = {"imp_uid[]": first, "merchant_uid[]": "주문"}

    assert set(uids(desk.get("/payments", params=query))) == {first, second}


@pytest.mark.parametrize(
    ("ids", "http"), [(["known", "none"], 207), (["none", "nothing"], 404), ([], 400), (["x"] * 101, 400)]
)
def test_many_when_not_all_are_found(desk: Desk, ids: list[str], http: int) -> None:
    imp_uid = desk.paid(merchant_uid="known")
    answer = desk.call("GET", "/payments", params={"merchant_uid[]": ids})

    assert answer.status_code == http
    assert http != 207 or uids(answer.json()["response"]) == [imp_uid]


@pytest.mark.parametrize(("switch", "count"), [("all", 2), ("latest", 1)])
def test_many_by_order_shows_all_attempts_or_the_latest(desk: Desk, switch: str, count: int) -> None:
    desk.settings(list_attempts=switch)
    desk.opened(merchant_uid="twice")
    latest = desk.opened(merchant_uid="twice")
    shown = uids(desk.get("/payments", params={"merchant_uid[]": "twice"}))

    assert (shown[0], len(shown)) == (latest, count)


def three_attempts(desk: Desk) -> list[str]:
    """A declined, an abandoned and a paid attempt of the order "주문"; the first was touched last."""
    declined, abandoned = desk.opened(merchant_uid="주문"), desk.opened(merchant_uid="주문")
    paid = desk.opened(merchant_uid="주문")
    for imp_uid, action in ((abandoned, "abandon"), (paid, "approve"), (declined, "decline")):
        desk.act(imp_uid, action)
    return [declined, abandoned, paid]


@pytest.mark.parametrize(
    ("sorting", "first"), [("-started", 2), ("started", 0), ("-paid", 2), ("paid", 0), ("-updated", 0), ("updated", 1)]
)
def test_find_takes_the_first_by_order(desk: Desk, sorting: str, first: int) -> None:
    attempts = three_attempts(desk)

    assert desk.get("/payments/find/주문", params={"sorting": sorting})["imp_uid"] == attempts[first]


@pytest.mark.parametrize(
    "words", ["find/주문/settled", "findAll/주문/settled", "status/settled", "find/주문?sorting=price"]
)
def test_words_that_mean_nothing_are_400(desk: Desk, words: str) -> None:
    desk.opened(merchant_uid="주문")

    assert refusal(desk.call("GET", f"/payments/{words}"), 400)[0] == 1


def test_a_status_narrows(desk: Desk) -> None:
    declined, _, paid = three_attempts(desk)

    assert desk.get("/payments/find/주문/failed/")["imp_uid"] == declined
    assert uids(desk.get("/payments/findAll/주문/paid/")["list"]) == [paid]
    assert refusal(desk.call("GET", "/payments/find/주문/cancelled"), 404) == GONE


def test_pages(desk: Desk) -> None:
    attempts = three_attempts(desk)
    pages = [desk.get("/payments/findAll/주문", params={"limit": 2, "page": page}) for page in (1, 2)]

    assert [uids(page["list"]) for page in pages] == [[attempts[2], attempts[1]], [attempts[0]]]
    assert [(page["total"], page["previous"], page["next"]) for page in pages] == [(3, 0, 2), (3, 1, 0)]


@pytest.mark.parametrize("query", ["page=3&limit=2", "limit=0", "limit=1001", "page=0", "page=x"])
def test_pages_that_do_not_exist(desk: Desk, query: str) -> None:
    three_attempts(desk)
    answer = desk.call("GET", f"/payments/findAll/주문?{query}")

    assert answer.json()["code"] != 0


def test_all_is_the_sum_of_the_statuses(desk: Desk) -> None:
    three_attempts(desk)
    desk.cancel(imp_uid=desk.paid())
    totals = {word: desk.get(f"/payments/status/{word}")["total"] for word in ("ready", "paid", "cancelled", "failed")}

    assert totals == {"ready": 1, "paid": 1, "cancelled": 1, "failed": 1}
    assert desk.get("/payments/status/all")["total"] == 4


def test_no_payment_is_an_empty_page(desk: Desk) -> None:
    assert desk.get("/payments/status/paid") == {"total": 0, "previous": 0, "next": 0, "list": []}


def test_each_status_is_filed_under_its_own_time(desk: Desk) -> None:
    started = desk.opened(merchant_uid=order_id())
    opened_at = desk.shown(started)["started_at"]
    desk.control("POST", "/clock", {"advance": 3600})
    desk.act(started, "approve")
    early, late = {"to": opened_at + 60}, {"from": opened_at + 60}

    assert desk.get("/payments/status/all", params={"from": opened_at - 60, **early})["total"] == 0
    assert desk.get("/payments/status/all", params=late)["total"] == 1


def test_ninety_days_at_most(desk: Desk) -> None:
    paid_at = desk.shown(desk.paid())["paid_at"]
    desk.control("POST", "/clock", {"advance": 91 * 86400})

    assert desk.get("/payments/status/paid")["total"] == 0
    assert desk.get("/payments/status/paid", params={"from": paid_at, "to": paid_at})["total"] == 1
    assert refusal(desk.call("GET", f"/payments/status/paid?from={paid_at}"), 400)[0] == 1


@pytest.mark.parametrize(("switch", "empty"), [("zero", 0), ("null", None)])
def test_dates_of_no_account_are_zero_or_null(desk: Desk, switch: str, empty: int | None) -> None:
    desk.settings(empty_vbank_dates=switch)

    assert desk.shown(desk.opened())["vbank_date"] == empty
