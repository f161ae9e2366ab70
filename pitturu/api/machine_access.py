"""Which endpoints an API key or a client token may use: none, unless the endpoint says so.

It is checked wherever the caller is found, before any view begins, so an endpoint that does not say it is closed to
machines.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import current_app, request

from pitturu.api.caller import Caller
from pitturu.api.contract import Blueprint
from pitturu.domain.errors import NotAllowed
from pitturu.domain.scopes import Scope, scope_needed

View = TypeVar("View", bound=Callable[..., Any])

ACCESS: Final = "access"
"""Attribute of a view: its Access."""


@dataclass(frozen=True)
class Access:
    """Who may use an endpoint: API keys with this scope (None: no key), client tokens, users."""

    scope: Scope | None = None
    client_token: bool = False
    users: bool = True

    @property
    def security(self) -> list[dict[str, list[str]]]:
        """The same for the OpenAPI document."""
        kinds: list[dict[str, list[str]]] = [{"bearer": []}] if self.users else []
        if self.scope is not None:
            kinds.append({"apiKey": [self.scope.value]})
        if self.client_token:
            kinds.append({"clientToken": []})
        return kinds


def machines(scope: Scope | None, *, client_token: bool = False, users: bool = True) -> Callable[[View], View]:
    """Let API keys with this scope use an endpoint, and client tokens; `users` says whether users may as well.

    Put it directly under the route. Of a client token the path's `session_id` is compared. A view that finds a session
    in another way has to compare it itself.
    """
    access = Access(scope, client_token, users)

    def decorate(view: View) -> View:
        setattr(view, ACCESS, access)
        marked: View = Blueprint.doc(security=access.security)(view)
        return marked

    return decorate


def access_of(view: object) -> Access:
    """Who may use an endpoint: users only, unless it says otherwise."""
    found: Access = getattr(view, ACCESS, Access())
    return found


def check(caller: Caller) -> None:
    """Raises NotAllowed when this endpoint is not for this caller, as far as the kind of caller decides."""
    access = access_of(current_app.view_functions.get(request.endpoint or ""))
    if caller.key is not None:
        if access.scope is None:
            detail = "API keys cannot be used here: this is done by users. GET /api/v1/openapi.json says who may what."
            raise NotAllowed("api_key_not_accepted", detail)
        if access.scope not in caller.key.scopes:
            raise scope_needed(access.scope)
    elif caller.session_id is not None:
        named = (request.view_args or {}).get("session_id", caller.session_id)
        if not access.client_token or named != caller.session_id:
            detail = "A client token is for paying one session: read, prepare, open, verify and close it, nothing else."
            raise NotAllowed("client_token_not_accepted", detail)
    elif not access.users:
        detail = "This is for the shop's server. Send Authorization: Bearer and an API key, which an admin makes."
        raise NotAllowed("api_key_needed", detail)
