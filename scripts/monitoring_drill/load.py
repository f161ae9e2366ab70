"""A light load: a few buyers of each generation, who buy one after the other."""

import secrets
import threading
from typing import Final

from scripts.demo.clients import API, Buyer, PortOne
from scripts.demo.web import StepFailed, Web

BUYERS: Final = 4
PAUSE: Final = 0.5
"""Seconds between two purchases of one buyer."""

TIMEOUT: Final = 8.0
"""Seconds after which a buyer closes the page."""

PASSWORD: Final = "drill-pass-1234"  # noqa: S105 -- of buyers that end with the drill.


class Load:
    """Buyers in threads. `bought` and `given_up` count their purchases."""

    def __init__(self, shop: str, simulator: str) -> None:
        self._shop, self._simulator = shop, simulator
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._live, args=(number,)) for number in range(BUYERS)]
        self.bought = self.given_up = 0

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _live(self, number: int) -> None:
        shop = Web("the shop", "", self._shop)
        buyer = Buyer(shop, TIMEOUT, ("v1", "v2")[number % 2])
        name = f"drill{number}{secrets.token_hex(4)}"
        shop.post(f"{API}/auth/register", {"username": name, "password": PASSWORD}, 201)
        buyer.log_in(name, PASSWORD)
        portone = PortOne(Web("the simulator", "", self._simulator))
        while not self._stop.wait(PAUSE):
            try:
                _buy(buyer, portone)
            except StepFailed:  # An outage is planted: the shop cannot go on, or the buyer does not wait for it.
                self._count(given_up=1)
            else:
                self._count(bought=1)

    def _count(self, bought: int = 0, given_up: int = 0) -> None:
        with self._lock:
            self.bought += bought
            self.given_up += given_up


def _buy(buyer: Buyer, portone: PortOne) -> None:
    items = buyer.items()
    item = next(one for one in items if one["stock"] is None)
    session, _ = buyer.open(item, "card", secrets.token_hex(8))
    session = buyer.wait_for(session, "prepared", _ignore)
    imp_uid = portone.open_window(session)
    portone.approve(imp_uid)
    buyer.verify(session, imp_uid)
    buyer.wait_for(session, "paid", _ignore)


def _ignore(_status: str) -> None:
    """Nobody watches."""
