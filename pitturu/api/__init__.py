"""HTTP endpoints of buyers, PortOne and shops: each parses, calls one use case, renders. Nothing is decided here."""

from flask import Flask

from pitturu.api import (
    auth,
    confirm,
    docs,
    events,
    headers,
    items,
    logins,
    me,
    payments,
    problems,
    rate_limits,
    request_id,
    second_factor,
    sessions,
    shop_orders,
    tokens,
    verify,
    webhook,
)
from pitturu.api.admin import (
    alerts,
    api_keys,
    approvals,
    catalogue,
    errors,
    event_endpoints,
    operations,
    operator_log,
    overview,
    people,
    reconciliation,
    webhooks,
)
from pitturu.config.checks import OUR_ISSUER
from pitturu.config.settings import Settings
from pitturu.extensions import jwt
from pitturu.services import services_of


def init_api(app: Flask, settings: Settings) -> None:
    """Register everything HTTP on `app`: blueprints, errors, rate limits, CORS, tokens, request ids."""
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
    jwt.decode_key_loader(tokens.verifying_key)
    contract = services_of(app).api
    buyers = auth, logins, second_factor, items, sessions, shop_orders, verify, payments, me
    for module in (*buyers, webhook, confirm, events):
        contract.register_blueprint(module.blueprint)
    for admin in (
        api_keys,
        catalogue,
        overview,
        alerts,
        operations,
        errors,
        event_endpoints,
        webhooks,
        approvals,
        reconciliation,
        people,
        operator_log,
    ):
        contract.register_blueprint(admin.blueprint)
    app.register_blueprint(docs.blueprint)
    app.before_request(rate_limits.count)
    headers.init(app, settings)
    problems.init(app)
    request_id.wrap(app, settings)
