"""What production refuses: secrets that others know, origins of anybody, and connections that others can read.

Each problem is one line that says what to do.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from pitturu.config import buyer_notices, notices, sources
from pitturu.config.urls import ORIGIN, is_remote
from pitturu.domain.verdict import Environment
from pitturu.portone import signature

if TYPE_CHECKING:
    from pitturu.config.settings import Settings

SHORTEST_SILENCE: Final = timedelta(seconds=60)

LEGAL_RETENTION: Final = timedelta(days=1826)
"""Five years: 전자상거래법 (E-Commerce Act) article 6 and article 6 of its enforcement decree."""

SHORTEST_SECRET: Final = 32
"""Characters: a random text of this length cannot be guessed."""

FEWEST_CHARACTERS: Final = 8
"""Different characters in a random text of that length. A hexadecimal one has fewer once in a million times."""

OUR_SECRETS: Final = ("secret_key", "jwt_secret_key", "jwt_old_secret_key", "external_jwt_secret", "metrics_token")
PORTONE_SECRETS: Final = ("portone_api_secret", "portone_v2_api_secret")
"""PortOne chooses their length."""

_DEFAULTS: Final = ("change", "secret", "your_", "demo")

_PUBLIC: Final = re.compile(r"(?:^|[^a-z0-9])(?:change|secret|your|demo|tests?|example|simulator)(?:[^a-z0-9]|$)")
"""A word in what PortOne issues at random: it comes from this repository or from somebody's documentation."""

_EXAMPLES: Final = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")
"""Webhook secrets of the examples that the specification and its libraries print."""

_ENCRYPTED: Final = ("require", "verify-ca", "verify-full")
"""Values of libpq's sslmode with which no connection goes without TLS."""


def about(settings: "Settings") -> list[str]:
    """Every problem, one line each."""
    return [
        *_weak(settings),
        *_known_webhook_secrets(settings),
        *_known_data_keys(settings),
        *_live(settings),
        *_impatient(settings),
        *_short_retention(settings),
        *_origins(settings),
        *_wildcards(settings),
        *_outside_issuer(settings),
        *_readable_database(settings),
        *notices.readable(settings),
        *buyer_notices.readable(settings),
    ]


def _weak(settings: "Settings") -> Iterator[str]:
    """Secrets that are public defaults or guessable. A first try outside production stays easy."""
    source = {option.name: option.metadata["source"] for option in fields(settings)}
    for name in OUR_SECRETS:
        value = getattr(settings, name)
        if value and (len(value) < SHORTEST_SECRET or any(word in value.lower() for word in _DEFAULTS)):
            yield f"{name.upper()} is a default or too short. {source[name]}"
        elif value and is_repetitive(value):
            yield f"{name.upper()} repeats itself, so it can be guessed. {source[name]}"
    for name in PORTONE_SECRETS:
        if _PUBLIC.search(getattr(settings, name).lower()):
            yield f"{name.upper()} is a default. {source[name]}"
    for name in ("secret_key", "jwt_old_secret_key", "external_jwt_secret"):
        if settings.jwt_secret_key and getattr(settings, name) == settings.jwt_secret_key:
            yield f"{name.upper()} and JWT_SECRET_KEY are the same: give each its own."


def is_repetitive(text: str) -> bool:
    """Whether a text has few different characters, or is one shorter text several times."""
    return len(set(text)) < FEWEST_CHARACTERS or text in (text + text)[1:-1]


def _known_webhook_secrets(settings: "Settings") -> Iterator[str]:
    for name, source in (
        ("portone_v2_webhook_secrets", sources.V2_WEBHOOK),
        ("notice_webhook_secrets", sources.STANDARD_WEBHOOK),
    ):
        for number, secret in enumerate(getattr(settings, name), start=1):
            try:
                key = signature.key_of(secret)
            except ValueError:
                continue  # Reported as unreadable, in every environment.
            if secret in _EXAMPLES or _is_known(key):
                yield f"{name.upper()}: number {number} is public, so anybody could sign with it. {source}"


