"""What the HTML of a page carries, so that its first paint waits for no further request."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from pitturu.store import items
from tests.shop import Shop

KNOWN = re.compile(r'<script type="application/json" id="known">(.*?)</script>', re.DOTALL)


def known(shop: Shop, path: str, **options: Any) -> Any:
    """The data of a page; None for a page without any."""
    answer = shop.client.get(path, **options)
    assert answer.status_code == 200
    found = KNOWN.findall(answer.text)
    return json.loads(found[0]) if found else None


def test_a_page_has_what_the_api_would_answer(shop: Shop) -> None:
    thing = shop.item()
    sold_out = shop.item(stock=0, name="나주배 선물세트")

    assert known(shop, f"/items/{thing}") == shop.get(f"/items/{thing}")
    assert known(shop, "/") == shop.get("/items")
    assert known(shop, "/?show=available") == shop.get("/items", query_string={"in_stock": "true"})
    assert [item["id"] for item in known(shop, "/?show=available")["items"]] == [thing]
    assert {item["id"] for item in known(shop, "/?show=returnable")["items"]} == {thing, sold_out}
    assert known(shop, "/?show=<script>") == known(shop, "/")


def test_a_page_of_the_catalogue_ends(shop: Shop) -> None:
    for number in range(25):
        shop.item(name=f"감귤 {number}")

    first = known(shop, "/")

    assert len(first["items"]) == 24
    assert len(shop.get("/items", query_string={"after": first["next"]})["items"]) == 1


def test_other_pages_and_items_that_are_not_sold_have_none(shop: Shop) -> None:
    unknown = shop.item()[:-4] + "0000"
    for path in (f"/items/{unknown}", "/cart", "/history", "/login", "/console/"):
        assert known(shop, path) is None


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!--<script>", "'\" onerror=x \u2028&lt;"])
def test_a_hostile_name_stays_text(shop: Shop, name: str) -> None:
    thing = shop.item(name=name)

    for path in ("/", f"/items/{thing}"):
        page = shop.client.get(path).text
        assert page.count("<script") == 2
        assert page.count("</script>") == 2
        assert "<!--" not in page
    assert known(shop, f"/items/{thing}")["name"] == name


def test_nothing_of_it_depends_on_who_asks(shop: Shop) -> None:
    """So a page may be stored by a cache, which asks about it again."""
    path = f"/items/{shop.item()}"

    answers = [
        shop.client.get(path, headers=headers) for headers in ({}, shop.login(), {"Cookie": "pitturu_refresh=x"})
    ]

    assert len({answer.data for answer in answers}) == 1
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-cache"}
    etag = answers[0].headers["ETag"]
    assert shop.client.get(path, headers={"If-None-Match": etag}).status_code == 304
    with shop.app.app_context():
        items.take({items.catalogue(None, 1)[0].id: 1})
        items.db.session.commit()
    assert shop.client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_page_is_compressed_where_the_browser_takes_it(shop: Shop) -> None:
    path = f"/items/{shop.item()}"

    plain, small = (shop.client.get(path, headers={"Accept-Encoding": coding}) for coding in ("identity", "br, gzip"))

    assert gzip.decompress(small.data) == plain.data
    assert small.headers["Content-Encoding"] == "gzip"
    assert {"Accept-Encoding", "Accept-Language"} <= set(small.headers["Vary"].split(", "))
    assert small.headers["ETag"] != plain.headers["ETag"]


def test_a_visitor_with_too_many_requests_gets_the_page_without_it(app_with: Callable[..., Flask], shop: Shop) -> None:
    """Reading a page costs the database as much as the API, so it is counted as that."""
    thing = shop.item()
    limited = Shop(app_with(rate_user="2/minute"), shop.portone)

    assert [known(limited, path) is None for path in (f"/items/{thing}", "/", f"/items/{thing}")] == [
        False,
        False,
        True,
    ]
    assert limited.client.get("/api/v1/items").status_code == 429


def test_a_page_is_there_while_the_database_is_not(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its script asks the API then, and says what that answers."""

    def away(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(items, "for_sale", away)
    assert known(shop, f"/items/{shop.item()}") is None
