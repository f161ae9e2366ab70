"""PortOne as buyers, banks and merchants meet it: the payment window, played over the simulator's control API."""

import secrets
import threading
from typing import Any

from chaos.browser import Browser, Json
from chaos.faults import WEATHER, Fault
from chaos.notes import Notes


class PortOne:
    """Every party that moves money outside of the system."""

    def __init__(self, address: str, stop: threading.Event) -> None:
        self._browser = Browser(address, Notes(), stop)

    def control(self, method: str, path: str, body: Json | None = None) -> Json | None:
        """One call of the control API; None where the move does not fit the payment's state."""
        answer = self._browser.insist(method, f"/_sim/{path}", body)
        if answer.status >= 400 and answer.status != 409:
            raise RuntimeError(f"The simulator answered {method} {path} with {answer.status}: {answer.body}")
        return answer.body if answer.status < 300 else None

    def window(self, session: Json) -> str | None:
        """Open the payment window with exactly what the session says; the attempt, None when it does not open."""
        path = "v2/payments" if session["generation"] == "v2" else "payments"
        opened = self.control("POST", path, session["checkout"]["params"])
        return str(opened["imp_uid"]) if opened else None

    def act(self, attempt: str, what: str, **how: Any) -> Json | None:
        """The buyer, the bank or the merchant does something to an attempt."""
        return self.control("POST", f"payments/{attempt}/{what}", how)

    def trouble(self, attempt: str, faults: tuple[Fault, ...]) -> None:
        """From now on these strike calls and webhooks about this attempt."""
        self.control("PUT", f"payments/{attempt}/faults", {"faults": list(faults)})

    def forge(self, order: str, attempt: str = "") -> None:
        """A stranger posts that an order was paid."""
        payload = {
            "imp_uid": attempt or f"imp_{secrets.randbelow(10**12):012}",
            "merchant_uid": order,
            "status": "paid",
        }
        self.control("POST", "webhooks/forge", {"payload": payload})

    def begin(self, switches: dict[str, Any]) -> None:
        """Set the switches of this run, and let the weather turn bad."""
        self.control("PATCH", "settings", switches)
        self.control("PUT", "faults", {"faults": list(WEATHER)})

    def behave(self) -> None:
        """No more faults; what is held is let go, and what V2 would try again in a minute comes now."""
        self.control("DELETE", "faults")
        self.control("POST", "webhooks/release", {"order": "last_come"})
        self.control("POST", "clock", {"advance": 61})
        self.control("POST", "webhooks/wait", {"timeout": 30})
