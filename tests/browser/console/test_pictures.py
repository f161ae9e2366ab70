"""Pictures of all pages. Those of the documentation are rendered on every run; the sheet only by `make shots`."""

from contextlib import nullcontext

import pytest
from playwright.sync_api import expect

from tests.browser import sheet
from tests.browser.console.conftest import Operate
from tests.browser.console.sample_shop import busy_day, open_shop, past_weeks
from tests.browser.sheet import TAKEN
from tests.browser.test_screenshots import picture
from tests.browser.visitor import Visitor
from tests.system import System

PAGES = {
    "overview": "/console/",
    "payments": "/console/payments",
    "payment": "/console/payments/{partly}",
    "payment-waiting": "/console/payments/{waiting}",
    "approvals": "/console/approvals",
    "attention": "/console/attention",
    "reconciliation": "/console/reconciliation",
    "comparison": "/console/reconciliation/{comparison}",
    "catalogue": "/console/catalogue",
    "item": "/console/catalogue/{item}",
    "people": "/console/people",
    "log": "/console/log",
    "webhooks": "/console/webhooks",
    "webhook": "/console/webhooks/{webhook}",
    "events": "/console/events",
    "endpoint": "/console/events/{endpoint}",
    "keys": "/console/keys",
    "alerts": "/console/alerts",
    "errors": "/console/errors",
}
DOCUMENTED = ("overview", "payments", "payment", "attention")


def show(operator: Visitor, address: str) -> None:
    """Open a page and wait until it has loaded."""
    operator.go(address)
    expect(operator.page.get_by_role("heading", level=1)).to_be_visible()
    expect(operator.page.locator("[aria-busy=true]")).to_have_count(0)


def test_the_pictures_of_the_documentation(operate: Operate, system: System) -> None:
    orders, admin = open_shop(system), operate()
    if TAKEN:
        busy_day(system, orders)
    with past_weeks(system) if TAKEN else nullcontext():
        show(admin, PAGES["overview"])
        for name in DOCUMENTED:
            show(admin, PAGES[name].format(**orders))
            picture(admin, f"console-{name}")


@pytest.mark.skipif(not TAKEN, reason="`make shots` takes them.")
def test_the_sheet_of_all_pages(operate: Operate, system: System) -> None:
    orders = open_shop(system)
    orders |= busy_day(system, orders)
    sheet.write("console", PAGES)
    with past_weeks(system):
        for look in sheet.LOOKS:
            _take(operate, orders, look)


def _take(operate: Operate, orders: dict[str, str], look: sheet.Look) -> None:
    admin = operate(**look._asdict())
    for name, address in PAGES.items():
        show(admin, address.format(**orders))
        sheet.take("console", admin, name, look)
