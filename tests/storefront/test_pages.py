"""The shells of the pages, what they load, and what browsers may do there."""

import gzip
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitturu import create_app
from pitturu.cli.demo_data import ITEMS
from pitturu.config.settings import Settings
from pitturu.domain.catalogue import image_problem
from pitturu.storefront import policy
from pitturu.storefront.manifest import STATIC, manifest
from pitturu.storefront.pages import PAGES

ADDRESSES = {
    "/": "shop",
    "/items/00000000-0000-4000-8000-000000000000": "item",
    "/cart": "cart",
    "/payment/return": "payment",
    "/payment/waiting": "payment",
    "/payment/success": "payment",
    "/payment/fail": "payment",
    "/history": "history",
    "/inventory": "inventory",
    "/account": "account",
    "/login": "login",
    "/register": "register",
}


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    return shared_app.test_client()


def directives(header: str) -> dict[str, list[str]]:
    """A policy by its rules."""
    return {rule: sources for rule, *sources in (part.split() for part in header.split(";"))}


def test_every_page_was_built_and_has_a_title() -> None:
    assert {page for page, _ in PAGES.values()} == set(manifest().pages) == set(ADDRESSES.values())


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_loads_its_bundle_and_nothing_foreign(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert answer.status_code == 200
    assert f"/assets/{manifest().pages[ADDRESSES[address]]}" in loaded
    assert all(client.get(name).status_code == 200 and name.startswith("/assets/") for name in loaded)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_inline_code_is_served_or_allowed(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    rules = directives(answer.headers["Content-Security-Policy"])

    assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", answer.text)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_portone_is_allowed_on_checkouts_only(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    rules = directives(headers["Content-Security-Policy"])

    if ADDRESSES[address] in policy.CHECKOUTS:
        assert {"https://cdn.iamport.kr", "https://*.inicis.com"} <= set(rules["script-src"]) & set(rules["frame-src"])
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    else:
        assert "https:" not in headers["Content-Security-Policy"]
        assert rules["frame-src"] == ["'none'"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("page", sorted({page for page, _ in PAGES.values()}))
def test_pictures_of_items_may_come_from_where_the_settings_say(settings: Settings, page: str) -> None:
    cdn = "https://cdn.example.com"
    rules = directives(policy.headers(page, replace(settings, image_origins=(cdn,)))["Content-Security-Policy"])
    allowed = [rule for rule, sources in rules.items() if cdn in sources]
    assert allowed == ["img-src"] * (page in ("shop", "item", "cart"))


def test_the_demo_items_have_pictures(client: FlaskClient) -> None:
    """At addresses that the catalogue accepts, and that do not change with their content."""
    for item in ITEMS:
        address = f"/assets/items/{item.picture}.svg"
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype, image_problem(address)) == (200, "image/svg+xml", None)
        assert answer.headers["Cache-Control"] == "no-cache"
        assert not re.search(r"<script|href|\son\w+=|<foreignObject", answer.text)


def test_the_script_may_come_from_where_the_settings_say(settings: Settings) -> None:
    elsewhere = replace(settings, portone_script_url="http://127.0.0.1:9090/v1/iamport.js", checkout_hosts=())
    only_v1, only_v2 = (replace(elsewhere, **{name: ""}) for name in ("portone_v2_api_secret", "portone_api_key"))

    for shop, hosts in ((only_v1, ["http://127.0.0.1:9090"]), (only_v2, ["https://cdn.portone.io"])):
        rules = directives(policy.headers("item", shop)["Content-Security-Policy"])
        assert rules["script-src"] == ["'self'", *hosts]
        assert rules["frame-src"] == hosts


def test_pages_are_asked_about_again_and_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/")

    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def test_files_are_cached_without_limit_and_compressed(client: FlaskClient) -> None:
    name = manifest().pages["item"]

    small = client.get(f"/assets/{name}", headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(f"/assets/{name}")

    assert gzip.decompress(small.data) == plain.data == (STATIC / name).read_bytes()
    assert len(small.data) * 2 < len(plain.data)
    for answer in (small, plain):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.mimetype == "text/javascript"
    assert small.headers["ETag"] != plain.headers["ETag"]
    kept = client.get(f"/assets/{name}", headers={"If-None-Match": plain.headers["ETag"]})
    assert kept.status_code == 304


def test_only_hashed_files_are_cached_without_limit(client: FlaskClient) -> None:
    kept = {name: client.get(f"/assets/{name}").headers["Cache-Control"] for name in manifest().outputs}

    named = {f"items/{item.picture}.svg" for item in ITEMS}
    assert {name for name, rule in kept.items() if "immutable" not in rule} == {"fonts/LICENSE", *named}


def test_a_client_that_takes_no_gzip_gets_none(client: FlaskClient) -> None:
    answer = client.get(f"/assets/{manifest().css}", headers={"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in answer.headers


def test_fonts(client: FlaskClient) -> None:
    name = next(name for name in manifest().outputs if name.endswith(".woff2"))
    answer = client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})

    assert (answer.status_code, answer.mimetype) == (200, "font/woff2")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["manifest.json", "../manifest.py", "..%2fmanifest.py", "%2e%2e/pages.py", "no.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_a_shop_with_its_own_frontend_hides_ours(settings: Settings) -> None:
    client = create_app(replace(settings, storefront="off")).test_client()

    assert [client.get(address).status_code for address in ("/", "/history", "/assets/x.js")] == [404, 404, 404]
    assert client.get("/api/v1/items").status_code == 200


def test_pages_are_not_counted(settings: Settings) -> None:
    client = create_app(replace(settings, rate_user="1/minute")).test_client()

    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 200]
