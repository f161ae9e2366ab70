"""Validation of the settings: missing, guessable or contradictory values.

Each problem is one line that says what to do.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from pitturu.config import buyer_notices, cash_receipts, notices, pay_methods, production, sources, urls
from pitturu.domain import app_schemes, inicis, usernames
from pitturu.domain.languages import Language
from pitturu.domain.provider import Generation
from pitturu.domain.roles import Role
from pitturu.portone import signature

if TYPE_CHECKING:
    from pitturu.config.settings import Settings

OUR_ISSUER: Final = "pitturu"
"""`iss` of the tokens that we sign ourselves: no external issuer may use it."""

DATA_KEY_BYTES: Final = 32
"""Of a key of Fernet, for signing and encrypting. Its length is checked here, because importing Fernet takes 7 MiB."""

IDEMPOTENCY_WINDOW: Final = timedelta(hours=3)
"""PortOne V2 forgets an Idempotency-Key after this; V1 has none, but one sequence of timeouts serves both."""

_HOST_SOURCE: Final = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?")


def about(settings: "Settings") -> list[str]:
    """Every problem, one line each."""
    return [
        *_missing(settings),
        *_addresses(settings),
        *_data_keys(settings),
        *_webhook_secrets(settings),
        *pay_methods.about(settings),
        *_inicis(settings),
        *(production.about(settings) if settings.production else ()),
        *_broken_chain(settings),
        *_public_url(settings),
        *_checkout_hosts(settings),
        *_postcode_search(settings),
        *_image_origins(settings),
        *_app_schemes(settings),
        *_window_languages(settings),
        *cash_receipts.about(settings),
        *_outside_issuer(settings),
        *notices.about(settings),
        *buyer_notices.about(settings),
        *_unknown_words(settings),
        *_optional_packages(settings),
    ]


def _missing(settings: "Settings") -> Iterator[str]:
    needed = ["database_url", "redis_url", "secret_key", "jwt_secret_key"]
    # Required: all settings of the default generation, and of any generation that is partly configured.
    for generation, names in _KEYS.items():
        if settings.portone_generation is generation or any(getattr(settings, name) for name in names):
            needed += names
    needed += ["public_url", "metrics_token", "data_keys"] if settings.production else []
    known = {option.name: option.metadata for option in fields(settings)}
    yield from (
        f"{name.upper()} is not set: {known[name]['reason']}. {known[name]['source']}".rstrip()
        for name in needed
        if not getattr(settings, name)
    )


def _addresses(settings: "Settings") -> Iterator[str]:
    """Addresses that cannot be used are reported at startup, not when the first buyer needs them."""
    for name, read in (("redis_url", urls.redis), ("broker_url", urls.broker)):
        try:
            _ = getattr(settings, name) and read(getattr(settings, name))
        except ValueError as problem:
            yield f"{name.upper()} cannot be used: {problem}."
    if settings.broker_url.startswith("sqs://") and find_spec("boto3") is None:
        yield "BROKER_URL names SQS, which needs packages that are not installed: pip install 'kombu[sqs]'."
    if settings.database_replica_url and settings.database_replica_url == settings.database_url:
        yield "DATABASE_REPLICA_URL is DATABASE_URL: name the server that follows it, or leave it empty."


def _optional_packages(settings: "Settings") -> Iterator[str]:
    """What is switched on and not installed, or has an unusable address, is reported at startup."""
    for name, module, file in (
        ("otel_exporter_otlp_endpoint", "opentelemetry", "requirements-traces.txt"),
        ("sentry_dsn", "sentry_sdk", "requirements-sentry.txt"),
    ):
        address = getattr(settings, name)
        if not address:
            continue
        if not re.fullmatch(r"https?://[!-~]+", address):
            yield f"{name.upper()} must be an address that begins with http:// or https://."
        if find_spec(module) is None:
            yield f"{name.upper()} is set, but its packages are not installed: pip install -r {file}."


def _data_keys(settings: "Settings") -> Iterator[str]:
    """A key that cannot be used is reported at startup, not when the first account is to be encrypted."""
    for number, key in enumerate(settings.data_keys, start=1):
        try:
            usable = len(base64.urlsafe_b64decode(key)) == DATA_KEY_BYTES
        except ValueError:
            usable = False
        if not usable:
            yield f"DATA_KEYS: number {number} must be {DATA_KEY_BYTES} random bytes in Base64. {sources.DATA_KEY}"


_KEYS: Final = {
    Generation.V1: ("portone_api_key", "portone_api_secret", "portone_user_code"),
    Generation.V2: ("portone_v2_api_secret", "portone_v2_store_id", "portone_v2_webhook_secrets"),
}


def _webhook_secrets(settings: "Settings") -> Iterator[str]:
    """An unreadable secret would let every webhook be refused."""
    if not settings.portone_v2_api_secret:
        return
    for number, secret in enumerate(settings.portone_v2_webhook_secrets, start=1):
        try:
            signature.key_of(secret)
        except ValueError as problem:
            yield f"PORTONE_V2_WEBHOOK_SECRETS: number {number} cannot be used: {problem}. {sources.V2_WEBHOOK}"


def _inicis(settings: "Settings") -> Iterator[str]:
    """A virtual account that cannot be withdrawn holds its stock until the deadline, and may still be paid.

    A channel key does not reveal the PG, so `flask pitturu doctor` asks PortOne about it.
    """
    v1 = settings.portone_generation is Generation.V1 or any(getattr(settings, name) for name in _KEYS[Generation.V1])
    if settings.portone_inicis_api_key or not (settings.production and v1):
        return
    if inicis.is_inicis(settings.vbank_pg or ""):
        yield (
            "PORTONE_INICIS_API_KEY is not set: virtual accounts go through KG Inicis, which withdraws one only with"
            " its own key. Set it to the API key in Inicis' merchant administration; or name another PG's channel for"
            " them with PORTONE_CHANNELS=vbank=channelKey; or, if your contract with Inicis has no virtual accounts,"
            " set it to none."
        )


def _broken_chain(settings: "Settings") -> Iterator[str]:
    """Each timeout must be shorter than the next, or a running worker loses its row to a second one."""
    chain = ["task_soft_limit", "task_hard_limit", "lease", "visibility_timeout"]
    times = [settings.longest_call, *(getattr(settings, name) for name in chain), IDEMPOTENCY_WINDOW]
    names = ["PORTONE_CONNECT_TIMEOUT + PORTONE_READ_TIMEOUT", *(name.upper() for name in chain), "PortOne's 3 hours"]
    links = zip(names, times, names[1:], times[1:], strict=False)
    yield from (
        f"{shorter} ({time.total_seconds():g} s) must be shorter than {longer} ({limit.total_seconds():g} s)."
        for shorter, time, longer, limit in links
        if time >= limit
    )


def _public_url(settings: "Settings") -> Iterator[str]:
    """The addresses given to PortOne are derived from this one, so it must be an origin without a path."""
    if not settings.public_url:
        return
    origin = urls.ORIGIN.fullmatch(settings.public_url)
    if origin is None:
        yield "PUBLIC_URL must be like https://pay.example.com: no slash at the end, no path, no user, no query."
    elif settings.production and origin[1] != "https":
        yield "PUBLIC_URL must be https:// in production: buyers and PortOne come in over it."


def _checkout_hosts(settings: "Settings") -> Iterator[str]:
    """The values become part of the Content-Security-Policy header, so each must be a host without a path."""
    wrong = [host for host in settings.checkout_hosts if not _HOST_SOURCE.fullmatch(host)]
    yield from (f"CHECKOUT_HOSTS: {host!r} must be like https://*.example.com, with no path." for host in wrong)
    scripts = [settings.portone_script_url, settings.portone_v2_script_url]
    for name, script in zip(("portone_script_url", "portone_v2_script_url"), scripts, strict=True):
        if not _HOST_SOURCE.fullmatch("/".join(script.split("/", 3)[:3])):
            usual = next(option.default for option in fields(settings) if option.name == name)
            yield f"{name.upper()} must be like {usual}, with no user in it."
    if settings.production and any(url.startswith("http://") for url in (*scripts, *settings.checkout_hosts)):
        yield (
            "CHECKOUT_HOSTS, PORTONE_SCRIPT_URL and PORTONE_V2_SCRIPT_URL must be https:// in production: the page that"
            " loads them is where buyers pay."
        )


def _postcode_search(settings: "Settings") -> Iterator[str]:
    for one in (*settings.postcode_hosts, "/".join((settings.postcode_script_url or "https://x/").split("/", 3)[:3])):
        if not _HOST_SOURCE.fullmatch(one) or (settings.production and one.startswith("http://")):
            yield f"POSTCODE_SCRIPT_URL, POSTCODE_HOSTS: {one!r} must be like https://example.com."


def _image_origins(settings: "Settings") -> Iterator[str]:
    """They become part of the Content-Security-Policy header as well; pictures are loaded over https only."""
    origins = settings.image_origins
    wrong = [one for one in origins if not (_HOST_SOURCE.fullmatch(one) and one.startswith("https://"))]
    yield from (f"IMAGE_ORIGINS: {one!r} must be like https://cdn.example.com, with no path." for one in wrong)


def _app_schemes(settings: "Settings") -> Iterator[str]:
    wrong = [scheme for scheme in settings.app_schemes if app_schemes.scheme_of(scheme) != scheme]
    yield from (
        f"APP_SCHEMES: {scheme!r} is no scheme of an app; write them like myshop, without ://." for scheme in wrong
    )


def _window_languages(settings: "Settings") -> Iterator[str]:
    """Windows fall back to Korean, so that one must be among them."""
    unknown = [word for word in settings.window_languages if word not in set(Language)]
    yield from (f"WINDOW_LANGUAGES: {word!r} must be one of {', '.join(Language)}." for word in unknown)
    if Language.KO not in settings.window_languages:
        yield "WINDOW_LANGUAGES must contain ko: every window speaks it."


def _outside_issuer(settings: "Settings") -> Iterator[str]:
    if settings.external_jwt_issuer and bool(settings.external_jwt_secret) == bool(settings.external_jwt_jwks_url):
        yield "EXTERNAL_JWT_ISSUER needs exactly one of EXTERNAL_JWT_SECRET and EXTERNAL_JWT_JWKS_URL."
    if settings.external_jwt_issuer == OUR_ISSUER:
        yield f"EXTERNAL_JWT_ISSUER must not be {OUR_ISSUER}: our own tokens bear that name. Choose another."
    if usernames.is_reserved(settings.external_jwt_prefix):
        yield f"EXTERNAL_JWT_PREFIX must not be {settings.external_jwt_prefix}: it is reserved. The default is ext:"
    if bool(settings.external_jwt_role_claim) != bool(settings.external_jwt_roles):
        yield "EXTERNAL_JWT_ROLE_CLAIM and EXTERNAL_JWT_ROLES need each other: set both, or neither."
    if settings.external_jwt_role_claim and not settings.external_jwt_issuer:
        yield "EXTERNAL_JWT_ROLE_CLAIM needs EXTERNAL_JWT_ISSUER: name the issuer whose tokens give roles."
    for theirs, ours in settings.external_jwt_roles:
        if not theirs or ours not in set(Role):
            yield f"EXTERNAL_JWT_ROLES: {theirs}={ours} must give one of the roles {', '.join(Role)}."


_WORDS: Final = {
    "pitturu_env": ("production", "development"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
    "storefront": ("on", "console", "off"),
    "portone_v2_confirm": ("on", "off"),
    "database_pooler": ("none", "transaction"),
    "late_payment": ("accept", "refund"),
    "cash_receipt_in_window": ("on", "off"),
    "operator_second_factor": ("required", "optional"),
}


def _unknown_words(settings: "Settings") -> Iterator[str]:
    for name, (*others, last) in _WORDS.items():
        if getattr(settings, name) not in ("", *others, last):
            yield f"{name.upper()} must be {', '.join(others)} or {last}."
