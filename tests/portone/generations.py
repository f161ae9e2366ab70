"""Both gateways, and a buyer's actions at PortOne, with the same names for either generation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from pitturu.domain.errors import GatewayError
from pitturu.domain.provider import CancelOrder, Gateway, PaymentRef, ProviderPayment
from pitturu.portone.transport import Timeouts
from pitturu.portone.v1 import V1Gateway
from pitturu.portone.v2 import V2Gateway
from tests.fake_portone import PortOne
from tests.values import INICIS_KEY, KEY, SECRET, V2_SECRET, V2_STORE

ORDER, AMOUNT = "ord0contract", 15_400
PG = "html5_inicis"
"""Of every payment that names no other."""
LIMITS: dict[str, Any] = {"timeouts": Timeouts(connect=5.0, read=20.0, whole=20.0), "pool_size": 4}

Maker = Callable[..., Gateway]
"""Opens a gateway of the generation under test; `secret` replaces the right one."""


def makers(portone: PortOne) -> dict[str, Maker]:
    """How to open a gateway, by generation."""

    def v1(secret: str = SECRET) -> Gateway:
        return V1Gateway(portone.url, KEY, secret, **LIMITS, sandbox=True, inicis_api_key=INICIS_KEY)

    def v2(secret: str = V2_SECRET) -> Gateway:
        return V2Gateway(portone.v2_url, secret, V2_STORE, **LIMITS)

    return {"v1": v1, "v2": v2}


def opened(make: Maker) -> Iterator[Maker]:
    """The same, closing in the end what it opened."""
    gateways = list[Any]()

    def remembering(*given: Any, **named: Any) -> Gateway:
        gateways.append(make(*given, **named))
        return gateways[-1]

    yield remembering
    for gateway in gateways:
        gateway.close()


@dataclass(frozen=True)
class Buyer:
    """A buyer at PortOne's window of one generation."""

    portone: PortOne
    generation: str

    def opens(self, **order: Any) -> str:
        """Opens the window; PortOne's name for the attempt."""
        wish = {"merchant_uid": ORDER, "amount": AMOUNT, "sandbox": True, "generation": self.generation}
        return str(self.portone.control("POST", "payments", wish | order)["imp_uid"])

    def pays(self, **order: Any) -> str:
        """Opens the window and pays."""
        return self.does("approve", self.opens(**order))

    def takes_an_account(self, **order: Any) -> str:
        """Takes a virtual account."""
        return self.does("issue", self.opens(pay_method="vbank", **order))

    def deposits(self) -> str:
        """Takes a virtual account and pays into it."""
        return self.does("deposit", self.takes_an_account())

    def does(self, what: str, name: str, **how: Any) -> str:
        """Something else happens to an attempt."""
        self.portone.control("POST", f"payments/{name}/{what}", how)
        return name

    def truth(self, name: str) -> dict[str, Any]:
        """The attempt in PortOne's ledger."""
        shown: dict[str, Any] = self.portone.control("GET", f"payments/{name}")
        return shown


def ref(name: str, order_id: str = ORDER) -> PaymentRef:
    """Both names of an attempt."""
    return PaymentRef(name, order_id)


def cancel_of(name: str, amount: int = AMOUNT, balance: int = AMOUNT, **changes: Any) -> CancelOrder:
    """A cancel of everything by default, and another one each time."""
    values = {"reason": "변심", "pg_provider": PG, "key": uuid4().hex} | changes
    return CancelOrder(payment=ref(name), amount=amount, balance=balance, **values)


def refusal(ask: Callable[[], object]) -> GatewayError:
    """The error of this call."""
    with pytest.raises(GatewayError) as caught:
        ask()
    return caught.value


def seen(gateway: Gateway, name: str) -> ProviderPayment:
    """The attempt as the gateway returns it now."""
    payment = gateway.payment(ref(name))
    assert payment is not None
    assert (payment.provider_id, payment.order_id) == (name, ORDER)
    return payment
