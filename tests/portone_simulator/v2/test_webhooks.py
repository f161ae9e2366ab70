"""V2's webhooks: what is sent in which version, how it is signed, and who hears of what."""

import pytest
from portone_server_sdk import webhook

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import NEW, OLD, STORE, Letterbox, V2Desk


def told(desk: V2Desk, letterbox: Letterbox) -> list[str]:
    """Everything announced since the last look."""
    desk.webhooks()
    news = letterbox.news()
    letterbox.posted.clear()
    return news


def test_the_present_version(desk: V2Desk, letterbox: Letterbox) -> None:
    payment_id, transaction_id = desk.order(merchant_uid="주문-9")
    desk.webhooks()
    (letter,) = letterbox.posted

    data = {"storeId": STORE, "paymentId": payment_id, "transactionId": transaction_id}
    assert letter.headers["content-type"] == "application/json"
    assert letter.body == {"type": "Transaction.Ready", "timestamp": letter.body["timestamp"], "data": data}
    assert letter.body["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["json", "form"])
def test_the_former_version(desk: V2Desk, letterbox: Letterbox, form: str) -> None:
    desk.settings(v2_webhook_version="2024-01-01", webhook_format=form)
    payment_id, transaction_id = desk.order("issue", pay_method="vbank")
    desk.webhooks()
    letters = sorted(letterbox.posted, key=lambda letter: letter.raw)
    read = [
        each.body if form == "json" else dict(pair.split("=") for pair in each.raw.decode().split("&"))
        for each in letters
    ]

    names = {"payment_id": payment_id, "tx_id": transaction_id}
    assert read == [{**names, "status": status} for status in ("Ready", "VirtualAccountIssued")]
    assert [each.genuine(OLD) for each in letters] == [True, True]


@pytest.mark.parametrize(
    ("method", "moves", "news"),
    [
        ("card", ["approve"], "Paid"),
        ("card", ["pend"], "PayPending"),
        ("card", ["pend", "approve"], "Paid"),
        ("card", ["pend", "decline"], "Failed"),
        ("card", ["decline"], "Failed"),
        ("vbank", ["issue"], "VirtualAccountIssued"),
        ("vbank", ["issue", "deposit"], "Paid"),
        ("card", ["approve", "console-cancel"], "Cancelled"),
    ],
)
def test_every_move_is_told(desk: V2Desk, letterbox: Letterbox, method: str, moves: list[str], news: str) -> None:
    _, transaction_id = desk.order(pay_method=method)
    assert told(desk, letterbox) == ["Ready"]
    for move in moves:
        desk.act(transaction_id, move)
        heard = told(desk, letterbox)

    assert heard == [news]


def test_a_window_that_was_closed_is_not_told(desk: V2Desk, letterbox: Letterbox) -> None:
    desk.order("abandon")

    assert told(desk, letterbox) == ["Ready"]


def test_cancels_are_told_with_their_names(desk: V2Desk, letterbox: Letterbox) -> None:
    payment_id, _ = desk.order("approve", amount=1000)
    told(desk, letterbox)
    names = []
    for amount in (400, 600):
        names.append(desk.give_back(payment_id, amount=amount).json()["cancellation"]["id"])
        desk.webhooks()

    heard = [(each.news, each.body["data"]["cancellationId"]) for each in letterbox.posted]
    assert heard == [("PartialCancelled", names[0]), ("Cancelled", names[1])]


@pytest.mark.parametrize(("succeeds", "news"), [(True, ["Cancelled"]), (False, [])])
def test_cancels_that_take_their_time(desk: V2Desk, letterbox: Letterbox, succeeds: bool, news: list[str]) -> None:
    payment_id, transaction_id = desk.order("approve")
    told(desk, letterbox)
    desk.settings(v2_cancel="requested")
    name = desk.give_back(payment_id).json()["cancellation"]["id"]
    desk.webhooks()
    assert [(each.news, each.body["data"]["cancellationId"]) for each in letterbox.posted] == [("CancelPending", name)]

    told(desk, letterbox)
    desk.act(transaction_id, "finish-cancel", succeeds=succeeds)
    assert told(desk, letterbox) == news


def test_cancels_that_nobody_is_to_hear_of(desk: V2Desk, letterbox: Letterbox) -> None:
    payment_id, _ = desk.order("approve", amount=1000)
    told(desk, letterbox)
    desk.give_back(payment_id, amount=400, skipWebhook=True)
    assert told(desk, letterbox) == []

    desk.give_back(payment_id, amount=600, skipWebhook=False)
    assert told(desk, letterbox) == ["Cancelled"]


def test_a_payment_of_v1_goes_on_speaking_v1(desk: V2Desk, letterbox: Letterbox) -> None:
    payment_id = order_id()
    imp_uid = desk.paid(merchant_uid=payment_id)
    desk.webhooks()
    (letter,) = letterbox.posted

    assert letter.body == {"imp_uid": imp_uid, "merchant_uid": payment_id, "status": "paid"}
    assert [name for name in letter.headers if name.startswith("webhook-")] == []


def test_addresses_of_the_payment_take_the_place_of_the_account_s(desk: V2Desk, letterbox: Letterbox) -> None:
    own = [f"{letterbox.url}/one", f"{letterbox.url}/two"]
    payment_id, _ = desk.order(notice_url=own)
    desk.webhooks()
    desk.give_back(payment_id)

    assert sorted(each.path for each in letterbox.posted) == ["/webhook/one", "/webhook/two"]
    assert len({each.name for each in letterbox.posted}) == 2


def test_signed_with_every_secret(desk: V2Desk, letterbox: Letterbox) -> None:
    for secrets in (OLD, f"{OLD},{NEW}", NEW):
        desk.settings(v2_webhook_secrets=secrets)
        desk.order()
        desk.webhooks()

    believed = [(each.genuine(OLD), each.genuine(NEW)) for each in letterbox.posted]
    assert believed == [(True, False), (True, True), (False, True)]
    assert [len(each.marks) for each in letterbox.posted] == [1, 2, 1]


def test_a_letter_that_was_changed_is_not_believed(desk: V2Desk, letterbox: Letterbox) -> None:
    desk.order()
    desk.webhooks()
    (letter,) = letterbox.posted
    webhook.verify(OLD, letter.raw.decode(), letter.headers)

    for changed, secret in ((letter.raw + b" ", OLD), (letter.raw, NEW)):
        with pytest.raises(webhook.WebhookVerificationError):
            webhook.verify(secret, changed.decode(), letter.headers)


def test_a_dispute_and_its_end_are_announced(desk: V2Desk, letterbox: Letterbox) -> None:
    _, transaction_id = desk.order("approve")
    told(desk, letterbox)

    desk.act(transaction_id, "dispute", reason="not mine")
    assert told(desk, letterbox) == ["DisputeCreated"]
    desk.control("POST", f"/payments/{transaction_id}/dispute", {}, expect=409)
    desk.act(transaction_id, "resolve-dispute")
    assert told(desk, letterbox) == ["DisputeResolved"]
    desk.control("POST", f"/payments/{transaction_id}/resolve-dispute", {}, expect=409)


@pytest.mark.parametrize(
    ("generation", "moves"), [("v1", ["approve"]), ("v2", []), ("v2", ["approve", "console-cancel"])]
)
def test_only_money_of_v2_that_is_still_there_is_disputed(desk: V2Desk, generation: str, moves: list[str]) -> None:
    name = desk.opened(generation=generation)
    for move in moves:
        desk.act(name, move)
    desk.control("POST", f"/payments/{name}/dispute", {}, expect=409)
