"""The ways to pay that the shop offers."""

import msgspec

from pitturu_client.transport import Transport


class Installment(msgspec.Struct, frozen=True, kw_only=True):
    """Months that a card can be paid in, for orders of `least_amount` won and more."""

    months: int
    least_amount: int


class OfferedMethod(msgspec.Struct, frozen=True, kw_only=True):
    """One way to pay. `least_amount` is the won that an order must come to for it; `installments` what the window of a
    card offers besides one sum, None where the PG decides."""

    pay_method: str
    least_amount: int
    installments: list[Installment] | None


class _PayMethods(msgspec.Struct, frozen=True):
    generation: str
    methods: list[OfferedMethod]


class PayMethods:
    """`pitturu.pay_methods`: how orders can be paid. Needs no credential."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, generation: str | None = None) -> "list[OfferedMethod]":
        """The ways to pay through `generation` ("v1" or "v2"; the shop's default if omitted), in the order to show."""
        return self._transport.get(_PayMethods, "pay-methods", generation=generation).methods
