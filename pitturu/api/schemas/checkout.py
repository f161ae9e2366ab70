"""Bodies of what a browser needs to pay a session."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import (
    Moment,
    ResponseSchema,
    Word,
    described,
)
from pitturu.domain.provider import Generation


class VirtualAccountSchema(ResponseSchema):
    """The account to which the buyer transfers the money."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "bank_code": "088",
        "bank_name": "신한은행",
        "number": "56212345678901",
        "holder": "(주)강릉커피",
        "due_at": "2026-12-03T14:59:59+00:00",
    }

    bank_code = fields.String()
    bank_name = fields.String()
    number = fields.String()
    holder = fields.String()
    due_at = Moment(allow_none=True)


class MessageSchema(ResponseSchema):
    """What happened and what to do next, for the buyer."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "ko": "결제 준비가 끝났어요. 결제창에서 결제를 진행해 주세요.",
        "en": "Everything is ready. Please pay in the payment window.",
    }

    ko = fields.String()
    en = fields.String()


class CheckoutSchema(ResponseSchema):
    """All that a browser needs to open the payment window. It must pass the values on unchanged."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "script_url": "https://cdn.portone.io/v2/browser-sdk.js",
        "params": {
            "storeId": "store-00000000-0000-0000-0000-000000000000",
            "channelKey": "channel-key-00000000-0000-0000-0000-000000000000",
            "paymentId": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
            "orderName": "강릉 원두커피 500g",
            "totalAmount": 24_000,
            "currency": "KRW",
            "payMethod": "CARD",
        },
    }

    generation = Word(Generation)
    script_url = fields.String(**described("PortOne's script."))
    user_code = fields.String(allow_none=True, **described("V1 only: for IMP.init."))
    ready = fields.Boolean(**described("The amount is registered with PortOne; the window may open."))
    params = fields.Dict(
        keys=fields.String(), **described("For IMP.request_pay (V1) or PortOne.requestPayment (V2), unchanged.")
    )
