"""HTTP endpoints of buyers, PortOne and shops: each parses, calls one use case, renders. Nothing is decided here."""

from typing import Final

from flask import Flask
from flask_jwt_extended import JWTManager

from pitturu.api import (
    auth,
    checkout_form,
    confirm,
    docs,
    events,
    headers,
    items,
    logins,
    me,
    own_data,
    own_email,
    password_reset,
    pay_methods,
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
    order,
    order_listing,
    overview,
    people,
    reconciliation,
    shipments,
    system,
    webhooks,
)
from pitturu.config.checks import OUR_ISSUER
from pitturu.config.settings import Settings
from pitturu.services import web_services_of

OPERATORS: Final = (
    api_keys,
    catalogue,
    overview,
    system,
    alerts,
    operations,
    order,
    order_listing,
    shipments,
    errors,
    event_endpoints,
    webhooks,
    approvals,
    reconciliation,
    people,
    operator_log,
)
"""The endpoints for operators, in the order of the OpenAPI document."""


def init_api(app: Flask, settings: Settings) -> None:
    """Register everything HTTP on `app`: blueprints, errors, rate limits, CORS, tokens, request ids."""
    app.json.sort_keys = False  # type: ignore[attr-defined] # The default provider has both.
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret_key,
        JWT_ALGORITHM=tokens.ALGORITHM,
        JWT_ACCESS_TOKEN_EXPIRES=settings.access_token_ttl,
        JWT_REFRESH_TOKEN_EXPIRES=settings.refresh_token_ttl,
        JWT_ENCODE_ISSUER=OUR_ISSUER,
    )
    JWTManager(app)
    contract = web_services_of(app).api
    accounts = auth, logins, second_factor, own_email, password_reset
    buyers = items, pay_methods, checkout_form, sessions, shop_orders, verify, payments, me, own_data
    for module in (*accounts, *buyers, webhook, confirm, events):
        contract.register_blueprint(module.blueprint)
    for admin in OPERATORS:
        contract.register_blueprint(admin.blueprint)
    app.register_blueprint(docs.blueprint)
    app.before_request(rate_limits.count)
    headers.init(app, settings)
    problems.init(app)
    request_id.wrap(app, settings)
