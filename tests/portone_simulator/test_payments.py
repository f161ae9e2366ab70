"""Looking at payments: by imp_uid, many at once, the first of an order, all of an order, all of a status."""

from typing import Any

import pytest

from tests.portone_simulator.clients import SimulatorClient, order_id, refusal

GONE = (-1, "존재하지 않는 결제정보입니다.")


def uids(payments: list[dict[str, Any]]) -> list[str]:
    return [payment["imp_uid"] for payment in payments]


def test_unknown_payments_are_404(simulator: SimulatorClient) -> None:
    assert refusal(simulator.call("GET", "/payments/imp_000000000000"), 404) == GONE
    assert refusal(simulator.call("GET", "/payments/find/없는주문"), 404) == GONE
    assert refusal(simulator.call("GET", "/payments/findAll/âàáaā"), 404) == GONE


@pytest.mark.parametrize(
    ("query", "http"), [("", 404), ("?include_sandbox=false", 404), ("?include_sandbox=true", 200)]
)
def test_test_channels_are_hidden_from_the_single_get_only(simulator: SimulatorClient, query: str, http: int) -> None:
    imp_uid = simulator.paid(merchant_uid="sandboxed", sandbox=True)

    assert simulator.call("GET", f"/payments/{imp_uid}{query}").status_code == http
    assert simulator.get("/payments/find/sandboxed")["sandbox"] is True


def test_the_sandbox_default_is_a_setting(simulator: SimulatorClient) -> None:
    simulator.settings(sandbox=True)

    assert [simulator.shown(simulator.opened(**order))["sandbox"] for order in ({}, {"sandbox": False})] == [
        True,
        False,
    ]


