"""All payments and preparations of the simulator, in memory for speed and on file for durability."""

from collections import defaultdict
from dataclasses import replace

from portone_simulator.lifecycle import WrongMove
from portone_simulator.payment import Payment, Preparation
from portone_simulator.store import Store

_IMP_UIDS = 10**12
"""An imp_uid is `imp_` and twelve digits."""


class Ledger:
    """Payments and preparations. Used by the server's thread only, so a read-modify-write cycle that does not wait is
    atomic.

    With `v1_only` its queries find only what V1 shows: no payment that was made through V2.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._payments: dict[str, Payment] = {}
        self._attempts: dict[str, list[str]] = defaultdict(list)
        self._prepared = {each.merchant_uid: each for each in store.preparations()}
        self._moves = 0
        self._last_uid = 0
        for payment in store.payments():
            self._remember(payment)

    def payment(self, imp_uid: str, *, v1_only: bool = False) -> Payment | None:
        """The payment with this id, if there is one."""
        payment = self._payments.get(imp_uid)
        return None if payment and payment.v2 and v1_only else payment

    def existing(self, imp_uid: str) -> Payment:
        """The payment with this id. Raises `LookupError` when there is none."""
        payment = self.payment(imp_uid)
        if payment is None:
            raise LookupError(f"payment {imp_uid}")
        return payment

    def attempts(self, merchant_uid: str, *, v1_only: bool = False) -> list[Payment]:
        """Every payment of this order id, oldest first."""
        found = [self._payments[uid] for uid in self._attempts.get(merchant_uid, ())]
        return [each for each in found if not (v1_only and each.v2)]

    def payments(self, *, v1_only: bool = False) -> list[Payment]:
        """Every payment, oldest first."""
        return [each for each in self._payments.values() if not (v1_only and each.v2)]

    def new_imp_uid(self, now: float, chosen: str | None = None) -> str:
        """A unique id: the time in milliseconds, or the next number within the same millisecond.

        `chosen` is used as it is. Raises `WrongMove` when a payment has it already.
        """
        if chosen:
            return self._unused(chosen)
        while (made := f"imp_{self._new_number(now):012d}") in self._payments:
            pass
        return made

    def new_transaction_id(self, now: float, chosen: str | None = None) -> str:
        """The same for V2, in the format of a version 7 UUID."""
        if chosen:
            return self._unused(chosen)
        stamp = f"{int(now * 1000):012x}"
        return f"{stamp[:8]}-{stamp[8:]}-7000-8000-{self._new_number(now):012d}"

    def _unused(self, imp_uid: str) -> str:
        if imp_uid in self._payments:
            raise WrongMove(f"{imp_uid} is the id of another payment; choose one that is free.")
        return imp_uid

    def _new_number(self, now: float) -> int:
        self._last_uid = max(self._last_uid + 1, int(now * 1000) % _IMP_UIDS)
        return self._last_uid

    def save(self, payment: Payment) -> Payment:
        """Write the payment to the file and to memory; returns it with its position in the sequence of changes."""
        self._moves += 1
        started_no = payment.behind.started_no or self._moves
        behind = replace(payment.behind, started_no=started_no, updated_no=self._moves)
        kept = replace(payment, behind=behind)
        self._store.keep_payment(kept)
        self._remember(kept)
        return kept

    def preparation(self, merchant_uid: str) -> Preparation | None:
        """The amount registered for this order id, if any."""
        return self._prepared.get(merchant_uid)

    def prepare(self, preparation: Preparation) -> None:
        """Register an amount, or replace the registered one."""
        self._store.keep_preparation(preparation)
        self._prepared[preparation.merchant_uid] = preparation

    def forget_preparation(self, merchant_uid: str) -> None:
        """Remove a registration after its use."""
        self._store.drop_preparation(merchant_uid)
        self._prepared.pop(merchant_uid, None)

    def wipe(self) -> None:
        """Remove every payment and preparation; ids are never reused, not even after this."""
        self._store.wipe()
        self._payments.clear()
        self._attempts.clear()
        self._prepared.clear()

    def _remember(self, payment: Payment) -> None:
        if payment.imp_uid not in self._payments:
            self._attempts[payment.merchant_uid].append(payment.imp_uid)
        self._payments[payment.imp_uid] = payment
        self._moves = max(self._moves, payment.behind.updated_no)
