"""The control API: strict bodies, error messages, and the data for checkers."""

import pytest

from tests.portone_simulator.clients import SimulatorClient, order_id


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/payments", {"merchant_uid": "a", "amount": 1, "price": 2}, "price"),
        ("POST", "/payments", {"merchant_uid": "a", "amount": "1"}, "amount"),
        ("POST", "/payments", {"merchant_uid": "a", "amount": 0}, "amount"),
        ("POST", "/payments", {"amount": 1}, "merchant_uid"),
        ("POST", "/payments", {"merchant_uid": "a", "amount": 1, "notice_url": "ftp://x"}, "notice_url"),
        ("PATCH", "/settings", {"webhook_format": "xml"}, "webhook_format"),
        ("PATCH", "/settings", {"webhook_uri": "http://x"}, "webhook_uri"),
        ("POST", "/clock", {"advance": -1}, "advance"),
        ("POST", "/clock", {}, "advance"),
        ("POST", "/webhooks/release", {"order": "random"}, "order"),
        ("DELETE", "/calls", {"path": "x"}, "path"),
    ],
)
def test_unknown_and_wrong_fields_are_named(
    simulator: SimulatorClient, method: str, path: str, body: object, field: str
) -> None:
    problem = simulator.control(method, path, body, expect=400)

    assert field in problem["fields"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"amount": NaN}', b'{"merchant_uid": "\\ud800"}', b"[" * 100_000])