def test_extension_is_shown_on_request(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid()

    assert "extension" in simulator.get(f"/payments/{imp_uid}?extension=true")
    assert "extension" not in simulator.get(f"/payments/{imp_uid}")


def test_only_payco_has_a_balance(simulator: SimulatorClient) -> None:
    assert simulator.call("GET", f"/payments/{simulator.paid()}/balance").status_code == 405
    assert simulator.call("GET", "/payments/imp_000000000000/balance").status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_wrong_method_is_405_and_a_wrong_path_404(simulator: SimulatorClient, method: str) -> None:
    assert refusal(simulator.call(method, "/payments/cancel"), 405)[0] == -1
    assert refusal(simulator.call(method, "/nothing/here"), 404)[0] == -1


def test_many_by_id(simulator: SimulatorClient) -> None:
    first, second = simulator.paid(), simulator.paid(merchant_uid="주문")
    query = {"imp_uid[]": first, "merchant_uid[]": "주문"}

    assert set(uids(simulator.get("/payments", params=query))) == {first, second}


@pytest.mark.parametrize(
    ("ids", "http"), [(["known", "none"], 207), (["none", "nothing"], 404), ([], 400), (["x"] * 101, 400)]
)
def test_many_when_not_all_are_found(simulator: SimulatorClient, ids: list[str], http: int) -> None:
    imp_uid = simulator.paid(merchant_uid="known")
    answer = simulator.call("GET", "/payments", params={"merchant_uid[]": ids})

    assert answer.status_code == http
    assert http != 207 or uids(answer.json()["response"]) == [imp_uid]


@pytest.mark.parametrize(("switch", "count"), [("all", 2), ("latest", 1)])
def test_many_by_order_shows_all_attempts_or_the_latest(simulator: SimulatorClient, switch: str, count: int) -> None:
    simulator.settings(list_attempts=switch)
    simulator.opened(merchant_uid="twice")
    latest = simulator.opened(merchant_uid="twice")
    shown = uids(simulator.get("/payments", params={"merchant_uid[]": "twice"}))

    assert (shown[0], len(shown)) == (latest, count)


def three_attempts(simulator: SimulatorClient) -> list[str]:
    """A declined, an abandoned and a paid attempt of the order "주문"; the first was touched last."""
    declined, abandoned = simulator.opened(merchant_uid="주문"), simulator.opened(merchant_uid="주문")
    paid = simulator.opened(merchant_uid="주문")
    for imp_uid, action in ((abandoned, "abandon"), (paid, "approve"), (declined, "decline")):
        simulator.act(imp_uid, action)
    return [declined, abandoned, paid]


@pytest.mark.parametrize(
    ("sorting", "first"), [("-started", 2), ("started", 0), ("-paid", 2), ("paid", 0), ("-updated", 0), ("updated", 1)]
)
def test_find_takes_the_first_by_order(simulator: SimulatorClient, sorting: str, first: int) -> None:
    attempts = three_attempts(simulator)

    assert simulator.get("/payments/find/주문", params={"sorting": sorting})["imp_uid"] == attempts[first]


@pytest.mark.parametrize(
    "words", ["find/주문/settled", "findAll/주문/settled", "status/settled", "find/주문?sorting=price"]
)
def test_unknown_query_values_are_400(simulator: SimulatorClient, words: str) -> None:
    simulator.opened(merchant_uid="주문")

    assert refusal(simulator.call("GET", f"/payments/{words}"), 400)[0] == 1


def test_a_status_narrows(simulator: SimulatorClient) -> None:
    declined, _, paid = three_attempts(simulator)

    assert simulator.get("/payments/find/주문/failed/")["imp_uid"] == declined
    assert uids(simulator.get("/payments/findAll/주문/paid/")["list"]) == [paid]
    assert refusal(simulator.call("GET", "/payments/find/주문/cancelled"), 404) == GONE


def test_pages(simulator: SimulatorClient) -> None:
    attempts = three_attempts(simulator)
    pages = [simulator.get("/payments/findAll/주문", params={"limit": 2, "page": page}) for page in (1, 2)]

    assert [uids(page["list"]) for page in pages] == [[attempts[2], attempts[1]], [attempts[0]]]
    assert [(page["total"], page["previous"], page["next"]) for page in pages] == [(3, 0, 2), (3, 1, 0)]


@pytest.mark.parametrize("query", ["page=3&limit=2", "limit=0", "limit=1001", "page=0", "page=x"])
def test_pages_that_do_not_exist(simulator: SimulatorClient, query: str) -> None:
    three_attempts(simulator)
    answer = simulator.call("GET", f"/payments/findAll/주문?{query}")

    assert answer.json()["code"] != 0


def test_all_is_the_sum_of_the_statuses(simulator: SimulatorClient) -> None:
    three_attempts(simulator)
    simulator.cancel(imp_uid=simulator.paid())
    totals = {
        word: simulator.get(f"/payments/status/{word}")["total"] for word in ("ready", "paid", "cancelled", "failed")
    }

    assert totals == {"ready": 1, "paid": 1, "cancelled": 1, "failed": 1}
    assert simulator.get("/payments/status/all")["total"] == 4


def test_no_payment_is_an_empty_page(simulator: SimulatorClient) -> None:
    assert simulator.get("/payments/status/paid") == {"total": 0, "previous": 0, "next": 0, "list": []}


def test_each_status_is_filed_under_its_own_time(simulator: SimulatorClient) -> None:
    started = simulator.opened(merchant_uid=order_id())
    opened_at = simulator.shown(started)["started_at"]
    simulator.control("POST", "/clock", {"advance": 3600})
    simulator.act(started, "approve")
    early, late = {"to": opened_at + 60}, {"from": opened_at + 60}

    assert simulator.get("/payments/status/all", params={"from": opened_at - 60, **early})["total"] == 0
    assert simulator.get("/payments/status/all", params=late)["total"] == 1


def test_ninety_days_at_most(simulator: SimulatorClient) -> None:
    paid_at = simulator.shown(simulator.paid())["paid_at"]
    simulator.control("POST", "/clock", {"advance": 91 * 86400})

    assert simulator.get("/payments/status/paid")["total"] == 0
    assert simulator.get("/payments/status/paid", params={"from": paid_at, "to": paid_at})["total"] == 1
    assert refusal(simulator.call("GET", f"/payments/status/paid?from={paid_at}"), 400)[0] == 1


@pytest.mark.parametrize(("switch", "empty"), [("zero", 0), ("null", None)])
def test_dates_of_no_account_are_zero_or_null(simulator: SimulatorClient, switch: str, empty: int | None) -> None:
    simulator.settings(empty_vbank_dates=switch)

    assert simulator.shown(simulator.opened())["vbank_date"] == empty
