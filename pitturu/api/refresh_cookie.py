"""The refresh token of our own pages, in a cookie that no script can read and no other site can use.

SameSite keeps the requests of other sites from carrying it. A sibling of our host (shop.example.com beside
pay.example.com) is the same site to browsers, so the Origin of each request is checked as well. With the prefix
`__Host-` browsers refuse the cookie from any other host; otherwise a sibling could set its own user's cookie for ours.
"""

from typing import Any, Final

from flask import Response, after_this_request, request

from pitturu.domain.errors import NotAllowed
from pitturu.services import services

NAME: Final = "pitturu_refresh"


def require_our_pages() -> None:
    """Raises NotAllowed unless the browser says that a page of ours sent this request."""
    settings = services().settings
    ours = {settings.public_url} if settings.production else {settings.public_url, request.host_url.rstrip("/")}
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if not origin or origin not in ours or site != "same-origin":
        detail = "Only pages of this service may use its cookie. Open them at PUBLIC_URL, or send `refresh_token`."
        raise NotAllowed("foreign_origin", detail)


def read() -> str | None:
    """The refresh token in the cookie. If this request is answered with 401, the cookie is of no use and is deleted."""
    text = request.cookies.get(_name())
    if text is not None:
        after_this_request(_delete_if_refused)
    return text


def keep(issued: dict[str, Any]) -> dict[str, Any]:
    """Move the refresh token from this body into the cookie."""
    seconds = issued["refresh_expires_in"]

    @after_this_request
    def store(response: Response) -> Response:
        response.set_cookie(_name(), issued["refresh_token"], max_age=seconds, **_attributes())
        return response

    return issued | {"refresh_token": None}


def delete(response: Response) -> Response:
    """Delete the cookie; for `after_this_request`."""
    response.delete_cookie(_name(), **_attributes())
    return response


def _delete_if_refused(response: Response) -> Response:
    return delete(response) if response.status_code == 401 else response


def _secure() -> bool:
    settings = services().settings
    return settings.production or settings.public_url.startswith("https://")


def _name() -> str:
    return f"__Host-{NAME}" if _secure() else NAME


def _attributes() -> dict[str, Any]:
    """`__Host-` demands Secure and the path `/`. Our pages send it with logins, refreshes and logouts only."""
    return {"path": "/", "secure": _secure(), "httponly": True, "samesite": "Strict"}
