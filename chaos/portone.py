"""PortOne for buyers, banks and merchants: the payment window and their actions, through the simulator's control
API."""

import secrets
import threading
from typing import Any

from chaos.browser import Browser, Json
from chaos.faults import BACKGROUND, Fault
from chaos.notes import Notes


class PortOne:
    """All parties that move money outside of the system."""

    def __init__(self, address: str, stop: threading.Event) -> None:
        self._browser = Browser(address, Notes(), stop)

    def control(self, method: str, path: str, body: Json | None = None) -> Json | None:
        """One call of the control API; None if the payment's state does not allow it."""
        answer = self._browser.request(method, f"/_sim/{path}", body)
        if answer.status >= 400 and answer.status != 409:
            raise RuntimeError(f"The simulator answered {method} {path} with {answer.status}: {answer.body}")
        return answer.body if answer.status < 300 else None

    def window(self, session: Json) -> str | None:
        """Open the payment window with the session's parameters; the attempt, None when it does not open."""
        path = "v2/payments" if session["generation"] == "v2" else "payments"
        opened = self.control("POST", path, session["checkout"]["params"])
        return str(opened["imp_uid"]) if opened else None

    def act(self, attempt: str, what: str, **how: Any) -> Json | None:
        """An action of the buyer, the bank or the merchant on an attempt."""
        return self.control("POST", f"payments/{attempt}/{what}", how)

    def inject_faults(self, attempt: str, faults: tuple[Fault, ...]) -> None:
        """Apply these faults to calls and webhooks about this attempt."""
        self.control("PUT", f"payments/{attempt}/faults", {"faults": list(faults)})

    def forge(self, order: str, attempt: str = "") -> None:
        """Post a forged webhook which says that an order was paid."""
        payload = {
            "imp_uid": attempt or f"imp_{secrets.randbelow(10**12):012}",
            "merchant_uid": order,
            "status": "paid",
        }
        self.control("POST", "webhooks/forge", {"payload": payload})

    def begin(self, switches: dict[str, Any]) -> None:
        """Set the switches and the background faults of this run."""
        self.control("PATCH", "settings", switches)
        self.control("PUT", "faults", {"faults": list(BACKGROUND)})

    def calls(self) -> dict[str, dict[str, int]]:
        """How many calls the system has made, by generation and endpoint."""
        return self.control("GET", "calls/counts") or {}

    def stop_faults(self) -> None:
        """Remove all faults, release held webhooks, and advance the clock to V2's next retries."""
        self.control("DELETE", "faults")
        self.control("POST", "webhooks/release", {"order": "last_come"})
        self.control("POST", "clock", {"advance": 61})
        self.control("POST", "webhooks/wait", {"timeout": 30})
