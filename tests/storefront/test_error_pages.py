"""Errors for people: a page of the shop with a way back. Programs get problem+json."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.storefront.manifest import manifest

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    return shared_app.test_client()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/cart", 405)])
def test_a_browser_gets_a_page_of_the_shop(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, headers=BROWSER)

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert f'data-page="error" data-status="{status}"' in answer.text
    assert "data-number" not in answer.text
    assert f"/assets/{manifest().pages['error']}" in answer.text
    assert re.search(r'<noscript>\s*<p>.*?<a href="/">.*?<p lang="en">.*?<a href="/">', answer.text, re.DOTALL)
    assert 'content="noindex"' in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Accept" in answer.headers["Vary"]


def test_what_the_status_needs_is_kept(client: FlaskClient) -> None:
    assert {"GET", "HEAD"} <= set(client.post("/cart", headers=BROWSER).headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/nowhere", "*/*"),
        ("/nowhere", "application/json"),
        ("/nowhere", "application/json, text/html;q=0.5"),
        ("/api/v1/nowhere", BROWSER["Accept"]),
        ("/api/nowhere", BROWSER["Accept"]),
        ("/assets/nowhere.js", BROWSER["Accept"]),
        ("/api/v1/items/00000000-0000-4000-8000-000000000000", BROWSER["Accept"]),
    ],
)
def test_programs_and_the_api_get_json(client: FlaskClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_page_that_fails_names_its_request(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings)
    monkeypatch.setitem(app.view_functions, "storefront.history", lambda **_: 1 / 0)

    answer = app.test_client().get("/history", headers=BROWSER)

    assert answer.status_code == 500
    assert f'data-status="500" data-number="{answer.headers["X-Request-Id"]}"' in answer.text


def test_nothing_of_the_address_is_repeated(client: FlaskClient) -> None:
    answer = client.get("/%22%3E%3Cscript%3Ealert(1)", headers=BROWSER | {"X-Request-Id": '"><script>'})

    assert "alert(1)" not in answer.text
    assert '"><script>' not in answer.text


def test_a_shop_with_its_own_frontend_has_no_such_page(settings: Settings) -> None:
    client = create_app(replace(settings, storefront="off")).test_client()

    assert client.get("/nowhere", headers=BROWSER).mimetype == "application/problem+json"
