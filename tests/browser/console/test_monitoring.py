"""Alerts and the operator log."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.console.conftest import Operate
from tests.system import System


def test_messages_about_a_rule_are_muted_and_sent_again(operate: Operate, axe: Callable[..., None]) -> None:
    finance = operate("finance")
    finance.go("/console/alerts")
    rule = finance.page.get_by_role("row").filter(has_text="작업이 너무 오래 밀려 있어요").first
    expect(rule).to_be_visible()
    axe(finance.page)

    rule.get_by_role("button", name="끄기").click()
    dialog = finance.page.get_by_role("dialog")
    dialog.get_by_label("시간").fill("100")
    dialog.get_by_role("button", name="끄기").click()
    expect(dialog.get_by_label("시간")).to_have_accessible_description("1시간부터 72시간까지")
    axe(finance.page)
    dialog.get_by_label("시간").fill("2")
    dialog.get_by_role("button", name="끄기").click()

    expect(rule).to_contain_text("까지 끔")
    rule.get_by_role("button", name="켜기").click()
    expect(rule.get_by_role("button", name="끄기")).to_be_visible()
    expect(rule).not_to_contain_text("까지 끔")


def test_who_may_not_mute_is_not_offered_it(operate: Operate) -> None:
    viewer = operate("viewer")
    viewer.go("/console/alerts")

    expect(viewer.page.get_by_role("cell", name="정상").first).to_be_visible()
    expect(viewer.page.get_by_role("button", name="끄기")).to_have_count(0)


def test_what_an_operator_did_is_found(operate: Operate, axe: Callable[..., None]) -> None:
    admin = operate()
    admin.go("/console/log")
    expect(admin.page.get_by_role("heading", level=1)).to_have_text("운영 기록")
    admin.go(f"/console/log?who={admin.username}&action=read_operator_log")

    line = admin.page.get_by_role("row").nth(1)
    expect(line).to_contain_text("운영 기록 조회")
    expect(line).to_contain_text("(관리자)")
    axe(admin.page)

    admin.page.get_by_label("한 일").select_option("erase")
    admin.button("조회").click()
    expect(admin.page.get_by_text("조건에 맞는 내용이 없어요")).to_be_visible()


def test_errors_say_what_to_do(operate: Operate, system: System, axe: Callable[..., None]) -> None:
    viewer = operate("viewer", phone=True, korean=False)
    viewer.go("/console/errors?event=never_logged")
    expect(viewer.page.get_by_text("Nothing was logged as an error")).to_be_visible()

    system.rows(
        "INSERT INTO logged_errors (event, level, logger, process, host, detail)"
        " VALUES ('never_logged', 'ERROR', 'pitturu.test', 'web', 'web-1', %s)",
        '{"path": "/api/v1/<script>", "next": "Read the traceback."}',
    )
    system.rows(
        "INSERT INTO logged_error_counts (hour, event, count, dropped, first_at, last_at)"
        " VALUES (date_trunc('hour', now()), 'never_logged', 1, 0, now(), now())"
    )
    viewer.page.reload()

    line = viewer.page.get_by_role("row").filter(has_text="Read the traceback.")
    line.get_by_text("Detail").last.click()
    expect(line.get_by_text("/api/v1/<script>")).to_be_visible()
    axe(viewer.page)
