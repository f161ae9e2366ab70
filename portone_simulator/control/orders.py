"""The bodies of the control API for payments."""

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, validate
from marshmallow import fields as checks

from portone_simulator.call import MAX_NUMBER
from portone_simulator.v2.values import without_none


def whole() -> checks.Integer:
    """A field for an integer above zero."""
    return checks.Integer(strict=True, validate=validate.Range(1, MAX_NUMBER))


def part() -> checks.Integer:
    """A field for a part of an amount, which may be nothing."""
    return checks.Integer(strict=True, allow_none=True, validate=validate.Range(0, MAX_NUMBER))


def attempt_id() -> checks.String:
    """A field for the id of an attempt; without it the simulator makes one."""
    return checks.String(validate=validate.Regexp(r"[A-Za-z0-9_-]{1,64}\Z"))


def words(most: int, least: int = 1) -> checks.String:
    """A field for a text that may be omitted."""
    return checks.String(validate=validate.Length(least, most))


def _short(longest: int, required: bool = False) -> checks.String:
    return checks.String(required=required, allow_none=not required, validate=validate.Length(max=longest))


def _web_addresses(value: Any) -> None:
    addresses = value if isinstance(value, list) else [value]
    plausible = all(isinstance(each, str) and each.startswith(("http://", "https://")) for each in addresses)
    if not plausible or len(addresses) > 5:
        raise ValidationError("Give an http(s) address, or a list of at most five.")


IGNORED = (
    *("language", "products", "customer_id", "app_scheme", "popup", "digital", "biz_num"),
    *("period", "display", "card", "bypass", "naverProducts"),
)


class OrderSchema(Schema):
    """`IMP.request_pay`: the parameters that have an effect here, and those that are accepted and ignored."""

    class Meta:
        """Parameters that have no effect here."""

        include: ClassVar = {name: checks.Raw() for name in IGNORED}

    imp_uid = attempt_id()
    generation = checks.String(load_default="v1", validate=validate.OneOf(["v1", "v2"]))
    merchant_uid = checks.String(required=True, validate=validate.Length(1, 200))
    amount = checks.Integer(strict=True, required=True, validate=validate.Range(1, MAX_NUMBER))
    tax_free = part()
    vat_amount = part()
    pay_method = checks.String(load_default="card", validate=validate.Length(1, 20))
    name = _short(200)
    currency = _short(3)
    pg = _short(80)
    channelKey = _short(80)  # noqa: N815 - the browser SDK spells it so.
    channel_key = _short(80)
    channel = checks.String(validate=validate.OneOf(["pc", "mobile"]))
    buyer_name = _short(200)
    buyer_email = _short(200)
    buyer_tel = _short(50)
    buyer_addr = _short(500)
    buyer_postcode = _short(50)
    notice_url = checks.Raw(allow_none=True, validate=_web_addresses)
    confirm_url = checks.Url(require_tld=False, schemes={"http", "https"}, allow_none=True)
    m_redirect_url = checks.Url(require_tld=False, allow_none=True)
    sandbox = checks.Boolean(allow_none=True)
    escrow = checks.Boolean(allow_none=True)
    custom_data = checks.Raw(allow_none=True)
    vbank_due = checks.Raw(allow_none=True)
    customer_uid = _short(80)
    user_agent = _short(300)


def _card(display: object) -> dict[str, Any] | None:
    quota = display.get("card_quota") if isinstance(display, dict) else None
    if not isinstance(quota, list):
        return None
    return {"installment": {"monthOption": {"availableMonthList": quota} if quota else {"fixedMonth": 0}}}


V2_METHODS = {"card": "CARD", "trans": "TRANSFER", "vbank": "VIRTUAL_ACCOUNT", "phone": "MOBILE"}


def as_v2(store_id: str, order: dict[str, Any]) -> dict[str, Any]:
    """V1's parameters of an order as those of V2's `requestPayment`, for scripts that serve both APIs."""
    method = V2_METHODS.get(order["pay_method"], "EASY_PAY")
    notice, due = order.get("notice_url") or None, order.get("vbank_due")
    translated = {
        "storeId": store_id,
        "channelKey": order.get("channelKey") or "channel-key-inicis",
        "paymentId": order["merchant_uid"],
        "orderName": order.get("name") or order["merchant_uid"],
        "totalAmount": order["amount"],
        "currency": order.get("currency") or "KRW",
        "payMethod": method,
        "isEscrow": order.get("escrow"),
        "redirectUrl": order.get("m_redirect_url"),
        "channel": order.get("channel"),
        "sandbox": order.get("sandbox"),
        "noticeUrls": [notice] if isinstance(notice, str) else notice,
        "confirmUrl": order.get("confirm_url"),
        "taxFreeAmount": order.get("tax_free"),
        "vatAmount": order.get("vat_amount"),
        "transactionId": order.get("imp_uid"),
        "easyPay": {"easyPayProvider": order["pay_method"].upper()} if method == "EASY_PAY" else None,
        "card": _card(order.get("display")),
        "virtualAccount": {"accountExpiry": {"dueDate": str(due)}} if due else None,
        "bypass": {"naverpay": {"productItems": order["naverProducts"]}} if order.get("naverProducts") else None,
    }
    return without_none(translated)


class V2OrderSchema(Schema):
    """`PortOne.requestPayment`: the parameters that have an effect here; all others are accepted and ignored."""

    class Meta:
        """Shops may send parameters that have no effect here."""

        unknown = EXCLUDE

    storeId = checks.String(required=True, validate=validate.Length(1, 100))  # noqa: N815
    paymentId = checks.String(required=True, validate=validate.Length(1, 200))  # noqa: N815
    orderName = checks.String(required=True, validate=validate.Length(1, 200))  # noqa: N815
    totalAmount = checks.Integer(strict=True, required=True, validate=validate.Range(1, MAX_NUMBER))  # noqa: N815
    transactionId = attempt_id()  # noqa: N815
    taxFreeAmount = part()  # noqa: N815
    vatAmount = part()  # noqa: N815
    currency = checks.String(required=True, validate=validate.Length(3, 20))
    payMethod = checks.String(  # noqa: N815
        required=True, validate=validate.OneOf([*V2_METHODS.values(), "EASY_PAY", "GIFT_CERTIFICATE"])
    )
    channelKey = _short(80)  # noqa: N815
    customer = checks.Dict(keys=checks.String())
    redirectUrl = checks.Url(require_tld=False, allow_none=True)  # noqa: N815
    noticeUrls = checks.List(checks.Url(require_tld=False), validate=validate.Length(max=5))  # noqa: N815
    confirmUrl = checks.Url(require_tld=False, schemes={"http", "https"}, allow_none=True)  # noqa: N815
    easyPay = checks.Dict(keys=checks.String())  # noqa: N815
    virtualAccount = checks.Dict(keys=checks.String())  # noqa: N815
    bypass = checks.Dict(keys=checks.String())
    card = checks.Dict(keys=checks.String())
    isEscrow = checks.Boolean(allow_none=True)  # noqa: N815
    customData = checks.Raw(allow_none=True)  # noqa: N815
    sandbox = checks.Boolean()
    channel = checks.String(validate=validate.OneOf(["pc", "mobile"]))
    userAgent = _short(300)  # noqa: N815