def _known_data_keys(settings: "Settings") -> Iterator[str]:
    for number, key in enumerate(settings.data_keys, start=1):
        try:
            raw = base64.urlsafe_b64decode(key)
        except ValueError:
            continue  # Reported as unusable, in every environment.
        if _is_known(raw):
            yield f"DATA_KEYS: number {number} can be guessed. {sources.DATA_KEY}"


def _is_known(key: bytes) -> bool:
    """Whether the bytes of a key are too few different ones, or the words of an example."""
    return len(set(key)) < FEWEST_CHARACTERS or bool(_PUBLIC.search(key.decode("latin-1").lower()))


def _live(settings: "Settings") -> Iterator[str]:
    for name in ("portone_base_url", "portone_v2_base_url"):
        if getattr(settings, name).startswith("http://"):
            yield f"{name.upper()} must be https:// in production: the API secret travels over it."
    if settings.portone_environment is Environment.TEST:
        yield (
            "PORTONE_ENVIRONMENT=test would give goods away for money that never moves: set live in production, or"
            " PITTURU_ENV=development for a staging system."
        )


def _impatient(settings: "Settings") -> Iterator[str]:
    """A worker may need half a minute to reconnect to its broker; silence for less than that must not end it."""
    if settings.worker_silence < SHORTEST_SILENCE:
        least = f"{SHORTEST_SILENCE.total_seconds():g}"
        yield f"WORKER_SILENCE must be {least} or more in production: a worker needs half of it to find its broker."


def _short_retention(settings: "Settings") -> Iterator[str]:
    """What is erased too early cannot be restored."""
    if settings.retain_paid < LEGAL_RETENTION:
        yield (
            f"RETAIN_PAID must be {LEGAL_RETENTION.total_seconds():.0f} or more in production: the Korean E-Commerce"
            " Act demands that records of contracts and payments are kept for five years."
        )


def _origins(settings: "Settings") -> Iterator[str]:
    """flask-cors would read anything else as a regular expression, and * as everybody."""
    for name in ("cors_origins", "redirect_origins"):
        for origin in getattr(settings, name):
            found = ORIGIN.fullmatch(origin.rstrip("/"))
            if found is None or found[1] != "https":
                yield f"{name.upper()}: {origin!r} must be an origin like https://shop.example.com in production."


def _wildcards(settings: "Settings") -> Iterator[str]:
    """A wildcard must stay within what one owner registered: https://*.co.kr would let half the country in."""
    usual = type(settings).checkout_hosts
    wild = [host for host in settings.checkout_hosts if "//*." in host and host not in usual]
    if not wild:
        return
    # Imported where it is needed: its list takes a while to load, and few installations name wildcards of their own.
    from publicsuffixlist import PublicSuffixList

    registered = PublicSuffixList().privatesuffix
    for host in wild:
        if registered((urlsplit(host.replace("*.", "", 1)).hostname or "").lower()) is None:
            yield f"CHECKOUT_HOSTS: {host!r} covers hosts of many owners. Name one owner's, like https://*.example.com."


def _outside_issuer(settings: "Settings") -> Iterator[str]:
    if settings.external_jwt_jwks_url and not settings.external_jwt_jwks_url.startswith("https://"):
        yield "EXTERNAL_JWT_JWKS_URL must be https:// in production: whoever answers there decides who logs in."
    if settings.external_jwt_issuer and not settings.external_jwt_audience:
        yield (
            "EXTERNAL_JWT_AUDIENCE is not set: tokens that the issuer made for other services would log in here. Set it"
            " to the `aud` of the tokens that are meant for this service."
        )


def _readable_database(settings: "Settings") -> Iterator[str]:
    """Buyers' data and the password travel over these connections."""
    for name in ("database_url", "database_replica_url"):
        url = getattr(settings, name)
        try:
            parts = urlsplit(url)
            options = parse_qs(parts.query)
            hosts = [parts.hostname or "", *",".join(options.get("host", [])).split(",")]
            sslmode = options.get("sslmode", [settings.pgsslmode])[-1]
        except ValueError:
            yield f"{name.upper()} cannot be read: write special characters of a password like %23."
            continue
        if url and any(is_remote(host) for host in hosts) and sslmode not in _ENCRYPTED:
            yield f"{name.upper()} must end with ?sslmode=require (or verify-full) in production: its host is remote."
