"""PortOne's objects as it writes them; a test names only what matters to it."""

NOW = 1_763_870_400
"""23 November 2025, in PortOne's unix seconds."""


def payment_object(**changes: object) -> dict[str, object]:
    """A card payment of 15,400 won as `GET /payments/{imp_uid}` tells it, with some fields replaced."""
    return {
        "imp_uid": "imp_763870411022",
        "merchant_uid": "ord7k3m",
        "pay_method": "card",
        "channel": "pc",
        "pg_provider": "html5_inicis",
        "emb_pg_provider": None,
        "pg_tid": "StdpayCARD20261123",
        "sandbox": False,
        "vbank_code": None,
        "vbank_name": None,
        "vbank_num": None,
        "vbank_holder": None,
        "vbank_date": 0,
        "name": "11월 회비",
        "amount": 15400,
        "cancel_amount": 0,
        "currency": "KRW",
        "buyer_name": "김하나",
        "custom_data": '{"member":42}',
        "status": "paid",
        "started_at": NOW,
        "paid_at": NOW + 39,
        "failed_at": 0,
        "cancelled_at": 0,
        "fail_reason": None,
        "receipt_url": "https://iniweb.inicis.com/receipt?no=1",
        "cancel_history": [],
    } | changes


def cancellation_object(**changes: object) -> dict[str, object]:
    """One entry of a payment's `cancel_history`."""
    entry = {"pg_tid": "T1", "amount": 5000, "cancelled_at": NOW + 400, "reason": "옵션 변경"}
    return entry | {"cancellation_id": "c-1", "receipt_url": None} | changes


def token_object(token: str = "tok", life: int = 1800) -> dict[str, object]:
    """What `POST /users/getToken` answers."""
    return {"access_token": token, "now": NOW, "expired_at": NOW + life}
