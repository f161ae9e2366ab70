"""`python -m scripts.contract` prints the OpenAPI document, always in the same order. Needs no server of any kind."""

import json
import sys

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.services import services_of

NOBODY = Settings(
    pitturu_env="development",
    database_url="postgresql://localhost/unused",
    redis_url="redis://localhost/0",
    secret_key="unused",  # noqa: S106 - nothing is signed.
    jwt_secret_key="unused",  # noqa: S106
    portone_user_code="imp00000000",
    log_level="ERROR",
)
"""An app that is only asked what it would answer to."""


def document() -> str:
    """The contract as text."""
    app = create_app(NOBODY)
    # Written without a request: a request would be counted, and there is nobody to count.
    return json.dumps(services_of(app).api.spec.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
