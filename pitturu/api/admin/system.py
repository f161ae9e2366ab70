"""The endpoint of the state of the system."""

from typing import Any

from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.schemas import system as bodies
from pitturu.domain.roles import Permission
from pitturu.monitoring import system_state

blueprint = Blueprint(
    "system", __name__, url_prefix=f"{PREFIX}/operations/system", description="For operators: the state of the system."
)


@blueprint.get("")
@requires(Permission.VIEW, None)
@blueprint.response(200, bodies.SystemSchema)
def read_system() -> Any:
    """Read the state of the system.

    Work that waits, processes, queues, calls to PortOne, open alerts, and how old the overview's figures are.
    """
    return system_state.read()
