"""Endpoints for admins: the API keys of the shop's servers."""

from typing import Any

from pitturu.accounts import api_keys as keys
from pitturu.api import operator_lines
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_put
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import api_keys as bodies
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.services import services
from pitturu.store import api_keys
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "api_keys", __name__, url_prefix=f"{PREFIX}/api-keys", description="For admins: API keys of the shop's servers."
)

MANAGE = Permission.MANAGE_API_KEYS


@blueprint.get("")
@requires(MANAGE, OperatorAction.READ_API_KEYS)
@blueprint.response(200, bodies.ApiKeysSchema)
def list_keys() -> Any:
    """List API keys.

    Also those that have ended, newest first. No key itself is shown.
    """
    return {"items": api_keys.everything()}


@blueprint.put("/<anyname:name>")
@user_put
@requires(MANAGE, OperatorAction.CREATE_API_KEY)
@blueprint.arguments(bodies.NewApiKeySchema)
@blueprint.response(201, bodies.NewlyMadeApiKeySchema)
@refuses(Unprocessable, "bad_api_key_name", "expires_in_the_past")
@refuses(Conflict, "too_many_api_keys", "api_key_name_taken")
def create_key(work: UnitOfWork, body: dict[str, Any], name: str) -> Any:
    """Make an API key with this name.

    Small letters, digits and hyphens. The answer has the key, this once. It is stored nowhere: if the answer was
    lost, end the key and make one with another name. 409 `api_key_name_taken` for a name that was used before.
    """
    environment = services().settings.portone_environment
    row, text = keys.create(work, name, body["scopes"], environment, body["expires_at"], current().username)
    operator_lines.about(what=Thing(keys.KIND, name), detail=keys.describe(row))
    return Presenter(row, key=text)


@blueprint.delete("/<anyname:name>")
@user_put
@requires(MANAGE, OperatorAction.END_API_KEY)
@blueprint.response(200, bodies.ApiKeySchema)
@refuses(NotFound, "api_key_not_found")
def end_key(work: UnitOfWork, name: str) -> Any:
    """End an API key.

    The next request with it is refused. Client tokens that it got stay valid until they expire.
    """
    row = keys.end(work, name)
    operator_lines.about(what=Thing(keys.KIND, name))
    return row
