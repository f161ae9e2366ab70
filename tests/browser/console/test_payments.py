"""The search of payments: one box, filters, pages, and the file."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.console.conftest import Operate
from tests.journeys.processes.buyer import Buyer
from tests.system import System

STEP = 5_000
"""Orders that the server compares for one page."""


def test_an_order_is_found_by_whatever_is_known_of_it(operate: Operate, buyer: Buyer, axe: Callable[..., None]) -> None:
    name, tel = f"독고{secrets.token_hex(4)}", f"010-{secrets.randbelow(9000) + 1000}-{secrets.randbelow(9000) + 1000}"
    order = buyer.paid(quantity=2, buyer_name=name, buyer_tel=tel)
    buyer.cancel(order, quantity=1)
    buyer.wait_for(order, "partially_cancelled")
    support = operate("support")
    page, rows = support.page, support.page.get_by_role("row")
    support.go("/console/payments")
    expect(rows.nth(1)).to_be_visible()

    page.keyboard.press("/")
    box = page.get_by_label("찾을 내용")
    expect(box).to_be_focused()
    for typed in (name[:6], tel.replace("-", ""), buyer.name, order["merchant_uid"]):
        box.fill(typed)
        box.press("Enter")
        expect(rows).to_have_count(2)
        for text in (name, tel, buyer.name, "부분 취소", "카드", "V1", "환불"):
            expect(rows.nth(1)).to_contain_text(text)
    axe(page)
    page.get_by_label("상태").select_option("failed")
    support.button("조회").click()
    expect(page.get_by_text("조건에 맞는 내용이 없어요")).to_be_visible()
    page.go_back()
    rows.nth(1).get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/console/payments/{order['session_id']}$"))

    support.go("/console/payments?q=x")
    expect(box).to_have_accessible_description(re.compile("두 글자 이상"))
    expect(page.get_by_role("table")).to_have_count(0)


def test_the_file_has_what_the_list_has(operate: Operate, buyer: Buyer) -> None:
    mail = f"{secrets.token_hex(6)}@example.org"
    order = buyer.paid(buyer_email=mail)
    viewer = operate("viewer")
    viewer.go(f"/console/payments?q={mail}")
    expect(viewer.page.get_by_role("row")).to_have_count(2)

    with viewer.page.expect_download() as saved:
        viewer.button("CSV 받기").click()
    lines = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert re.fullmatch(r"payments-\d{8}-\d{4}\.csv", saved.value.suggested_filename)
    assert (len(lines), order["merchant_uid"] in lines[1], mail in lines[1]) == (2, True, True)
    assert re.search("[가-힣]", lines[0])

    with viewer.watch.expecting("net::ERR_FAILED"):
        viewer.page.route("**/payments.csv?*", lambda route: route.abort())
        viewer.button("CSV 받기").click()
        expect(viewer.page.locator(".pt-alert")).to_contain_text("서버에 연결하지 못했어요")
    expect(viewer.button("CSV 받기")).to_be_enabled()


def test_an_item_is_chosen_by_its_name(
    operate: Operate, buyer: Buyer, item: Callable[..., str], axe: Callable[..., None]
) -> None:
    name = f"한라봉 {secrets.token_hex(4)}"
    item_id = item(name, 31_000)
    buyer.open(item_id=item_id)
    viewer = operate("viewer", phone=True, dark=True, korean=False)
    page = viewer.page
    viewer.go("/console/payments")
    viewer.button("Filters").click()
    field = page.get_by_label("Item")
    field.fill(name[:8])
    viewer.button("Apply").click()
    expect(page).to_have_url(re.compile("/console/payments$"))

    field.fill(name)
    expect(page.locator("input[list]:valid")).to_have_value(name)
    page.get_by_label("Least amount").fill("30,000")
    viewer.button("Apply").click()

    expect(page).to_have_url(re.compile(f"item_id={item_id}"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("₩31,000")
    expect(viewer.button("Filters (2 set)")).to_have_attribute("aria-expanded", "true")
    axe(page)
    page.reload()
    viewer.button("Filters (2 set)").click()
    expect(field).to_have_value(name)


@contextmanager
def many_orders(system: System, like: str) -> Iterator[None]:
    """One order that expired, and then as many that failed as the server compares for a page. Of the year 2020."""
    found = system.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'payment_sessions'")
    ids = {"id": "gen_random_uuid()", "session_id": "'old' || n", "merchant_uid": "'old-' || n", "reference": "NULL"}
    state = {"status": f"CASE n WHEN {STEP} THEN 'expired' ELSE 'failed' END", "due_at": "NULL"}
    own = ids | state | {"created_at": "timestamptz '2020-02-01' - n * interval '1 minute'"}
    values = {str(column): own.get(str(column), f'"{column}"') for (column,) in found}
    query = f"SELECT {', '.join(values.values())} FROM payment_sessions, generate_series(0, {STEP}) n"
    columns = ", ".join(f'"{column}"' for column in values)
    system.rows(f"INSERT INTO payment_sessions ({columns}) {query} WHERE session_id = %s", like)
    yield
    system.rows("DELETE FROM payment_sessions WHERE created_at < '2020-03-01'")


def test_what_is_rare_is_looked_for_step_by_step(operate: Operate, buyer: Buyer, system: System) -> None:
    like, viewer = buyer.paid()["session_id"], operate("viewer")
    page = viewer.page
    with many_orders(system, like):
        viewer.go("/console/payments?to=2020-02-10&status=expired")
        expect(page.get_by_text("아직 찾지 못했어요. 2020. 1. ")).to_be_visible()
        page.get_by_role("link", name="계속 찾기").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text(f"old-{STEP}")
        expect(page.get_by_role("link", name="계속 찾기")).to_have_count(0)

        viewer.go("/console/payments?to=2020-02-10")
        expect(page.get_by_role("row")).to_have_count(51)
        page.get_by_role("link", name="다음").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("old-50")
        page.get_by_role("link", name="처음으로").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("old-0")
