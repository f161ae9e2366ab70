"""All buyers: threads that execute the scripts of the purchases one after the other."""

import threading
import traceback
from collections.abc import Mapping, Sequence

from chaos.accounts import Operator, buyer_token
from chaos.browser import Browser, GaveUp, Stopped
from chaos.buyer import Buyer, RunContext
from chaos.catalogue import SoldItem
from chaos.plan import Plan, Purchase
from chaos.shopping import ShopClient


class Workload:
    """`begun` and `finished` count purchases. No purchase begins before the kills that are due have been executed."""

    def __init__(
        self,
        plan: Plan,
        run_context: RunContext,
        browsers: Sequence[Browser],
        items: Mapping[str, SoldItem],
        operator: Operator,
    ) -> None:
        self._plan, self._run_context, self._browsers, self._items = plan, run_context, browsers, items
        self._operator = operator
        self._turn = threading.Condition()
        self._moments = [kill.at for kill in plan.kills]
        self._queue = iter(plan.purchases)
        self._stopped = False
        self.begun = self.finished = self.struck = 0
        self.broken: list[str] = []

    def start(self, buyers: int) -> None:
        """Start the buyers."""
        for number in range(buyers):
            threading.Thread(target=self._shop, name=f"buyer-{number}", daemon=True).start()

    def has_struck(self) -> None:
        """Report that the due kill was executed; purchases continue."""
        with self._turn:
            self.struck += 1
            self._turn.notify_all()

    def stop(self) -> None:
        """Start no more purchases."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()

    @property
    def done(self) -> bool:
        """Whether every purchase was completed."""
        return self.finished == len(self._plan.purchases)

    def _shop(self) -> None:
        while purchase := self._next():
            browser = self._browsers[purchase.number % len(self._browsers)]
            token, timeout = buyer_token(purchase.number), self._run_context.pace.longest_wait
            shop_client = ShopClient(browser, self._run_context.notes, purchase, token, self._operator, timeout)
            self._run_context.notes.add("begun", purchase=purchase.number)
            try:
                Buyer(self._run_context, shop_client, purchase).live(self._items)
            except GaveUp:
                self._run_context.notes.add("gave up", purchase=purchase.number)
            except Stopped:
                return
            except Exception:  # noqa: BLE001 -- a script that breaks must not pass for a quiet buyer.
                self.broken.append(f"purchase {purchase.number}: {traceback.format_exc()}")
            self._run_context.notes.add("left", purchase=purchase.number)
            with self._turn:
                self.finished += 1

    def _next(self) -> Purchase | None:
        with self._turn:
            while self._kill_is_due() and not self._stopped:
                self._turn.wait()
            if self._stopped:
                return None
            purchase = next(self._queue, None)
            self.begun += purchase is not None
            return purchase

    def _kill_is_due(self) -> bool:
        return self.struck < len(self._moments) and self._moments[self.struck] <= self.begun
