"""The overview: figures against those before, charts and their tables, the state of the system."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from playwright.sync_api import Locator, Page, expect

from pitturu.domain.clock import SEOUL
from tests.browser.console.conftest import Operate
from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

Row = tuple[str, str, int, int]
THAT_DAY = "/console?range=own&from=2026-03-17&to=2026-03-17"
QUIET_DAY = "/console?range=own&from=2026-01-05&to=2026-01-05"


@contextmanager
def counted(system: System, **days: tuple[Row, ...]) -> Iterator[None]:
    """What happened at ten o'clock of days in March. It is removed, since no line of the timeline says the same."""
    columns = "hour, measure, label, count, sum, generation, pay_method, pg_provider"
    for day, rows in days.items():
        hour = datetime(2026, 3, int(day.removeprefix("march_")), 10, tzinfo=SEOUL)
        for row in rows:
            values = (hour, *row, "v1", "card", "html5_inicis")
            system.rows(f"INSERT INTO hourly_rollups ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", *values)
    yield
    system.rows("DELETE FROM hourly_rollups WHERE hour < '2026-04-01'")


def figure(page: Page, label: str) -> Locator:
    """One of the large numbers."""
    return page.locator(".pc-figure").filter(has=page.get_by_text(label, exact=True))


def test_a_day_against_the_day_before(operate: Operate, system: System, axe: Callable[..., None]) -> None:
    sold = (("received", "", 3, 90_000), ("refunded", "", 1, 10_000), ("transition", "verifying>paid", 3, 0))
    failed = (("transition", "verifying>failed", 1, 0), ("declined", "limit_exceeded", 1, 0))
    before = (("received", "", 2, 60_000), ("transition", "verifying>paid", 2, 0), ("time_to_paid", "4", 2, 1_500))
    viewer = operate("viewer")
    page = viewer.page
    with counted(system, march_17=(*sold, *failed, ("time_to_paid", "3", 3, 1_200)), march_16=before):
        viewer.go(THAT_DAY)

        for label, texts in {
            "매출": ("90,000원", "+50% 늘었어요", "이전 60,000원"),
            "환불": ("10,000원", "+10,000원 늘었어요"),
            "순매출": ("80,000원", "+33.3% 늘었어요"),
            "승인율": ("75%", "-25%p 내렸어요", "이전 100%"),
            "결제 확인 시간 (중앙값)": ("빨라졌어요",),
        }.items():
            for text in texts:
                expect(figure(page, label)).to_contain_text(text)
        chart = page.get_by_role("img", name=re.compile("매출 90,000원, 환불 10,000원.*3월 17일.*10:00, 90,000원"))
        expect(chart).to_be_visible()
        expect(page.get_by_role("list", name="거절 사유")).to_contain_text("한도 초과1건 · 100%")
        axe(page)

        # The canvas is drawn anew: in other colours, and where there is less room.
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 700, "height": 800})
        until(lambda: (chart.bounding_box() or {"width": 999})["width"] < 640, "the chart is as wide as its place")
        viewer.button("매출과 환불: 표로 보기").press("Enter")
        row = page.get_by_role("table", name="매출과 환불").get_by_role("row").nth(1)
        expect(row).to_contain_text("90,000원")
        expect(row).to_contain_text("80,000원")
        viewer.button("결제수단별 매출: 표로 보기").click()
        expect(page.get_by_role("table", name="결제수단별 매출")).to_contain_text("html5_inicis")
        axe(page)


def test_what_waits_in_the_system_leads_to_its_page(
    operate: Operate, buyer: Buyer, system: System, axe: Callable[..., None]
) -> None:
    session, viewer = buyer.prepared()["session_id"], operate("viewer", phone=True, dark=True, korean=False)
    page = viewer.page
    system.rows("UPDATE payment_sessions SET dead_at = now() WHERE session_id = %s", session)
    viewer.go(QUIET_DAY)

    expect(page.get_by_text("No money came in or went out in this time.").first).to_be_visible()
    state = page.get_by_role("heading", name="State of the system").locator("xpath=ancestor::section[1]")
    expect(state).to_contain_text("Databasefine")
    expect(state).to_contain_text("V1")
    axe(page)
    state.get_by_role("link", name="payments that are not verified any more").click()
    system.rows("UPDATE payment_sessions SET dead_at = NULL WHERE session_id = %s", session)

    expect(page).to_have_url(re.compile(r"/console/attention\?reason=dead$"))
    page.go_back()
    expect(page).to_have_url(re.compile("from=2026-01-05"))


def test_dates_in_the_wrong_order_and_a_server_that_is_away(operate: Operate) -> None:
    viewer = operate("viewer")
    page = viewer.page
    viewer.go("/console?range=own&from=2026-03-17&to=2026-03-16")
    expect(page.get_by_role("alert")).to_contain_text("기간을 다시 골라 주세요")

    page.get_by_label("종료일").fill("2026-03-18")
    with viewer.watch.expecting("net::ERR_FAILED"):
        page.route("**/operations/overview?*", lambda route: route.abort())
        viewer.button("조회").click()
        expect(page.get_by_role("alert").or_(page.locator(".pt-alert"))).to_contain_text("서버에 연결하지 못했어요")
    expect(page.get_by_role("heading", name="시스템 상태")).to_be_visible()
    page.unroute_all()
    viewer.button("다시 시도").click()

    expect(figure(page, "매출")).to_be_visible()
    page.get_by_role("link", name="최근 30일").click()
    expect(page.get_by_label("단위")).to_have_value("day")
    expect(page).to_have_url(re.compile(r"\?range=30d$"))
