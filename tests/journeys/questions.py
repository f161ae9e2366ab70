"""The question of PortOne's confirm process, without its window."""

from typing import Any

from tests import v2
from tests.shop import Shop


def confirmation(shop: Shop, session: dict[str, Any]) -> Any:
    """The answer to whether this order may be paid, asked as the generation of the session does it."""
    order, amount = session["merchant_uid"], session["amount"]
    if session["generation"] == "v2":
        signed = v2.signed_webhook(order, "0192-1", "Confirm", totalAmount=amount)
        return shop.client.post("/api/v1/payments/confirm", **signed)
    body = {"imp_uid": "imp_1", "merchant_uid": order, "amount": amount}
    return shop.client.post("/api/v1/payments/confirm", json=body)
