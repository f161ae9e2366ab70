"""Errors as pages, for people whose browser asked for one. Programs, and everything below /api, get problem+json."""

from typing import Final

from flask import Response, request

from pitturu import logs
from pitturu.services import services
from pitturu.storefront import policy
from pitturu.storefront.pages import only_console, operators, shell, shop

PAGES: Final = (shop.name, operators.name, only_console.name)
"""Blueprints of pages."""

NO_PAGES: Final = ("api", "assets")
"""First parts of paths at which no page is, whether a rule matches or not."""

PROBLEM: Final = "application/problem+json"


def as_page(response: Response) -> Response:
    """The same error as a page: status and headers stay, so do Retry-After and Allow."""
    if response.mimetype != PROBLEM or not _is_of_a_page():
        return response
    response.vary.update(("Accept", "Accept-Language"))
    if request.accept_mimetypes.best_match((PROBLEM, "application/json", "text/html")) != "text/html":
        return response
    number = logs.request_id() if response.status_code >= 500 else None
    response.set_data(shell("error", "오류", status=response.status_code, number=number))
    response.mimetype = "text/html"
    response.headers.update(policy.headers("error", services().settings))
    return response


def _is_of_a_page() -> bool:
    if request.url_rule is not None:
        return request.blueprint in PAGES
    return request.path.split("/", 2)[1] not in NO_PAGES
