"""Webhooks: what is sent, how often it is tried, and every way of losing its way."""

import pytest

from tests.portone_simulator.clients import Desk, Shop


def only(log: list[dict[str, object]]) -> dict[str, object]:
    assert len(log) == 1, log
    return log[0]


@pytest.mark.parametrize(
    ("form", "kind"), [("json", "application/json"), ("form", "application/x-www-form-urlencoded")]
)
def test_json_or_form(desk: Desk, shop: Shop, form: str, kind: str) -> None:
    desk.settings(webhook_format=form)
    imp_uid = desk.paid(merchant_uid=f"as{form}")
    desk.webhooks()

    assert shop.letters == [
        {"path": "/webhook", "type": kind, "body": {"imp_uid": imp_uid, "merchant_uid": f"as{form}", "status": "paid"}}
    ]


def test_failures_are_never_announced(desk: Desk, shop: Shop) -> None:
    for action in ("decline", "abandon"):
        desk.act(desk.opened(), action)

    assert desk.webhooks() == []


@pytest.mark.parametrize("count", [1, 2])
def test_notice_urls_replace_the_address(desk: Desk, shop: Shop, count: int) -> None:
    own = [f"{shop.url}/own{number}" for number in range(count)]
    desk.paid(notice_url=own[0] if count == 1 else own)

    assert sorted(str(delivery["url"]) for delivery in desk.webhooks()) == own


def test_nobody_to_tell(desk: Desk) -> None:
    desk.paid()

    assert desk.webhooks() == []


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (204, "delivered"), (302, "failed"), (404, "failed"), (500, "failed")]
)
def test_one_attempt_unless_asked_for_more(desk: Desk, shop: Shop, status: int, state: str) -> None:
    shop.answer(status)
    desk.paid()
    delivery = only(desk.webhooks())
    desk.control("POST", "/clock", {"advance": 3600})

    assert (delivery["state"], len(shop.letters)) == (state, 1)
    assert len(desk.webhooks()) == 1


def test_five_more_a_minute_apart(desk: Desk, shop: Shop) -> None:
    desk.settings(webhook_retries=5)
    for _ in range(9):
        shop.answer(503)
    desk.paid()
    desk.webhooks()
    counts = []
    for advance in (50, 11, 60, 60, 60, 60, 60):
        desk.control("POST", "/clock", {"advance": advance})
        desk.webhooks()
        counts.append(len(shop.letters))

    assert counts == [1, 2, 3, 4, 5, 6, 6]


@pytest.mark.parametrize(("first", "tries"), [(500, 2), (400, 1)])
def test_only_5xx_and_network_trouble_are_tried_again(desk: Desk, shop: Shop, first: int, tries: int) -> None:
    desk.settings(webhook_retries=5)
    shop.answer(first)
    desk.paid()
    desk.webhooks()
    desk.control("POST", "/clock", {"advance": 61})
    desk.webhooks()

    assert len(shop.letters) == tries


def test_an_unreachable_shop_is_status_0(desk: Desk) -> None:
    desk.settings(webhook_url="http://127.0.0.1:1/closed", webhook_retries=1)
    desk.paid()
    delivery = only(desk.webhooks())

    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("waiting", 0)  # type: ignore[index]


def test_repeated(desk: Desk, shop: Shop) -> None:
    desk.faults({"kind": "webhook_repeat", "copies": 3})
    desk.paid()
    desk.webhooks()

    assert shop.statuses() == ["paid"] * 3


def test_lost_and_sent_again_by_hand(desk: Desk, shop: Shop) -> None:
    desk.faults({"kind": "webhook_loss", "endpoint": "webhook.paid", "times": 1})
    desk.paid()
    lost = only(desk.webhooks())
    assert (lost["state"], shop.letters) == ("lost", [])

    desk.control("POST", f"/webhooks/{lost['id']}/resend", {}, expect=202)
    desk.webhooks()
    assert shop.statuses() == ["paid"]


def test_delayed(desk: Desk, shop: Shop) -> None:
    desk.faults({"kind": "webhook_delay", "seconds": 90})
    desk.paid()
    assert (desk.webhooks()[0]["state"], shop.letters) == ("waiting", [])

    desk.control("POST", "/clock", {"advance": 91})
    assert desk.webhooks()[0]["state"] == "delivered"


@pytest.mark.parametrize(("order", "heard"), [("first_come", ["ready", "paid"]), ("last_come", ["paid", "ready"])])
def test_held_back_and_let_go_in_either_order(desk: Desk, shop: Shop, order: str, heard: list[str]) -> None:
    desk.faults({"kind": "webhook_hold"})
    desk.paid(pay_method="vbank")
    assert shop.letters == []

    desk.control("POST", "/webhooks/release", {"order": order}, expect=202)
    desk.webhooks()
    assert shop.statuses() == heard


def test_forged(desk: Desk, shop: Shop) -> None:
    invented = {"imp_uid": "imp_999999999999", "merchant_uid": "x", "status": "paid"}
    desk.control("POST", "/webhooks/forge", {"payload": invented}, expect=202)
    desk.webhooks()

    assert shop.letters[0]["body"] == invented


def test_a_forgery_needs_an_address(desk: Desk) -> None:
    desk.control("POST", "/webhooks/forge", {"payload": {}}, expect=400)


def test_the_browser_may_wait_for_the_webhook(desk: Desk, shop: Shop) -> None:
    desk.settings(webhook_first=True)
    desk.act(desk.opened(), "approve")

    assert shop.statuses() == ["paid"]


def test_a_slow_shop_holds_up_nobody(desk: Desk, shop: Shop) -> None:
    shop.may_answer.clear()
    imp_uid = desk.paid()

    assert desk.get(f"/payments/{imp_uid}")["status"] == "paid"
    shop.may_answer.set()
    assert desk.webhooks()[0]["state"] == "delivered"


def test_a_cancellation_id_may_be_null_elsewhere(desk: Desk, shop: Shop) -> None:
    desk.settings(webhook_cancellation_id="null")
    desk.paid()
    desk.webhooks()

    assert shop.letters[0]["body"]["cancellation_id"] is None


def test_an_unknown_delivery(desk: Desk) -> None:
    desk.control("POST", "/webhooks/999999/resend", {}, expect=404)


def test_waiting_over_http(desk: Desk, shop: Shop) -> None:
    desk.paid()

    assert desk.control("POST", "/webhooks/wait", {"timeout": 20}) == {"idle": True}
    assert shop.statuses() == ["paid"]
