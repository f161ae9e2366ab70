"""The test console in the browser."""

import re

import pytest

from portone_simulator.control.payments import ACTIONS
from tests.portone_simulator.clients import Shop, SimulatorClient

EXPECTED = {
    ("card", ()): {"approve", "decline", "abandon"},
    ("vbank", ()): {"issue", "decline", "abandon"},
    ("vbank", ("issue",)): {"deposit", "console-vbank-revoke"},
    ("card", ("approve",)): {"console-cancel", "pg-cancel"},
    ("card", ("decline",)): {"late-approve"},
    ("card", ("abandon",)): {"late-approve"},
    ("card", ("approve", "console-cancel")): set(),
}


def page(simulator: SimulatorClient) -> str:
    answer = simulator.http.get(f"{simulator.running.url}/")
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


@pytest.mark.parametrize(("method", "moves"), EXPECTED)
def test_the_buttons_are_what_is_possible_now(simulator: SimulatorClient, method: str, moves: tuple[str, ...]) -> None:
    imp_uid = simulator.opened(pay_method=method)
    for move in moves:
        simulator.act(imp_uid, move)
    buttons = set(re.findall(rf'data-path="/_sim/payments/{imp_uid}/([a-z-]+)"', page(simulator)))

    assert buttons == EXPECTED[method, moves]
    for button in buttons:
        assert button in ACTIONS


def test_it_says_that_it_is_a_simulator(simulator: SimulatorClient) -> None:
    assert "PortOne simulator" in page(simulator)
    assert "돈은 움직이지 않습니다" in page(simulator)


def test_it_shows_faults_and_webhooks(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.paid(merchant_uid="announced")
    log = simulator.webhooks()
    simulator.faults({"kind": "malformed", "endpoint": "codes.*"})

    assert f"/_sim/webhooks/{log[0]['id']}/resend" in page(simulator)
    assert "codes.*" in page(simulator)


def test_untrusted_text_is_shown_as_text(simulator: SimulatorClient) -> None:
    simulator.opened(merchant_uid="<script>alert(1)</script>")

    assert "<script>alert" not in page(simulator)


def test_nothing_inline_and_nothing_from_elsewhere(simulator: SimulatorClient) -> None:
    answer = simulator.http.get(f"{simulator.running.url}/")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|https?://(?!127)", answer.text) == []


@pytest.mark.parametrize(("name", "kind"), [("console.css", "text/css"), ("console.js", "text/javascript")])
def test_its_assets(simulator: SimulatorClient, name: str, kind: str) -> None:
    answer = simulator.http.get(f"{simulator.running.url}/assets/{name}")

    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, kind)


def test_a_long_address_stays_in_its_card(simulator: SimulatorClient) -> None:
    card = re.search(r"\.card \{([^}]*)\}", simulator.http.get(f"{simulator.running.url}/assets/console.css").text)

    assert card is not None
    assert "overflow-wrap: anywhere;" in card[1]


@pytest.mark.parametrize("name", ["..%2fpage.py", "console.html"])
def test_nothing_else_is_handed_out(simulator: SimulatorClient, name: str) -> None:
    assert simulator.http.get(f"{simulator.running.url}/assets/{name}").status_code == 404
