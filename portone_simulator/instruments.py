"""Card, bank and account details of an approved payment, in the PG's format, derived from imp_uid."""

from datetime import UTC, datetime
from typing import Any, Final

from portone_simulator.codes import BANKS, CARDS
from portone_simulator.payment import Payment, digits_of

_CARD_CODES: Final = ("366", "381", "365", "367", "361")
_VBANK_CODES: Final = ("088", "004", "020", "011")
_HOLDERLESS_PGS: Final = ("tosspayments",)
"""PGs that never return the holder of a virtual account."""


def _digits(payment: Payment) -> str:
    """Twelve digits, unique to this payment unless its id was chosen by a test."""
    return digits_of(payment.imp_uid)


def pg_tid(payment: Payment, at: int, kind: str) -> str:
    """A transaction number in the PG's format; `kind` distinguishes cancels from the approval."""
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%d%H%M%S")
    return f"{payment.pg_id or payment.pg_provider}{kind}{stamp}{_digits(payment)}"[:64]


def traces(payment: Payment, at: int) -> dict[str, Any]:
    """The fields that an approval with this method sets."""
    common = {"pg_tid": pg_tid(payment, at, payment.pay_method.upper())}
    if payment.pay_method == "card":
        return common | _card(payment) | _receipt(payment)
    if payment.pay_method == "trans":
        return common | {"bank_code": "088", "bank_name": BANKS["088"]}
    if payment.pay_method in ("vbank", "phone"):
        return common
    return common | {"apply_num": _digits(payment)[-8:]} | _receipt(payment)


def virtual_account(payment: Payment) -> dict[str, Any]:
    """The account number that the buyer has to transfer to."""
    code = payment.vbank_code or _VBANK_CODES[int(_digits(payment)) % len(_VBANK_CODES)]
    holder = None if payment.pg_provider in _HOLDERLESS_PGS else payment.vbank_holder or "피뚜루"
    number = payment.vbank_num or f"562{_digits(payment)[-11:]}"
    return {
        "pg_tid": pg_tid(payment, payment.started_at, "VBNK"),
        "vbank_code": code,
        "vbank_name": BANKS.get(code, code),
        "vbank_num": number,
        "vbank_holder": holder,
    }


def _card(payment: Payment) -> dict[str, Any]:
    digits = _digits(payment)
    code = _CARD_CODES[int(digits) % len(_CARD_CODES)]
    return {
        "apply_num": digits[-8:],
        "card_code": code,
        "card_name": CARDS[code],
        "card_number": f"518831******{digits[-4:]}",
        "card_type": 0,
    }


def _receipt(payment: Payment) -> dict[str, Any]:
    return {"receipt_url": f"https://receipt.example/{payment.imp_uid}"}
