"""Helpers for PortOne V2 in tests, with V1's names where they mean the same."""

import base64
import hmac
import json
from typing import Any
from uuid import uuid4

from pitturu.domain import clock
from tests.values import V2_STORE, V2_WEBHOOK_SECRET

Json = dict[str, Any]

NEWS = {"paid": "Paid", "ready": "VirtualAccountIssued", "cancelled": "Cancelled", "failed": "Failed"}
"""V2's names of V1's webhook events."""


METHODS = {"card": "CARD", "vbank": "VIRTUAL_ACCOUNT", "trans": "TRANSFER", "phone": "MOBILE"}
PARAMETERS = {"amount": "totalAmount", "currency": "currency", "merchant_uid": "paymentId", "sandbox": "sandbox"}
"""What V2 calls the ways to pay and the parameters of V1; what is not named here, V2 leaves to the channel."""


def signature(secret: str, message_id: str, at: int, body: str) -> str:
    """One signature as it stands in the header. Neither pitturu nor the simulator shares this code, and PortOne's SDK
    is compared with it; the SDK itself takes a second to import, in each process of the tests."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{message_id}.{at}.{body}".encode(), "sha256")).decode()


def signature_headers(body: bytes, name: str, secret: str = V2_WEBHOOK_SECRET, age: int = 0) -> dict[str, str]:
    """The headers of a V2 webhook that was signed `age` seconds ago."""
    at = int(clock.now().timestamp()) - age
    mark = signature(secret, name, at, body.decode())
    return {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": mark}


def request(params: Json, **tampered: Any) -> Json:
    """What the browser asks of `requestPayment`, tampered with in V1's words."""
    told: Json = {**params, "sandbox": True}
    for name, value in tampered.items():
        if name == "pay_method":
            told["payMethod"] = METHODS[value]
        elif name in PARAMETERS:
            told[PARAMETERS[name]] = value
    return told


def signed_webhook(
    payment_id: str, transaction_id: str, kind: str, name: str = "", secret: str = V2_WEBHOOK_SECRET, **data: Any
) -> Json:
    """A signed webhook, as Flask's test client posts it."""
    told = {"paymentId": payment_id, "transactionId": transaction_id, "storeId": V2_STORE, **data}
    news = {"type": f"Transaction.{kind}", "timestamp": "2026-11-24T00:00:00.000Z", "data": told}
    body = json.dumps(news, ensure_ascii=False).encode()
    headers = signature_headers(body, name or f"wh_{uuid4().hex}", secret)
    return {"data": body, "content_type": "application/json", "headers": headers}
