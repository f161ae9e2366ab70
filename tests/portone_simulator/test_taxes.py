"""Tax-free parts and VAT of cancels, in V1 and across both generations. V2's refusals are in `v2/test_schema.py`."""

import pytest

from tests.portone_simulator.clients import SimulatorClient, accepted, order_id, refusal
from tests.portone_simulator.v2.clients import V2SimulatorClient


@pytest.mark.parametrize(
    "wish",
    [
        {"amount": 100, "tax_free": 101},
        {"amount": 800, "tax_free": 451},
        {"amount": 551},
        {"amount": 600, "tax_free": 30},
        {"amount": 100, "tax_free": 60, "vat_amount": 41},
        {"amount": 500, "vat_amount": 51},
    ],
)
def test_a_part_larger_than_what_is_left_of_it(simulator: SimulatorClient, wish: dict[str, int]) -> None:
    imp_uid = simulator.paid(amount=1000, tax_free=450, vat_amount=50)

    assert refusal(simulator.cancel(imp_uid=imp_uid, **wish))[0] == 1
    assert simulator.get(f"/payments/{imp_uid}")["cancel_amount"] == 0


def test_tax_free_money_can_be_cancelled_once(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(amount=1000, tax_free=450)
    accepted(simulator.cancel(imp_uid=imp_uid, amount=400, tax_free=400))

    assert refusal(simulator.cancel(imp_uid=imp_uid, amount=60, tax_free=60))[0] == 1
    assert accepted(simulator.cancel(imp_uid=imp_uid, amount=60, tax_free=50))["cancel_amount"] == 460


def test_a_cancel_of_everything_takes_the_tax_free_rest_with_it(simulator: SimulatorClient) -> None:
    assert accepted(simulator.cancel(imp_uid=simulator.paid(amount=1000, tax_free=450)))["cancel_amount"] == 1000


@pytest.mark.parametrize("parts", [{"tax_free": 1000}, {"tax_free": 450, "vat_amount": 500}])
def test_a_payment_of_less_than_its_order_can_be_cancelled(simulator: SimulatorClient, parts: dict[str, int]) -> None:
    imp_uid = simulator.opened(amount=1000, **parts)
    simulator.act(imp_uid, "approve", amount=900)

    assert accepted(simulator.cancel(imp_uid=imp_uid))["cancel_amount"] == 900


def test_many_small_cancels_of_a_taxable_payment(simulator: SimulatorClient) -> None:
    """The VAT of each is rounded, and the sum never exceeds that of the payment."""
    imp_uid = simulator.paid(amount=1100)
    for _ in range(22):
        accepted(simulator.cancel(imp_uid=imp_uid, amount=50))


@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_the_parts_of_an_order_are_checked(simulator: SimulatorClient, generation: str) -> None:
    order = {"merchant_uid": order_id(), "amount": 1000, "tax_free": 900, "vat_amount": 101}
    codes = {"v1": ("error_code", "F0400"), "v2": ("code", "RequestParseFailed")}
    field, code = codes[generation]

    assert simulator.refused(generation=generation, **order)[field] == code


def test_v2_shows_what_v1_cancelled(simulator: SimulatorClient) -> None:
    both = V2SimulatorClient(simulator.running)
    payment_id = order_id()
    imp_uid = both.paid(merchant_uid=payment_id, amount=1000, tax_free=450)
    entry = accepted(both.cancel(imp_uid=imp_uid, amount=500, tax_free=60))["cancel_history"][0]
    shown = both.found(f"/payments/{payment_id}")

    amounts = {name: shown["amount"][name] for name in ("taxFree", "vat", "supply", "cancelledTaxFree")}
    assert amounts == {"taxFree": 450, "vat": 50, "supply": 500, "cancelledTaxFree": 60}
    cancel = shown["cancellations"][0]
    assert (cancel["taxFreeAmount"], cancel["vatAmount"]) == (60, 40)
    assert entry.keys() == {"pg_tid", "amount", "cancelled_at", "reason", "cancellation_id", "receipt_url"}
