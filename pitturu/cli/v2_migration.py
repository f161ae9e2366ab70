"""`flask pitturu moving`: what would change for this shop if its sessions were paid through PortOne V2."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pitturu.config import checks
from pitturu.config.settings import Settings
from pitturu.domain.lifecycle import OPEN
from pitturu.domain.pay_methods import USUAL
from pitturu.domain.provider import Generation, PayMethod
from pitturu.extensions import db
from pitturu.store import sessions

NOTHING = "(nothing)"


@dataclass(frozen=True)
class Change:
    """One setting or behaviour that changes; `todo` says what has to be done before, if anything."""

    what: str
    now: str
    then: str
    todo: str = ""


def report(settings: Settings) -> Iterator[Change]:
    """The changes, from the settings and the sessions in the database. Reads only."""
    yield from _missing(settings)
    for method in dict.fromkeys((*settings.offered(Generation.V1), *settings.offered(Generation.V2))):
        yield _channel(method, settings)
    yield Change("script in the browser", settings.portone_script_url, settings.portone_v2_script_url)
    yield _script_host(settings)
    yield Change("window", "IMP.request_pay", "PortOne.requestPayment")
    yield _webhooks(settings)
    yield Change("order number", "merchant_uid", "the same, as paymentId")
    yield Change("verify", "imp_uid, merchant_uid", "payment_id, transaction_id (the hook does it)")
    waiting = sessions.count(Generation.V1, OPEN)
    yield Change(
        "sessions that are open now",
        f"{waiting} in V1",
        "finish in V1",
        "keep PORTONE_API_KEY and PORTONE_API_SECRET set, for them and for refunds of V1 payments",
    )
    db.session.rollback()


def _missing(settings: Settings) -> Iterator[Change]:
    """What V2 lacks, as reported by the check of settings at startup."""
    wanted = replace(settings, portone_generation=Generation.V2)
    for line in checks.about(wanted):
        if "PORTONE_V2" in line:
            yield Change("setting", NOTHING, "needed", line)
    if settings.portone_generation is not Generation.V2:
        yield Change("PORTONE_GENERATION", "v1", "v2", "set it last: new sessions use V2 from the next start on")


def _channel(method: PayMethod, settings: Settings) -> Change:
    now = dict(settings.portone_channels).get(method) or f"pg {settings.portone_pg}"
    default = settings.portone_v2_channel_key if method in USUAL else ""
    then = dict(settings.portone_v2_channels).get(method) or default
    todo = "" if then else "make a V2 channel in PortOne's console and name its key in PORTONE_V2_CHANNELS"
    return Change(f"channel of {method}", now, then or NOTHING, todo)


def _script_host(settings: Settings) -> Change:
    host = urlsplit(settings.portone_v2_script_url).netloc
    return Change(
        "hosts that the checkout page may load from",
        ", ".join(settings.checkout_hosts) or NOTHING,
        f"the same, and {host}",
        "pay once with every method and add to CHECKOUT_HOSTS what the browser's console reports as blocked",
    )


def _webhooks(settings: Settings) -> Change:
    url = f"{settings.public_url or 'https://YOUR-HOST'}/api/v1/payments/webhook"
    count = len(settings.portone_v2_webhook_secrets)
    return Change(
        "webhooks",
        f"{url}, unsigned",
        f"the same address, signed ({count} secret{'' if count == 1 else 's'} set)",
        "enter the address under the V2 module in PortOne's console, version 2024-04-25, and issue a secret there",
    )
