"""What a browser loads to pay: PortOne's script, and the payment window behind it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from requests import Response

from pitturu.api import checkout
from pitturu.domain import clock
from pitturu.domain.provider import PayMethod
from pitturu.store import session_views
from pitturu.store.sessions import PaymentSession
from portone_simulator.control.orders import OrderSchema
from tests.portone_simulator.clients import SimulatorClient, order_id
from tests.values import BUYER, settings_for

SHOP = "https://shop.example/done"


def served(simulator: SimulatorClient, path: str) -> Response:
    answer = simulator.http.get(f"{simulator.running.url}{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def rules(answer: Response) -> dict[str, list[str]]:
    """A policy by its rules."""
    return {rule: sources for rule, *sources in map(str.split, answer.headers["Content-Security-Policy"].split(";"))}


def params(method: PayMethod) -> dict[str, Any]:
    """Everything that this project's own checkout hands to `IMP.request_pay`."""
    session = PaymentSession(
        **{"merchant_uid": order_id(), "item_name": "제주 감귤 5kg", "amount": 24_900, "currency": "KRW", **BUYER},
        item_id=uuid4(),
        unit_price=12_450,
        quantity=2,
        line_count=1,
        discount=0,
        shipping=0,
        tax_free_amount=0,
        buyer_addr="서울",
        buyer_postcode="04524",
        redirect_url=SHOP,
        pay_method=method,
        status="prepared",
        stock_held=0,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(minutes=30),
    )
    found = checkout.of(session, session_views.lines_of(session), settings_for(public_url="https://pay.example.com"))
    assert found is not None
    asked: dict[str, Any] = found["params"]
    return asked


def test_the_script_is_for_pages_of_every_origin(simulator: SimulatorClient) -> None:
    answer = served(simulator, "/v1/iamport.js")

    assert answer.headers["Content-Type"].split(";")[0] == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "window.IMP =" in answer.text


def test_a_shop_allows_the_script_and_the_frame_and_nothing_else(simulator: SimulatorClient) -> None:
    script = served(simulator, "/v1/iamport.js").text

    assert re.findall(r"fetch\(|XMLHttpRequest|setAttribute\(.style|cssText|innerHTML", script) == []


def test_the_window_may_be_framed_and_runs_nothing_inline(simulator: SimulatorClient) -> None:
    answer = served(simulator, "/window")
    policy = rules(answer)

    assert answer.headers["Content-Type"].split(";")[0] == "text/html"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in answer.headers
    assert policy["frame-ancestors"] == ["*"]
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert re.findall(r"<script(?![^>]*src=)|<style|\s(?:on\w+|style)=", answer.text) == []


def test_what_the_window_loads_is_there(simulator: SimulatorClient) -> None:
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', served(simulator, "/window").text)
    kinds = {path: served(simulator, path).headers["Content-Type"].split(";")[0] for path in loaded}

    assert kinds == {"/assets/window.css": "text/css", "/assets/window.js": "text/javascript"}


def test_the_window_says_in_both_languages_that_it_is_a_test(simulator: SimulatorClient) -> None:
    page = served(simulator, "/window").text

    assert '<html lang="ko">' in page
    assert len(re.findall(r"<h1\b", page)) == 1
    assert "실제로 결제되지 않습니다" in page
    assert "no money moves" in page


def test_what_stands_in_the_address_is_only_ever_shown_as_text(simulator: SimulatorClient) -> None:
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write", served(simulator, "/assets/window.js").text)
        == []
    )


def passed_on(simulator: SimulatorClient) -> set[str]:
    """The parameters that the window hands to the simulator."""
    listed = re.search(r"const KNOWN = \[(.*?)\n\];", served(simulator, "/assets/window.js").text, re.DOTALL)
    assert listed is not None
    return set(re.findall(r'"(\w+)"', listed[1]))


def test_the_window_passes_on_only_what_is_understood(simulator: SimulatorClient) -> None:
    assert passed_on(simulator) <= set(OrderSchema().fields)


@pytest.mark.parametrize("method", PayMethod)
def test_a_checkout_opens_the_window(simulator: SimulatorClient, method: PayMethod) -> None:
    asked = params(method)
    without_effect = {"language", "digital"}
    assert set(asked) - passed_on(simulator) <= without_effect

    imp_uid = simulator.opened(**asked, channel="mobile", user_agent="Mozilla/5.0 (Linux; Android 15) Mobile")
    payment = simulator.shown(imp_uid)

    same = ("merchant_uid", "amount", "name", "pay_method", "buyer_name", "buyer_email", "buyer_addr")
    reported = asked | ({"pay_method": "samsung"} if method is PayMethod.SAMSUNGPAY else {})
    assert {key: payment[key] for key in same} == {key: reported[key] for key in same}
    assert (payment["channel"], payment["status"]) == ("mobile", "ready")
    assert payment["behind"]["m_redirect_url"] == SHOP
    assert payment["behind"]["notice_urls"] == ["https://pay.example.com/api/v1/payments/webhook"]


@pytest.mark.parametrize("address", [SHOP, f"{SHOP}?lang=ko"])
@pytest.mark.parametrize("imp_success", [True, False])
def test_a_phone_comes_back_from_a_window_that_did_not_open(
    simulator: SimulatorClient, address: str, imp_success: bool
) -> None:
    simulator.settings(imp_success=imp_success)
    merchant_uid = order_id()
    simulator.paid(merchant_uid=merchant_uid)
    refused = simulator.refused(merchant_uid=merchant_uid, amount=1000, m_redirect_url=address)
    query = parse_qs(urlsplit(refused["redirect_url"]).query)

    assert refused["redirect_url"].startswith(address)
    words = {key: [refused[key]] for key in ("merchant_uid", "error_code", "error_msg")}
    own = parse_qs(urlsplit(address).query) | ({"imp_success": ["false"]} if imp_success else {})
    assert query == words | own


def test_old_modules_say_that_a_window_did_not_open(simulator: SimulatorClient) -> None:
    simulator.settings(legacy_callback=True)
    refused = simulator.refused(merchant_uid="a" * 41, amount=1)

    assert (refused["success"], refused["imp_success"], refused["error_code"]) == (False, False, "F0400")


@pytest.mark.parametrize(
    ("method", "action"), [("card", "approve"), ("vbank", "issue"), ("card", "decline"), ("card", "abandon")]
)
def test_a_lost_answer_can_be_asked_for_again(simulator: SimulatorClient, method: str, action: str) -> None:
    imp_uid = simulator.opened(pay_method=method, m_redirect_url=SHOP)
    lost = simulator.act(imp_uid, action)
    simulator.control("POST", f"/payments/{imp_uid}/{action}", {}, expect=409)

    assert simulator.control("GET", f"/payments/{imp_uid}/callback") == lost


def test_no_answer_about_a_payment_that_is_none(simulator: SimulatorClient) -> None:
    assert "error" in simulator.control("GET", "/payments/imp_000000000000/callback", expect=404)
