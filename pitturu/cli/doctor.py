"""`flask pitturu doctor`: whether PortOne can be reached, accepts our keys, and its webhooks would be accepted."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import requests

from pitturu.config.settings import Settings
from pitturu.domain import clock, inicis
from pitturu.domain.errors import GatewayError
from pitturu.domain.notices import NoticeWay
from pitturu.domain.provider import Generation, PayMethod
from pitturu.domain.verdict import Environment
from pitturu.outbound import mail, notice_webhook
from pitturu.portone import signature
from pitturu.portone.v1 import V1Gateway
from pitturu.portone.v2 import V2Gateway

TIMEOUT: Final = (5.0, 20.0)
"""Seconds to connect to our own web, and to wait for its response."""

TYPE: Final = "Pitturu.Doctor"
"""A webhook type that PortOne never sends: it is stored as a webhook about no payment."""


@dataclass(frozen=True)
class Line:
    """The result of one check; `words` say what to do if it failed."""

    well: bool
    what: str
    words: str


def examine(settings: Settings, open_gateway: Callable[[Generation], V1Gateway | V2Gateway]) -> Iterator[Line]:
    """Run every check. Raises nothing."""
    for generation in Generation:
        name = f"PortOne {generation.upper()}"
        if generation not in settings.generations:
            yield Line(True, name, "not set up, and no session is opened with it")
            continue
        gateway = open_gateway(generation)
        yield _keys(name, gateway, _address(generation, settings))
        if isinstance(gateway, V1Gateway):
            yield _virtual_accounts(settings, gateway)
    yield from _webhooks(settings)
    yield from _notices(settings)
    live = settings.portone_environment is Environment.LIVE
    kind = "live: payments of test channels are refunded" if live else "test: real money is refunded"
    yield Line(True, "Channels", f"PORTONE_ENVIRONMENT is {kind}")


def _keys(name: str, gateway: V1Gateway | V2Gateway, address: str) -> Line:
    try:
        gateway.check()
    except GatewayError as error:
        return Line(False, name, f"{error.message} (asked at {address})")
    return Line(True, name, f"answers at {address} and accepts our keys")


def _virtual_accounts(settings: Settings, gateway: V1Gateway) -> Line:
    """Whether V1's virtual accounts can be withdrawn: KG Inicis requires its own key for that, other PGs none."""
    name, pg = "V1 virtual accounts", settings.vbank_pg
    if pg is None:
        channel = dict(settings.portone_channels)[PayMethod.VBANK]
        try:
            pg = gateway.channels().get(channel)
        except GatewayError:
            # The check of the keys has reported the failure.
            pg = None
        if pg is None:
            words = f"PortOne does not say which PG {channel} is: set PORTONE_INICIS_API_KEY if it is KG Inicis"
            return Line(True, name, words)
    if not inicis.is_inicis(pg):
        return Line(True, name, f"go through {pg}, which needs no key of its own to withdraw them")
    if settings.portone_inicis_api_key:
        return Line(True, name, "go through KG Inicis, and PORTONE_INICIS_API_KEY is set")
    words = (
        "go through KG Inicis, which withdraws none without its own key. Set PORTONE_INICIS_API_KEY to the API key in"
        " Inicis' merchant administration, or name another PG's channel: PORTONE_CHANNELS=vbank=channelKey."
    )
    return Line(False, name, words)


def _notices(settings: Settings) -> Iterator[Line]:
    """Whether notices to buyers could leave. Their templates were rendered when this process started."""
    checks = {NoticeWay.EMAIL: mail.check, NoticeWay.WEBHOOK: notice_webhook.check}
    for way in map(NoticeWay, settings.notice_channels if settings.notices else ()):
        name = f"Notices by {way}"
        try:
            checks[way](settings)
        except GatewayError as error:
            yield Line(False, name, error.message)
        else:
            yield Line(True, name, f"can leave: {', '.join(sorted(settings.notice_kinds))}")


def _address(generation: Generation, settings: Settings) -> str:
    return settings.portone_base_url if generation is Generation.V1 else settings.portone_v2_base_url


def _webhooks(settings: Settings) -> Iterator[Line]:
    """Sign a webhook as PortOne would, with each secret, and have our own web verify it over HTTP."""
    base = settings.public_url.rstrip("/")
    if Generation.V2 not in settings.generations:
        return
    for number, secret in enumerate(settings.portone_v2_webhook_secrets, start=1):
        name = f"V2 webhook secret {number}"
        if not base:
            yield Line(False, name, "cannot be tried, because PUBLIC_URL is not set: set it to this service's address")
            continue
        yield _posted(f"{base}/api/v1/payments/webhook", name, signature.key_of(secret))


def _posted(url: str, name: str, key: bytes) -> Line:
    at, message = str(int(clock.now().timestamp())), f"doctor_{secrets.token_hex(8)}"
    body = json.dumps({"type": TYPE, "timestamp": clock.now().isoformat(), "data": {}}).encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": signature.sign(key, message, at, body),
    }
    forged = headers | {"webhook-signature": signature.sign(b"somebody else's secret", message, at, body)}
    try:
        statuses = [requests.post(url, body, headers=one, timeout=TIMEOUT).status_code for one in (headers, forged)]
    except requests.RequestException as error:
        words = f"{url} cannot be reached ({type(error).__name__}). Is the web running, and PUBLIC_URL right?"
        return Line(False, name, words)
    if statuses == [200, 401]:
        return Line(True, name, f"a webhook signed with it is accepted at {url}, and a forged one is refused")
    if statuses[0] == 401:
        words = (
            "the web refuses a webhook signed with it: it runs with other secrets, or its clock is wrong. Restart it."
        )
    elif statuses[1] == 200:
        words = f"{url} accepts forged webhooks, so it is not this version of pitturu. Check what serves that address."
    else:
        words = (
            f"{url} answers {statuses[0]} to a signed webhook. See its log; WEBHOOK_NETWORKS may exclude this machine."
        )
    return Line(False, name, words)
