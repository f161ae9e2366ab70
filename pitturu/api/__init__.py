"""The HTTP doors: each parses, calls one function, renders. Nothing is decided here."""

from flask import Flask

from pitturu.api import (
    auth,
    comparisons,
    confirm,
    docs,
    headers,
    items,
    me,
    operations,
    payments,
    problems,
    rates,
    request_id,
    sessions,
    verify,
    waiting,
    webhook,
)
from pitturu.api.contract import Contract
from pitturu.api.outsiders import OutsideIssuer
from pitturu.complaints import OUR_ISSUER
from pitturu.extensions import jwt
from pitturu.settings import Settings


def init_api(app: Flask, settings: Settings) -> None:
    """Open the doors of `app`: blueprints, errors, limits, CORS, tokens, request ids."""
    app.json.sort_keys = False  # type: ignore[attr-defined] # The default provider has both.
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret_key,
        JWT_ALGORITHM="HS256",
        JWT_ACCESS_TOKEN_EXPIRES=settings.access_token_ttl,
        JWT_REFRESH_TOKEN_EXPIRES=settings.refresh_token_ttl,
        JWT_ENCODE_ISSUER=OUR_ISSUER,
        JWT_DECODE_ISSUER=OUR_ISSUER,
    )
    jwt.init_app(app)
    app.extensions["pitturu.outside_issuer"] = OutsideIssuer(settings)
    contract = Contract(app)
    for door in (auth, items, sessions, verify, payments, me, webhook, confirm, operations, comparisons):
        contract.register_blueprint(door.blueprint)
    app.extensions["pitturu.contract"] = contract.spec
    app.register_blueprint(docs.blueprint)
    rates.limit(app, settings)
    headers.dress(app, settings)
    waiting.init(app, settings)
    problems.init(app)
    request_id.wrap(app, settings)
