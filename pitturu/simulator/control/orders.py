"""What the control API accepts in its bodies for payments."""

from typing import Any

from marshmallow import Schema, ValidationError, validate
from marshmallow import fields as checks

from pitturu.simulator.call import MAX_NUMBER

Whole = checks.Integer(strict=True, validate=validate.Range(1, MAX_NUMBER))


def _short(longest: int, required: bool = False) -> checks.String:
    return checks.String(required=required, allow_none=not required, validate=validate.Length(max=longest))


def _web_addresses(value: Any) -> None:
    addresses = value if isinstance(value, list) else [value]
    plausible = all(isinstance(each, str) and each.startswith(("http://", "https://")) for each in addresses)
    if not plausible or len(addresses) > 5:
        raise ValidationError("Give an http(s) address, or a list of at most five.")


class OrderSchema(Schema):
    """`IMP.request_pay`: the parameters that change something here, and those that are taken and have no effect."""

    merchant_uid = checks.String(required=True, validate=validate.Length(1, 200))
    amount = checks.Integer(strict=True, required=True, validate=validate.Range(1, MAX_NUMBER))
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

    tax_free = checks.Raw()
    vat_amount = checks.Raw()
    language = checks.Raw()
    products = checks.Raw()
    customer_id = checks.Raw()
    app_scheme = checks.Raw()
    popup = checks.Raw()
    digital = checks.Raw()
    biz_num = checks.Raw()
    period = checks.Raw()
    display = checks.Raw()
    card = checks.Raw()
    bypass = checks.Raw()


class ApproveSchema(Schema):
    """What the PG really took, when that differs from the order."""

    amount = Whole
    currency = checks.String(validate=validate.Length(3, 3))


class DeclineSchema(Schema):
    """Why the PG says no, and whether PortOne gets to know."""

    reason = checks.String(validate=validate.Length(1, 200))
    store_failed = checks.Boolean()


class AbandonSchema(Schema):
    """Whether the PG reports that the buyer left; most do not."""

    store_failed = checks.Boolean()


class IssueSchema(Schema):
    """The deadline of the account, unix seconds."""

    due = checks.Integer(strict=True, validate=validate.Range(1, MAX_NUMBER))


class DepositSchema(Schema):
    """How much arrives, and from whom."""

    amount = Whole
    depositor = checks.String(validate=validate.Length(1, 50))


class ConsoleCancelSchema(Schema):
    """How much the merchant gives back; everything that is left when not said."""

    amount = Whole
    reason = checks.String(validate=validate.Length(1, 256))
