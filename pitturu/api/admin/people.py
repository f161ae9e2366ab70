"""Endpoints for admins: who has which role, and ending logins.

Users are named by their id: paths are in access logs, and names are personal data.
"""

from typing import Any
from uuid import UUID

from pitturu.accounts import people
from pitturu.api import operator_lines, pages
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_put
from pitturu.api.refusals import NO_UUID, refuses
from pitturu.api.schemas import people as bodies
from pitturu.api.schemas.logins import LoginsOfSchema
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.store import logins, users
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "people", __name__, url_prefix=f"{PREFIX}/operations/people", description="For admins: users, roles and logins."
)


@blueprint.get("")
@requires(Permission.MANAGE_USERS, OperatorAction.READ_PEOPLE)
@blueprint.arguments(bodies.PeopleQuerySchema, location="query")
@blueprint.response(200, bodies.PeopleSchema)
@refuses(Unprocessable, "bad_cursor")
def list_people(query: dict[str, Any]) -> Any:
    """List the users.

    Newest first; those of an outside issuer after their first order or first act as operators.
    """
    found = users.page(query["search"], query["role"], pages.place(query["cursor"]), query["limit"] + 1)
    page = pages.cut(found, query["limit"])
    shown = page["items"]
    # What was searched for may be a name, which could never be erased from the log. One user found is named by key.
    only = shown[0] if len(shown) == 1 else None
    what = Thing("user", str(only.id)) if only else None
    operator_lines.about(only and only.username, what, f"{len(shown)} users shown")
    return page


@blueprint.put("/<uuid:user_id>/role")
@user_put
@requires(Permission.MANAGE_USERS, OperatorAction.CHANGE_ROLE)
@blueprint.arguments(bodies.RoleSchema)
@blueprint.response(200, bodies.PersonSchema)
@refuses(NotFound, "user_not_found", NO_UUID)
@refuses(NotAllowed, "own_role")
@refuses(Conflict, "last_admin")
@refuses(Unprocessable, "username_reserved")
def put_role(work: UnitOfWork, body: dict[str, Any], user_id: UUID) -> Any:
    """Give a role to a user.

    Rights that end are lost at once, new ones begin with the next login. For a user of an outside issuer it is the
    highest role that a token gives here; `buyer` takes all operators' rights. Nobody changes an own role, and the
    last admin stays one.
    """
    change = people.give_role(work, user_id, body["role"], current().username)
    operator_lines.about(change.user.username, Thing("user", str(user_id)), change.summary)
    return change.user


@blueprint.get("/<uuid:user_id>/logins")
@requires(Permission.MANAGE_USERS, OperatorAction.READ_PEOPLE)
@blueprint.response(200, LoginsOfSchema)
@refuses(NotFound, "user_not_found", NO_UUID)
def list_logins_of(user_id: UUID) -> Any:
    """List the logins of a user.

    Where the user is logged in, the last used login first, at most 100.
    """
    user = people.existing(user_id)
    found = logins.of_user(user.username)
    operator_lines.about(user.username, Thing("user", str(user_id)), f"{len(found)} logins shown")
    return {"items": found}


@blueprint.delete("/<uuid:user_id>/logins/<uuid:login_id>")
@user_put
@requires(Permission.MANAGE_USERS, OperatorAction.END_LOGINS)
@blueprint.response(200, bodies.EndedLoginsSchema)
@refuses(NotFound, "user_not_found", "login_unknown", NO_UUID)
def end_login_of(work: UnitOfWork, user_id: UUID, login_id: UUID) -> Any:
    """End one login of a user.

    Its refresh token is refused from now on; access tokens of operators end at once, those of buyers within minutes.
    """
    user = people.end_login(work, user_id, login_id)
    operator_lines.about(user.username, Thing("user", str(user_id)), "1 ended")
    return {"ended": 1}


@blueprint.delete("/<uuid:user_id>/logins")
@user_put
@requires(Permission.MANAGE_USERS, OperatorAction.END_LOGINS)
@blueprint.response(200, bodies.EndedLoginsSchema)
@refuses(NotFound, "user_not_found", NO_UUID)
def end_logins(work: UnitOfWork, user_id: UUID) -> Any:
    """End every login of a user.

    The user has to log in again. Access tokens of operators end at once, those of buyers within minutes. An outside
    issuer's logins cannot be ended here: give the user the role `buyer` instead.
    """
    user, ended = people.end_logins(work, user_id)
    operator_lines.about(user.username, Thing("user", str(user_id)), f"{ended} ended")
    return {"ended": ended}
