"""Virtual accounts of V2: what the PG refuses."""

from tests.portone_simulator.v2.clients import ACCOUNT, V2SimulatorClient, refused


def test_the_pg_may_refuse_to_close_an_account(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("issue", pay_method="vbank")
    simulator.faults({"kind": "pg_refusal", "endpoint": "vbanks.revoke", "message": "PG 점검중", "times": 1})
    path = f"/payments/{payment_id}/virtual-account/close"
    answer = simulator.ask("POST", path)

    assert refused(answer) == (502, "PG_PROVIDER")
    assert answer.json()["pgMessage"] == "PG 점검중"
    assert simulator.found(f"/payments/{payment_id}")["status"] == "VIRTUAL_ACCOUNT_ISSUED"
    assert simulator.ask("POST", path).status_code == 200


def test_deposits_of_test_channels_are_not_refunded_everywhere(simulator: V2SimulatorClient) -> None:
    simulator.settings(sandbox_vbank_refund="refused")
    test, _ = simulator.order("issue", "deposit", pay_method="vbank", sandbox=True)
    live, _ = simulator.order("issue", "deposit", pay_method="vbank")

    assert refused(simulator.give_back(test, refundAccount=ACCOUNT)) == (502, "PG_PROVIDER")
    assert simulator.give_back(live, refundAccount=ACCOUNT).status_code == 200
