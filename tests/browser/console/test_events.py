"""Endpoints of the shop's own systems, what was sent to them, and what happened lately."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.console.conftest import Operate
from tests.browser.visitor import Visitor
from tests.journeys.processes.buyer import Buyer
from tests.portone.faulty_server import FaultyServer, http, says
from tests.system import System
from tests.waiting import until

OK, BROKEN = says(http(b"", 204)), says(http(b"", 500))


@pytest.fixture
def receiver(system: System) -> Iterator[FaultyServer]:
    """A system of the shop. Its endpoints are gone after the test, so that no other test sends to them. To be named
    before `operate`: pages that are still open would ask for what is gone."""
    with FaultyServer(OK) as server:
        yield server
    system.rows("DELETE FROM event_endpoints RETURNING 1")


def add(admin: Visitor, url: str) -> str:
    """Add an endpoint for one type of events; its secret."""
    admin.go("/console/events")
    admin.button("주소 추가").click()
    dialog = admin.page.get_by_role("dialog")
    dialog.get_by_label("URL").fill(url)
    dialog.get_by_label("설명").fill("창고")
    dialog.get_by_label("결제 완료").check()
    dialog.get_by_role("button", name="주소 추가").click()
    secret = dialog.get_by_role("region", name="비밀키").inner_text()
    dialog.get_by_role("button", name="저장했어요").click()
    admin.page.wait_for_url("**/console/events/evp*")
    return secret


def delivery(admin: Visitor, text: str) -> Locator:
    """The newest delivery with this text."""
    return admin.page.get_by_role("row").filter(has_text=text).first


def test_an_endpoint_is_added_and_tried(
    receiver: FaultyServer, operate: Operate, buyer: Buyer, axe: Callable[..., None]
) -> None:
    admin = operate()
    page = admin.page
    admin.go("/console/events")
    admin.button("주소 추가").click()
    page.get_by_label("URL").fill("ftp://shop.example/hook")
    page.get_by_role("dialog").get_by_role("button", name="주소 추가").click()
    expect(page.get_by_label("URL")).to_have_accessible_description(re.compile("^https://로 시작하는 주소"))
    axe(page)

    assert add(admin, f"{receiver.url}/hook").startswith("whsec_")
    admin.button("테스트 보내기").click()
    expect(delivery(admin, "테스트")).to_contain_text("HTTP 204")
    session = buyer.paid()
    until(lambda: len(receiver.requests) == 2, "the event arrives")
    admin.button("새로고침").click()
    paid = delivery(admin, session["merchant_uid"])
    expect(paid).to_contain_text("보냄")
    axe(page)

    paid.get_by_role("button", name="다시 보내기").click()
    until(lambda: len(receiver.requests) == 3, "the event arrives again")
    admin.button("기간으로 다시 보내기").click()
    page.get_by_role("dialog").get_by_role("button", name="1시간 전").click()
    page.get_by_role("dialog").get_by_role("button", name="다시 보내기").click()
    until(lambda: len(receiver.requests) >= 4, "the range arrives")


def test_an_endpoint_is_changed_paused_and_deleted(
    receiver: FaultyServer, operate: Operate, buyer: Buyer, system: System
) -> None:
    admin = operate()
    page, secret = admin.page, add(admin, f"{receiver.url}/hook")
    dialog = page.get_by_role("dialog")
    admin.button("비밀키 교체").click()
    dialog.get_by_role("button", name="비밀키 교체").click()
    expect(page.get_by_role("region", name="비밀키")).not_to_have_text(secret)
    admin.button("저장했어요").click()
    expect(page.get_by_text("예전 비밀키 유효")).to_be_visible()
    admin.button("변경").click()
    dialog.get_by_label("설명").fill("회계")
    admin.button("저장").click()
    expect(page.get_by_role("heading", name="회계")).to_be_visible()

    admin.button("일시 정지").click()
    expect(page.get_by_text("운영자가 멈췄어요")).to_be_visible()
    missed = buyer.paid()["session_id"].encode()
    admin.button("재개").click()
    expect(admin.button("일시 정지")).to_be_visible()
    until(lambda: any(missed in one.body for one in receiver.requests), "what was missed arrives")

    admin.button("삭제").click()
    dialog.get_by_role("button", name="삭제").click()
    expect(page.get_by_text("받을 주소가 없어요")).to_be_visible()
    assert system.rows("SELECT 1 FROM event_endpoints") == []


def test_what_is_wrong_with_an_endpoint(
    receiver: FaultyServer, operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    receiver.behaviour = BROKEN
    add(operate(), f"{receiver.url}/hook")
    buyer.paid()
    failing = "SELECT endpoint_id FROM event_endpoints WHERE failing_since IS NOT NULL"
    ((endpoint_id,),) = until(lambda: system.rows(failing), "the endpoint fails")
    admin = operate(phone=True, korean=False, dark=True)
    admin.go("/console/events")
    expect(admin.page.get_by_text("failing", exact=True)).to_be_visible()
    expect(admin.page.get_by_text("1 waiting")).to_be_visible()
    axe(admin.page)
    admin.page.get_by_role("link", name=receiver.url).click()
    expect(admin.page.get_by_role("alert")).to_contain_text("HTTP 500")
    axe(admin.page)

    gone = "UPDATE event_endpoints SET gone = true, paused_at = now(), paused_reason = %s RETURNING 1"
    system.rows(gone, "It answered HTTP 410: it wants no more events.")
    receiver.behaviour = OK
    admin.button("Refresh").click()
    expect(admin.page.get_by_role("alert")).to_contain_text("it wants no more events")
    admin.button("Resume").click()
    expect(admin.page.get_by_text("Sending, beginning with")).to_be_visible()
    mended = "SELECT 1 FROM event_endpoints WHERE endpoint_id = %s AND paused_at IS NULL AND NOT gone"
    assert system.rows(mended, endpoint_id)


def test_who_may_only_look_sees_what_happened(operate: Operate, buyer: Buyer, axe: Callable[..., None]) -> None:
    session, viewer = buyer.paid(), operate("viewer")
    page = viewer.page
    viewer.go("/console/events")
    page.get_by_label("종류").select_option("payment.paid")
    viewer.button("조회").click()
    row = page.get_by_role("row").filter(has_text=session["merchant_uid"])
    row.get_by_role("button", name="결제 완료").click()
    body = json.loads(page.get_by_role("region", name="본문").inner_text())
    axe(page)

    assert (body["type"], body["data"]["session_id"]) == ("payment.paid", session["session_id"])
    expect(page.get_by_role("heading", name="받을 주소")).to_have_count(0)
    viewer.go("/console/events?type=refund.refused&to=2026-01-01")
    expect(page.get_by_text("조건에 맞는 내용이 없어요")).to_be_visible()
    with viewer.watch.expecting("403"):
        viewer.go("/console/events/evpother")
        expect(page.get_by_role("alert")).to_contain_text("조회 역할로는 볼 수 없는 화면")
