"""The shells of the pages, what they load, and what browsers may do there."""

import gzip
import re
from collections.abc import Callable
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
from pitturu.storefront.pages import OPERATORS, SHOP

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
    "/reset-password": "reset",
    "/register": "register",
    "/console/": "console",
    "/console/payments/pay": "console",
}


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    return shared_app.test_client()


def directives(header: str) -> dict[str, list[str]]:
    """A policy by its rules."""
    return {rule: sources for rule, *sources in (part.split() for part in header.split(";"))}


def test_every_page_was_built_and_has_a_title() -> None:
    framed = {"postcode"}
    assert {page for page, _ in (SHOP | OPERATORS).values()} == set(ADDRESSES.values())
    assert set(manifest().pages) == {*ADDRESSES.values(), "error", *framed}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_loads_its_bundle_and_nothing_foreign(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert answer.status_code == 200
    assert f"/assets/{manifest().pages[ADDRESSES[address]]}" in loaded
    assert all(client.get(name).status_code == 200 and name.startswith("/assets/") for name in loaded)


@pytest.mark.parametrize(
    ("header", "language"),
    [("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en-US,en;q=0.9,ko;q=0.8", "en"), ("", "en"), ("\0;q=x", "en")],
)
def test_the_texts_of_one_language_are_preloaded(client: FlaskClient, header: str, language: str) -> None:
    """The other one is not, and no cache in between gives it to another visitor."""
    answer = client.get("/", headers={"Accept-Language": header})

    assert re.findall(r'rel="modulepreload" href="/assets/([^"]+)"', answer.text) == [manifest().words[language]]
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_inline_code_is_served_or_allowed(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    rules = directives(answer.headers["Content-Security-Policy"])

    assert not re.search(r"<script(?! type=\"application/json\"|[^>]*src=)|<style|style=|\son\w+=", answer.text)
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


@pytest.mark.parametrize("page", sorted({page for page, _ in (SHOP | OPERATORS).values()}))
def test_pictures_of_items_may_come_from_where_the_settings_say(settings: Settings, page: str) -> None:
    cdn = "https://cdn.example.com"
    rules = directives(policy.headers(page, replace(settings, image_origins=(cdn,)))["Content-Security-Policy"])
    allowed = [rule for rule, sources in rules.items() if cdn in sources]
    assert allowed == ["img-src"] * (page in ("shop", "item", "cart", "inventory"))


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
    answer = client.get("/assets/" + manifest().styles["pages"], headers={"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in answer.headers


def test_fonts(client: FlaskClient) -> None:
    name = next(name for name in manifest().outputs if name.endswith(".woff2"))
    answer = client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})

    assert (answer.status_code, answer.mimetype) == (200, "font/woff2")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["manifest.json", "../manifest.py", "..%2fmanifest.py", "%2e%2e/pages.py", "no.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_the_console_is_not_stored_by_the_browser(client: FlaskClient) -> None:
    assert client.get("/console/payments").headers["Cache-Control"] == "no-store"


def test_a_shop_with_its_own_frontend_hides_ours(settings: Settings) -> None:
    client = create_app(replace(settings, storefront="off")).test_client()

    assert [client.get(address).status_code for address in ("/", "/history", "/assets/x.js")] == [404, 404, 404]
    assert client.get("/api/v1/items").status_code == 200


def test_a_shop_with_its_own_frontend_keeps_the_console(settings: Settings) -> None:
    client = create_app(replace(settings, storefront="console")).test_client()

    assert client.get("/").location == "/console/"
    shown = {address: client.get(address).status_code for address in ADDRESSES if address != "/"}
    assert {address for address, status in shown.items() if status == 200} == {
        *("/account", "/login", "/reset-password", "/console/", "/console/payments/pay"),
    }
    assert client.get("/assets/" + manifest().pages["console"]).status_code == 200


def test_pages_are_not_counted(settings: Settings) -> None:
    client = create_app(replace(settings, rate_user="1/minute")).test_client()

    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 200]


def test_the_postcode_search_is_off_unless_it_is_switched_on(client: FlaskClient) -> None:
    assert client.get("/postcode").status_code == 404
    page = client.get("/cart")
    assert "data-postcode" not in page.text
    assert "'self'" not in directives(page.headers["Content-Security-Policy"])["frame-src"]


def test_kakaos_inline_code_runs_in_a_frame_of_its_own(app_with: Callable[..., Flask]) -> None:
    """The checkout itself allows neither Kakao's hosts nor anything inline, and nobody else frames the search."""
    script = "https://t1.kakaocdn.net/mapjsapi/bundle/postcode/prod/postcode.v2.js"
    client = app_with(postcode_script_url=script).test_client()

    page, search = client.get("/cart"), client.get("/postcode")

    assert 'data-postcode="/postcode"' in page.text
    around, inside = (directives(answer.headers["Content-Security-Policy"]) for answer in (page, search))
    assert "'self'" in around["frame-src"]
    assert "kakaocdn" not in str(around)
    assert "unsafe" not in str(around)
    assert f'data-script="{script}"' in search.text
    kakao = {"https://t1.kakaocdn.net", "https://postcode.map.kakao.com"}
    assert set(inside["script-src"]) == {"'self'", "'unsafe-inline'", *kakao}
    assert set(inside["frame-src"]) == kakao
    assert inside["frame-ancestors"] == ["'self'"]
    assert "data-postcode" not in client.get("/login").text
