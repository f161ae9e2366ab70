"""examples/flask-shop sells through an API key and signed events: a guest buys, pays, and gets the money back."""

import importlib.util
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pitturu_client import Pitturu
from playwright.sync_api import expect
from werkzeug.serving import make_server

from pitturu.domain.scopes import Scope
from tests.browser.conftest import Visit
from tests.browser.page_monitor import PageMonitor
from tests.browser.visitor import WINDOW, YES
from tests.system import CHECKOUT, System
from tests.waiting import until

SCOPES = [Scope.SESSIONS_WRITE, Scope.PAYMENTS_READ, Scope.PAYMENTS_CANCEL, Scope.EVENT_ENDPOINTS_MANAGE]
MANAGER = {"username": "manager", "password": "manager-pass-1234"}


def new_key(system: System) -> str:
    """An admin makes a key for the shop's server."""
    url = f"{system.url}/api/v1"
    login = requests.post(f"{url}/auth/login", json=MANAGER, timeout=30).json()
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    made = requests.put(f"{url}/api-keys/flask-shop", json={"scopes": SCOPES}, headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


def example() -> Any:
    """The module of the example, which is no package of ours."""
    spec = importlib.util.spec_from_file_location("flask_shop", CHECKOUT / "examples" / "flask-shop" / "shop.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def flask_shop(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example on a port of its own, with a key and an event endpoint at the system; its address."""
    key = new_key(system)
    shop: list[Any] = []
    server = make_server("127.0.0.1", 0, lambda environ, start: shop[0](environ, start), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    with Pitturu(system.url, api_key=key) as client:
        endpoint = client.event_endpoints.create(f"{url}/hooks/pitturu")
        environ = {"PITTURU_URL": system.url, "PITTURU_API_KEY": key, "PITTURU_EVENT_SECRETS": endpoint.secret}
        database = {"SHOP_DATABASE": str(tmp_path_factory.mktemp("shop") / "shop.sqlite3")}
        shop.append(example().create_app(environ | database))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield url
        client.event_endpoints.delete(endpoint.endpoint_id)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_guest_buys_and_cancels(flask_shop: str, visit: Visit, watch: PageMonitor, system: System) -> None:
    watch.homes.add(flask_shop)
    page = visit(signed_in=False).page
    page.goto(flask_shop)
    pieces = page.get_by_role("spinbutton")
    pieces.nth(0).fill("2")
    pieces.nth(1).fill("1")
    page.get_by_label("Name").fill("김하나")
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Telephone").fill("010-1234-5678")
    page.get_by_role("button", name="Order").click()

    expect(page.get_by_text("and 1 more")).to_be_visible()
    page.get_by_role("button", name="Pay").click()
    page.frame_locator(WINDOW).get_by_role("button", name=YES).click()
    expect(page.locator("#status")).to_have_text("paid")
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_role("heading")).to_have_text("Your order")
    status = page.locator("#status")
    until(lambda: page.reload() and status.text_content() == "cancelled", "an event reports the refund")


def test_a_forged_event_changes_nothing(flask_shop: str) -> None:
    forged = requests.post(f"{flask_shop}/hooks/pitturu", json={"type": "payment.paid"}, timeout=30)

    assert forged.status_code == 400
