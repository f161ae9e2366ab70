"""A stateless stand-in for PortOne V2, as `benchmarks.portone` is one for V1.

`python -m benchmarks.portone_v2 --port P --latency S < recording`.
"""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Final

import requests

from benchmarks.portone import ORDER, TokenIssuer, answer_of, listen, main, template_of

TRANSACTION: Final = f"imp_{ORDER[-12:]}"
"""The id of the payment in the recording."""

PAID: Final = f"{ORDER[:-1]}6"
"""The order that is paid at the simulator, where that of V1 is paid already; in the recording it is ORDER."""


@dataclass(frozen=True)
class Recording:
    """Complete answers of the simulator about ORDER."""

    ready: str
    paid: str
    registered: str


def record(simulator: str, secret: str, amount: int) -> Recording:
    """Register and pay ORDER at the simulator, and record its API's answers about it."""
    authorization, wanted = f"PortOne {secret}", json.dumps({"totalAmount": amount, "currency": "KRW"})

    def answer(method: str, path: str, body: str = "") -> str:
        return answer_of(simulator, method, f"/v2/payments/{path}", authorization, body).replace(PAID, ORDER)

    registered = answer("POST", f"{PAID}/pre-register", wanted)
    order = {"generation": "v2", "merchant_uid": PAID, "amount": amount, "imp_uid": TRANSACTION, "sandbox": True}
    requests.post(f"{simulator}/_sim/payments", json=order, timeout=30).raise_for_status()
    ready = answer("GET", PAID)
    requests.post(f"{simulator}/_sim/payments/{TRANSACTION}/approve", json={}, timeout=30).raise_for_status()
    return Recording(ready, answer("GET", PAID), registered)


class Payments(TokenIssuer):
    """One connection of a client of V2. Payments are paid, and after `GET /ready` only ready, until `GET /paid`."""

    status: ClassVar[str] = "paid"

    def _about(self, path: bytes, _body: bytes) -> bytes:
        order, _, rest = path.partition(b"?")[0].removeprefix(b"/payments/").partition(b"/")
        if path in (b"/ready", b"/paid"):
            Payments.status = path[1:].decode()
        return self._answer("registered" if rest else self.status, order)


async def serve(recording: Recording, port: int, latency: float) -> None:
    """Serve until killed."""
    answers = {name: template_of(answer) for name, answer in asdict(recording).items()}
    await listen(lambda: Payments(answers, TRANSACTION.encode(), latency), port)


if __name__ == "__main__":
    main("portone_v2", Recording, serve)
