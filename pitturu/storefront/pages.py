"""One HTML shell for all pages; the bundle decides which page it is."""

from typing import Final

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from pitturu.services import services
from pitturu.storefront import policy
from pitturu.storefront.manifest import manifest

blueprint = Blueprint("storefront", __name__, template_folder="templates")

PAGES: Final = {
    "/": ("shop", "상품"),
    "/items/<uuid:_>": ("item", "결제"),
    "/cart": ("cart", "장바구니"),
    "/payment/<any(return,waiting,success,fail):_>": ("payment", "결제 결과"),
    "/history": ("history", "구매 내역"),
    "/inventory": ("inventory", "보유 상품"),
    "/account": ("account", "내 계정"),
    "/login": ("login", "로그인"),
    "/register": ("register", "회원가입"),
}
"""The paths; of each the bundle, and the title until the page sets it in the visitor's language."""


def _shell(page: str, title: str, **_: object) -> Response:
    settings = services().settings
    response = make_response(render_template("shell.html", page=page, title=title, built=manifest()))
    response.headers.update(policy.headers(page, settings))
    response.add_etag()
    return response.make_conditional(request)


for _address, (_page, _title) in PAGES.items():
    blueprint.add_url_rule(_address, _page, _shell, defaults={"page": _page, "title": _title})