def test_bodies_that_are_no_json_object(simulator: SimulatorClient, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = simulator.http.post(f"{simulator.running.url}/_sim/payments", data=raw, headers=headers)

    assert (answer.status_code, "error" in answer.json()) == (400, True)


def test_a_checkout_can_be_posted_as_it_is(simulator: SimulatorClient) -> None:
    named = {"channelKey": "channel-key-kakaopay", "pay_method": "kakaopay", "name": "회비", "currency": "KRW"}
    buyer = {"buyer_email": "hana@example.org", "buyer_tel": "010-0000-0000", "language": "ko", "digital": True}
    rest = {"app_scheme": "shop", "display": {"card_quota": []}, "bypass": {}, "popup": False, "tax_free": 0}
    payment = simulator.shown(simulator.opened(**named, **buyer, **rest))

    assert (payment["pg_provider"], payment["pay_method"], payment["name"]) == ("kakaopay", "kakaopay", "회비")


@pytest.mark.parametrize("chosen", ["imp_448280090638", "imp_999999999999", "test-7"])
@pytest.mark.parametrize(("generation", "moves"), [("v1", ["approve"]), ("v2", ["approve"]), ("v1", ["issue"])])
def test_the_id_of_a_payment_can_be_chosen(
    simulator: SimulatorClient, chosen: str, generation: str, moves: list[str]
) -> None:
    method = "vbank" if "issue" in moves else "card"
    assert simulator.opened(imp_uid=chosen, generation=generation, pay_method=method) == chosen
    for move in moves:
        simulator.act(chosen, move)
    twice = {"imp_uid": chosen, "merchant_uid": order_id(), "amount": 1, "generation": generation}

    assert "another payment" in simulator.control("POST", "/payments", twice, expect=409)["error"]
    assert len({chosen, *(simulator.opened() for _ in range(3))}) == 4
    assert simulator.shown(simulator.opened())["imp_uid"].startswith("imp_")


@pytest.mark.parametrize("chosen", ["", "a b", "a/b", "imp_1\n", "x" * 65, 7])
def test_an_id_that_cannot_be_chosen(simulator: SimulatorClient, chosen: object) -> None:
    problem = simulator.control("POST", "/payments", {"imp_uid": chosen, "merchant_uid": "a", "amount": 1}, expect=400)

    assert "imp_uid" in problem["fields"]


@pytest.mark.parametrize(
    ("order", "provider", "mid"),
    [
        ({}, "html5_inicis", "INIpayTest"),
        ({"pg": "kcp.T0000"}, "kcp", "T0000"),
        ({"pg": "kakaopay"}, "kakaopay", "TC0ONETIME"),
        ({"channel_key": "unheard-of"}, "html5_inicis", "INIpayTest"),
    ],
)
def test_how_a_channel_is_named(simulator: SimulatorClient, order: dict[str, str], provider: str, mid: str) -> None:
    payment = simulator.shown(simulator.opened(**order))

    assert (payment["pg_provider"], payment["pg_id"]) == (provider, mid)


@pytest.mark.parametrize("path", ["/payments/imp_000000000000", "/nowhere"])
def test_unknown_paths_and_methods(simulator: SimulatorClient, path: str) -> None:
    assert simulator.control("GET", path, expect=404)["error"]


def test_a_move_that_does_not_fit_says_what_would(simulator: SimulatorClient) -> None:
    problem = simulator.control("POST", f"/payments/{simulator.paid()}/approve", {}, expect=409)

    assert "paid" in problem["error"]
    assert "window" in problem["error"]


def test_the_ledger_adds_up(simulator: SimulatorClient) -> None:
    kept, returned = simulator.paid(amount=1000), simulator.paid(amount=500)
    simulator.opened(amount=70)
    simulator.cancel(imp_uid=kept, amount=300)
    simulator.cancel(imp_uid=returned)
    ledger = simulator.control("GET", "/ledger")
    money = {"paid_amount": 1500, "cancelled_amount": 800, "balance": 700}
    line = next(each for each in ledger["payments"] if each["imp_uid"] == kept)

    assert ledger["totals"] == {"payments": 3, "received": 2, "cancels": 2, **money}
    assert (line["amount"], line["cancel_amount"], line["cancels"][0]["amount"]) == (1000, 300, 300)
    assert line["cancels"][0]["cancelled_at"] >= line["paid_at"]


def test_calls_are_recorded(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(merchant_uid="주문")
    simulator.get(f"/payments/{imp_uid}")
    simulator.get("/payments/find/주문")
    by_id, by_order = simulator.control("GET", "/calls?path=/payments")["calls"]

    assert (by_id["method"], by_id["status"], by_id["imp_uid"]) == ("GET", 200, [imp_uid])
    assert (by_order["endpoint"], by_order["merchant_uid"]) == ("payments.find", ["주문"])
    simulator.control("DELETE", "/calls")
    assert simulator.control("GET", "/calls") == {"calls": []}


def test_payments_of_an_order(simulator: SimulatorClient) -> None:
    merchant_uid = order_id()
    mine = [simulator.opened(merchant_uid=merchant_uid) for _ in range(2)]
    simulator.opened()
    listed = simulator.control("GET", f"/payments?merchant_uid={merchant_uid}")["payments"]

    assert [payment["imp_uid"] for payment in listed] == mine
    assert len(simulator.control("GET", "/payments")["payments"]) == 3


def test_the_clock_runs_ahead(simulator: SimulatorClient) -> None:
    before = simulator.control("GET", "/clock")
    after = simulator.control("POST", "/clock", {"advance": 90.5})

    assert (before["offset"], after["offset"]) == (0, 90.5)
    assert after["now"] - before["now"] >= 90.5


def test_a_wipe_is_a_fresh_start(simulator: SimulatorClient) -> None:
    imp_uid, token = simulator.paid(), simulator.token()
    simulator.settings(webhook_url="http://127.0.0.1:1/x", sandbox=True)
    simulator.faults({"kind": "latency", "seconds": 0})
    simulator.control("POST", "/clock", {"advance": 60})
    simulator.control("DELETE", "")

    assert simulator.call("GET", f"/payments/{imp_uid}").status_code == 404
    assert simulator.token() != token
    assert (simulator.control("GET", "/settings")["sandbox"], simulator.control("GET", "/clock")["offset"]) == (
        False,
        0,
    )
    assert simulator.control("GET", "/faults") == {"faults": []}
    assert simulator.opened() > imp_uid


def test_alive(simulator: SimulatorClient) -> None:
    assert simulator.control("GET", "/healthz") == {"status": "ok"}
