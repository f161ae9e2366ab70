"""Webhooks: content, retries, and every delivery failure."""

import pytest

from tests.portone_simulator.clients import Shop, SimulatorClient


def only(log: list[dict[str, object]]) -> dict[str, object]:
    assert len(log) == 1, log
    return log[0]


@pytest.mark.parametrize(
    ("form", "kind"), [("json", "application/json"), ("form", "application/x-www-form-urlencoded")]
)
def test_json_or_form(simulator: SimulatorClient, shop: Shop, form: str, kind: str) -> None:
    simulator.settings(webhook_format=form)
    imp_uid = simulator.paid(merchant_uid=f"as{form}")
    simulator.webhooks()

    assert shop.received == [
        {"path": "/webhook", "type": kind, "body": {"imp_uid": imp_uid, "merchant_uid": f"as{form}", "status": "paid"}}
    ]


def test_failures_send_no_webhook(simulator: SimulatorClient, shop: Shop) -> None:
    for action in ("decline", "abandon"):
        simulator.act(simulator.opened(), action)

    assert simulator.webhooks() == []


@pytest.mark.parametrize("count", [1, 2])
def test_notice_urls_replace_the_address(simulator: SimulatorClient, shop: Shop, count: int) -> None:
    own = [f"{shop.url}/own{number}" for number in range(count)]
    simulator.paid(notice_url=own[0] if count == 1 else own)

    assert sorted(str(delivery["url"]) for delivery in simulator.webhooks()) == own


def test_no_webhook_url(simulator: SimulatorClient) -> None:
    simulator.paid()

    assert simulator.webhooks() == []


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (204, "delivered"), (302, "failed"), (404, "failed"), (500, "failed")]
)
def test_one_attempt_unless_asked_for_more(simulator: SimulatorClient, shop: Shop, status: int, state: str) -> None:
    shop.answer(status)
    simulator.paid()
    delivery = only(simulator.webhooks())
    simulator.control("POST", "/clock", {"advance": 3600})

    assert (delivery["state"], len(shop.received)) == (state, 1)
    assert len(simulator.webhooks()) == 1


def test_five_more_a_minute_apart(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(webhook_retries=5)
    for _ in range(9):
        shop.answer(503)
    simulator.paid()
    simulator.webhooks()
    counts = []
    for advance in (50, 11, 60, 60, 60, 60, 60):
        simulator.control("POST", "/clock", {"advance": advance})
        simulator.webhooks()
        counts.append(len(shop.received))

    assert counts == [1, 2, 3, 4, 5, 6, 6]


@pytest.mark.parametrize(("first", "tries"), [(500, 2), (400, 1)])
def test_only_5xx_and_network_trouble_are_tried_again(
    simulator: SimulatorClient, shop: Shop, first: int, tries: int
) -> None:
    simulator.settings(webhook_retries=5)
    shop.answer(first)
    simulator.paid()
    simulator.webhooks()
    simulator.control("POST", "/clock", {"advance": 61})
    simulator.webhooks()

    assert len(shop.received) == tries


def test_an_unreachable_shop_is_status_0(simulator: SimulatorClient) -> None:
    simulator.settings(webhook_url="http://127.0.0.1:1/closed", webhook_retries=1)
    simulator.paid()
    delivery = only(simulator.webhooks())

    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("waiting", 0)  # type: ignore[index]


def test_repeated(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.faults({"kind": "webhook_repeat", "copies": 3})
    simulator.paid()
    simulator.webhooks()

    assert shop.statuses() == ["paid"] * 3


def test_lost_and_sent_again_by_hand(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.faults({"kind": "webhook_loss", "endpoint": "webhook.paid", "times": 1})
    simulator.paid()
    lost = only(simulator.webhooks())
    assert (lost["state"], shop.received) == ("lost", [])

    simulator.control("POST", f"/webhooks/{lost['id']}/resend", {}, expect=202)
    simulator.webhooks()
    assert shop.statuses() == ["paid"]


def test_delayed(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.faults({"kind": "webhook_delay", "seconds": 90})
    simulator.paid()
    assert (simulator.webhooks()[0]["state"], shop.received) == ("waiting", [])

    simulator.control("POST", "/clock", {"advance": 91})
    assert simulator.webhooks()[0]["state"] == "delivered"


@pytest.mark.parametrize(("order", "heard"), [("first_come", ["ready", "paid"]), ("last_come", ["paid", "ready"])])
def test_held_and_released_in_either_order(
    simulator: SimulatorClient, shop: Shop, order: str, heard: list[str]
) -> None:
    simulator.faults({"kind": "webhook_hold"})
    simulator.paid(pay_method="vbank")
    assert shop.received == []

    simulator.control("POST", "/webhooks/release", {"order": order}, expect=202)
    simulator.webhooks()
    assert shop.statuses() == heard


def test_forged(simulator: SimulatorClient, shop: Shop) -> None:
    invented = {"imp_uid": "imp_999999999999", "merchant_uid": "x", "status": "paid"}
    simulator.control("POST", "/webhooks/forge", {"payload": invented}, expect=202)
    simulator.webhooks()

    assert shop.received[0]["body"] == invented


def test_a_forgery_needs_an_address(simulator: SimulatorClient) -> None:
    simulator.control("POST", "/webhooks/forge", {"payload": {}}, expect=400)


def test_the_browser_may_wait_for_the_webhook(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(webhook_first=True)
    simulator.act(simulator.opened(), "approve")

    assert shop.statuses() == ["paid"]


def test_a_slow_shop_delays_no_others(simulator: SimulatorClient, shop: Shop) -> None:
    shop.may_answer.clear()
    imp_uid = simulator.paid()

    assert simulator.get(f"/payments/{imp_uid}")["status"] == "paid"
    shop.may_answer.set()
    assert simulator.webhooks()[0]["state"] == "delivered"


def test_a_cancellation_id_may_be_null_elsewhere(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(webhook_cancellation_id="null")
    simulator.paid()
    simulator.webhooks()

    assert shop.received[0]["body"]["cancellation_id"] is None


def test_an_unknown_delivery(simulator: SimulatorClient) -> None:
    simulator.control("POST", "/webhooks/999999/resend", {}, expect=404)


def test_waiting_over_http(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.paid()

    assert simulator.control("POST", "/webhooks/wait", {"timeout": 20}) == {"idle": True}
    assert shop.statuses() == ["paid"]
