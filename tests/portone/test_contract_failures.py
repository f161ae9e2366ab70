"""Lost answers, outages and unknown values: both gateways draw the same conclusions."""

from collections.abc import Callable
from typing import Any

import pytest

from pitturu.domain.errors import AccessRefused, Reaction
from pitturu.domain.provider import Gateway, ProviderStatus
from tests.fake_portone import PortOne
from tests.portone.generations import AMOUNT, ORDER, PG, Buyer, cancel_of, ref, refusal, seen

LOST = [
    {"kind": "reset_after"},
    {"kind": "malformed"},
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 200},
]
READS: list[Callable[[Gateway], object]] = [lambda one: one.attempts(ORDER), lambda one: one.payment(ref("imp_1"))]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_cancel_whose_answer_is_lost_is_asked_about(
    gateway: Gateway, buyer: Buyer, portone: PortOne, fault: dict[str, Any]
) -> None:
    name = buyer.pays()
    portone.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    assert refusal(lambda: gateway.cancel(cancel_of(name))).reaction is Reaction.ASK_FIRST
    assert seen(gateway, name).cancelled_amount == AMOUNT
    assert len(portone.calls_to("payments.cancel")) == 1


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_withdrawal_whose_answer_is_lost_is_asked_about(
    gateway: Gateway, buyer: Buyer, portone: PortOne, fault: dict[str, Any]
) -> None:
    name = buyer.takes_an_account()
    portone.faults({**fault, "endpoint": "vbanks.revoke", "times": 1})
    assert refusal(lambda: gateway.revoke(ref(name), PG)).reaction is Reaction.ASK_FIRST
    assert seen(gateway, name).status is ProviderStatus.CANCELLED
    assert len(portone.calls_to("vbanks.revoke")) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "reset_before"}, Reaction.ASK_FIRST),
        ({"kind": "status", "status": 500}, Reaction.ASK_FIRST),
        ({"kind": "status", "status": 503}, Reaction.ASK_FIRST),
        ({"kind": "status", "status": 429}, Reaction.TRY_AGAIN),
        ({"kind": "status", "status": 403}, Reaction.CALL_HUMAN),
    ],
    ids=lambda one: "-".join(map(str, one.values())) if isinstance(one, dict) else str(one),
)
def test_a_cancel_that_never_happened_is_repeated_only_if_that_is_certain(
    gateway: Gateway, buyer: Buyer, portone: PortOne, fault: dict[str, Any], expected: Reaction
) -> None:
    name = buyer.pays()
    portone.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    assert refusal(lambda: gateway.cancel(cancel_of(name))).reaction is expected
    assert buyer.truth(name)["cancel_amount"] == 0
    assert len(portone.calls_to("payments.cancel")) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_refused_keys_are_known_as_such(gateway: Gateway, portone: PortOne, generation: str, status: int) -> None:
    """An alert says which API refuses us, also after threads shared the failure of one token."""
    portone.faults({"kind": "status", "status": status, "endpoint": "*"})
    for _ in range(2):
        error = refusal(lambda: gateway.attempts(ORDER))
        assert isinstance(error, AccessRefused)
        assert (error.reaction, error.generation) == (Reaction.CALL_HUMAN, generation)


@pytest.mark.parametrize("read", READS, ids=["attempts", "payment"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "html", "status": 502},
        *({"kind": "status", "status": status} for status in (429, 500, 502, 503)),
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_failed_read_is_retried(
    gateway: Gateway, portone: PortOne, fault: dict[str, Any], read: Callable[[Gateway], object]
) -> None:
    portone.faults({**fault, "endpoint": "payments.*"})
    assert refusal(lambda: read(gateway)).reaction is Reaction.TRY_AGAIN
    assert len(portone.calls("/payments")) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "malformed"}, {"kind": "html", "status": 200}, {"kind": "html", "status": 404}]
)
def test_an_unreadable_answer_needs_an_operator(
    gateway: Gateway, buyer: Buyer, portone: PortOne, fault: dict[str, Any]
) -> None:
    buyer.pays()
    portone.faults({**fault, "endpoint": "payments.*"})
    assert refusal(lambda: gateway.attempts(ORDER)).reaction is Reaction.CALL_HUMAN


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "reset_after"}, Reaction.TRY_AGAIN),
        ({"kind": "status", "status": 503}, Reaction.TRY_AGAIN),
        ({"kind": "malformed"}, Reaction.CALL_HUMAN),
    ],
    ids=["reset_after", "503", "malformed"],
)
def test_a_failed_registration_may_be_repeated(
    gateway: Gateway, buyer: Buyer, portone: PortOne, fault: dict[str, Any], expected: Reaction
) -> None:
    portone.faults({**fault, "endpoint": "prepare.create", "times": 1})
    # V2 answers a registration with {}, of which nothing is left to cut off but all of it.
    assert refusal(lambda: gateway.prepare(ORDER, AMOUNT)).reaction is expected
    gateway.prepare(ORDER, AMOUNT)
    assert buyer.opens()


def test_the_pgs_message_is_kept(gateway: Gateway, buyer: Buyer, portone: PortOne) -> None:
    name = buyer.pays()
    portone.faults(
        {"kind": "pg_refusal", "endpoint": "payments.cancel", "message": "취소 기한이 지났습니다.", "times": 1}
    )
    error = refusal(lambda: gateway.cancel(cancel_of(name)))
    assert error.reaction is Reaction.STOP
    assert "취소 기한이 지났습니다." in error.message
    assert buyer.truth(name)["cancel_amount"] == 0


def test_an_unknown_status_decides_nothing(gateway: Gateway, buyer: Buyer, portone: PortOne) -> None:
    name = buyer.opens()
    portone.faults({"kind": "unknown_enum", "field": "status", "value": "suspended"})
    payment = seen(gateway, name)
    assert (payment.status, payment.word.lower()) == (ProviderStatus.UNKNOWN, "suspended")
    assert not payment.money_came
    assert gateway.attempts(ORDER) == (payment,)


def test_unknown_fields_are_ignored(gateway: Gateway, buyer: Buyer, portone: PortOne) -> None:
    name = buyer.pays()
    usual = seen(gateway, name)
    portone.faults({"kind": "extra_fields"})
    assert seen(gateway, name) == usual
    gateway.cancel(cancel_of(name))
    assert seen(gateway, name).cancelled_amount == AMOUNT
