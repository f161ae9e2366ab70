"""One HTML shell for all pages; the bundle decides which page it is."""

import gzip
import json
from typing import Any, Final

from flask import Blueprint, abort, make_response, redirect, render_template, request
from jinja2.utils import htmlsafe_json_dumps
from werkzeug.wrappers import Response

from pitturu.services import services, web_services
from pitturu.storefront import policy
from pitturu.storefront.manifest import manifest, preloads_of, style_of

shop = Blueprint("storefront", __name__, template_folder="templates")
operators = Blueprint("console", __name__, template_folder="templates")
only_console = Blueprint("only_console", __name__)
"""Where there is no shop: the first page leads to the console."""

SHOP: Final = {
    "/": ("shop", "상품"),
    "/items/<uuid:item_id>": ("item", "결제"),
    "/cart": ("cart", "장바구니"),
    "/payment/<any(return,waiting,success,fail):view>": ("payment", "결제 결과"),
    "/history": ("history", "구매 내역"),
    "/inventory": ("inventory", "보유 상품"),
    "/register": ("register", "회원가입"),
}
"""The paths; of each the bundle, and the title until the page sets it in the visitor's language."""

OPERATORS: Final = {
    "/account": ("account", "내 계정"),
    "/login": ("login", "로그인"),
    "/reset-password": ("reset", "비밀번호 재설정"),
    "/console/": ("console", "콘솔"),
    "/console/<path:view>": ("console", "콘솔"),
}
"""The same of the pages that operators need: they log in, forget a password, have a second factor."""


@only_console.get("/")
def to_console() -> Response:
    """The first page of a shop with a frontend of its own."""
    return redirect("/console/")


def shell(page: str, title: str, known: Any = None, **data: object) -> str:
    """The HTML of a page. `known` is what it shows first; `data` are the status and the number of a failed request, for
    the page of errors."""
    built = manifest()
    search = services().settings.postcode_script_url if page in policy.CHECKOUTS else ""
    files = {
        "search": bool(search),
        "style": style_of(page),
        "preloads": preloads_of(page),
        "words": built.words[_language()],
        "built": built,
        "known": known and htmlsafe_json_dumps(known, dumps=_json),
        "pictures": _pictures(known),
    }
    return render_template("shell.html", page=page, title=title, **files, **data)


def _json(value: Any, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pictures(known: Any) -> list[str]:
    """The pictures that are seen without scrolling, so that they load beside the script and not after it."""
    items = [] if known is None else known.get("items", [known])
    return [item["image_url"] for item in items[:4] if item["image_url"]]


def _page(page: str, title: str, **address: object) -> Response:
    response = make_response(shell(page, title, web_services().page_data(page, address)))
    response.headers.update(policy.headers(page, services().settings))
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    response.add_etag()
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{response.get_etag()[0]}-gzip")
    return response.make_conditional(request)


@shop.get("/postcode")
def postcode() -> Response:
    """Kakao's postcode search, for a frame in the checkout; 404 where it is off."""
    settings, built = services().settings, manifest()
    if not settings.postcode_script_url:
        abort(404)
    page = render_template("postcode.html", script=settings.postcode_script_url, code=built.pages["postcode"])
    response = make_response(page)
    response.headers.update(policy.postcode_headers(settings))
    return response


def _language() -> str:
    """The language whose texts the page will probably ask for, as `preferredLanguage` of the pages decides.

    A visitor who chose another one there waits for one more request.
    """
    first = next(iter(request.accept_languages.values()), "")
    return "ko" if first.lower().startswith("ko") else "en"


for _blueprint, _pages in ((shop, SHOP), (operators, OPERATORS)):
    for _address, (_name, _title) in _pages.items():
        _blueprint.add_url_rule(_address, _name, _page, defaults={"page": _name, "title": _title})
