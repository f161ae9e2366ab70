"""The parameters of PortOne's V1 payment window, computed here so that the browser computes nothing.

Source: the reference of PortOne V1's `IMP.request_pay` and its field lengths. V2's are in `checkout_v2`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pitturu.api import checkout_v2
from pitturu.api.order_name import naverpay_products, order_name, products
from pitturu.config.settings import Settings
from pitturu.domain import clock, ids
from pitturu.domain.clock import SEOUL
from pitturu.domain.installments import months_for
from pitturu.domain.languages import Language, shown_in
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import Generation, PayMethod
from pitturu.store.session_views import Line
from pitturu.store.sessions import AnySession

LENGTHS: Final[Mapping[str, int]] = {"name": 40, "buyer_name": 16, "buyer_addr": 128, "buyer_postcode": 8}
"""Maximum lengths that PortOne accepts, in characters. Names are truncated; email addresses and telephone numbers never
are."""

MOST_EMAIL, MOST_TEL = 64, 16

WORDS: Final[Mapping[Language, str]] = {
    Language.KO: "ko",
    Language.EN: "en",
    Language.ZH_CN: "zh",
    Language.JA: "jp",
}
"""V1's words for the languages of its windows."""

_KOREAN_PGS: Final = ("html5_inicis", "kcp", "uplus", "smartro", "smartro_v2")
SPOKEN: Final[Mapping[str, tuple[Language, ...]]] = {
    **dict.fromkeys(_KOREAN_PGS, (Language.KO, Language.EN)),
    **dict.fromkeys(("nice", "nice_v2", "welcome"), (Language.KO, Language.EN, Language.ZH_CN)),
    "eximbay": tuple(WORDS),
}
"""The languages that PortOne's guides document for each PG's window. Any other PG is called in Korean."""

KAKAOPAY_PG: Final = "kakaopay"
"""KakaoPay's own PG code, for a shop that configured no channel for it."""

NAVERPAY_PG: Final = "naverpay"
"""Naver Pay's own PG code. Its window lists the products."""


def of(session: AnySession, lines: Sequence[Line], settings: Settings) -> dict[str, Any] | None:
    """The checkout of a session that can be paid now, None for any other."""
    if not is_payable(session):
        return None
    v2 = session.generation == Generation.V2
    return {
        "generation": session.generation,
        "script_url": settings.portone_v2_script_url if v2 else settings.portone_script_url,
        "user_code": None if v2 else settings.portone_user_code,
        "ready": session.prepared_at is not None and not _may_be_paid(session),
        "params": (checkout_v2.params if v2 else _params)(session, lines, settings),
    }


def is_payable(session: AnySession) -> bool:
    """Whether a payment window may open: not for a closed session, and not while a virtual account awaits its
    deposit."""
    waits = session.is_open and session.state is not SessionStatus.AWAITING_DEPOSIT
    return waits and session.expires_at > clock.now()


def _may_be_paid(session: AnySession) -> bool:
    """Whether a buyer who paid now might pay twice: PortOne has not answered yet, or the PG has not decided."""
    return session.asked_about or session.state is SessionStatus.VERIFYING


def _params(session: AnySession, lines: Sequence[Line], settings: Settings) -> dict[str, Any]:
    method = PayMethod(session.pay_method or PayMethod.CARD)
    params = {
        **_channel(method, settings),
        "pay_method": method,
        "merchant_uid": session.merchant_uid,
        "name": order_name(session, lambda name, suffix: name[: LENGTHS["name"] - len(suffix)]),
        "amount": session.amount,
        "tax_free": session.tax_free_amount or None,
        "products": _products(session, lines),
        "currency": session.currency,
        "language": _language(session, method, settings),
        **_buyer(session),
        "m_redirect_url": session.redirect_url,
        "app_scheme": session.app_scheme,
        "escrow": True if method in settings.escrow_methods else None,
        **_addresses(settings),
        **_peculiarities(session, lines, method, settings),
    }
    return {name: _cut(name, value) for name, value in params.items() if value is not None}


def _products(session: AnySession, lines: Sequence[Line]) -> list[dict[str, Any]] | None:
    """V1's list of products, which has a code beside the id."""
    listed = products(session, lines, "unitPrice")
    return [one | {"code": one["id"]} for one in listed] if listed else None


def _channel(method: PayMethod, settings: Settings) -> dict[str, str]:
    """`channelKey`, or the older `pg` parameter."""
    channel = dict(settings.portone_channels).get(method)
    if channel is None:
        return {"pg": KAKAOPAY_PG if method is PayMethod.KAKAOPAY else settings.portone_pg}
    return {"pg": channel.removeprefix("pg:")} if channel.startswith("pg:") else {"channelKey": channel}


def _language(session: AnySession, method: PayMethod, settings: Settings) -> str:
    """V1's word for the buyer's language, or for one that the window speaks."""
    pg = _pg(method, settings)
    spoken = settings.window_languages if pg is None else SPOKEN.get(pg, ())
    return WORDS[shown_in(session.language, [language for language in WORDS if language in spoken])]


def _pg(method: PayMethod, settings: Settings) -> str | None:
    """PortOne's code of the PG; None for a channel key, which does not tell it."""
    pg = _channel(method, settings).get("pg")
    return None if pg is None else pg.partition(".")[0]


def _buyer(session: AnySession) -> dict[str, str | None]:
    tel = session.buyer_tel if len(session.buyer_tel) <= MOST_TEL else re.sub(r"[ -]", "", session.buyer_tel)
    return {
        "buyer_name": session.buyer_name,
        "buyer_email": session.buyer_email if len(session.buyer_email) <= MOST_EMAIL else None,
        "buyer_tel": tel,
        "buyer_addr": session.buyer_addr or None,
        "buyer_postcode": session.buyer_postcode or None,
    }


def _addresses(settings: Settings) -> dict[str, str]:
    """Where PortOne sends the webhooks of this payment, instead of the address in its console."""
    base = settings.public_url.rstrip("/")
    urls = {"notice_url": f"{base}/api/v1/payments/webhook"} if base else {}
    if base.startswith("https://"):
        urls["confirm_url"] = f"{base}/api/v1/payments/confirm"
    return urls


def _peculiarities(session: AnySession, lines: Sequence[Line], method: PayMethod, settings: Settings) -> dict[str, Any]:
    if method is PayMethod.NAVERPAY and _pg(method, settings) in (NAVERPAY_PG, None):
        return {"naverProducts": naverpay_products(lines, settings.naverpay_category)}
    if method is PayMethod.CARD and settings.installments is not None:
        return {"display": {"card_quota": months_for(session.amount, settings.installments)}}
    if method is PayMethod.PHONE:
        # An item without stock is a download or a service, which phone carriers classify as digital content.
        digital = {"digital": session.stock_held == 0}
        return digital | _customer_of_kcp(session) if _pg(method, settings) == "kcp" else digital
    if method is PayMethod.VBANK:
        due = session.created_at + settings.vbank_due
        return {"vbank_due": due.astimezone(SEOUL).strftime("%Y%m%d%H%M%S")}
    return {}


def _customer_of_kcp(session: AnySession) -> dict[str, Any]:
    """KCP requires the shop's id of the customer for phone payments."""
    return {"bypass": {"shop_user_id": ids.customer_id(session.user_username)}}


def _cut(name: str, value: Any) -> Any:
    return value[: LENGTHS[name]] if name in LENGTHS else value
