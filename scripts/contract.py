"""`python -m scripts.contract` prints the OpenAPI document in a stable order. Needs no servers."""

import json
import sys

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.services import web_services_of

NOBODY = Settings(
    pitturu_env="development",
    database_url="postgresql://localhost/unused",
    redis_url="redis://localhost/0",
    secret_key="unused",  # noqa: S106 - nothing is signed.
    jwt_secret_key="unused",  # noqa: S106
    portone_user_code="imp00000000",
    log_level="ERROR",
)
"""Settings of an app that only generates the document."""


def document() -> str:
    """The OpenAPI document as text."""
    app = create_app(NOBODY)
    # Generated without a request, because requests are counted in Redis.
    return json.dumps(web_services_of(app).api.spec.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
