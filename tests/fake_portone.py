"""The simulator as used by tests: over HTTP."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import urllib3

from portone_simulator import Simulator


@dataclass(frozen=True)
class PortOne:
    """A running simulator. `control` calls its control API; it shares no code with the system under test."""

    running: Any

    @property
    def url(self) -> str:
        """Where its REST API V1 answers."""
        return str(self.running.url)

    @property
    def v2_url(self) -> str:
        """Where its REST API V2 answers."""
        return f"{self.url}/v2"

    @cached_property
    def _connections(self) -> urllib3.HTTPConnectionPool:
        """Kept from call to call, for any thread: connecting takes longer than an answer. What a simulator's process
        closed when it ended is replaced before it is used; one in this process must not be restarted at its port."""
        return urllib3.connection_from_url(self.url, maxsize=8, timeout=30, retries=False)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the control API; anything but success fails the test with the answer."""
        answer = self._connections.request(method, f"/_sim/{path}" if path else "/_sim", json=body)
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.data.decode()}"
        return answer.json() if answer.data else None

    def wipe(self) -> None:
        """Forget every payment, fault and setting."""
        self.control("DELETE", "")

    def calls(self, path: str) -> list[dict[str, Any]]:
        """The REST calls it received whose path contains this."""
        calls: list[dict[str, Any]] = self.control("GET", f"calls?path={path}")["calls"]
        return calls

    def calls_to(self, endpoint: str) -> list[dict[str, Any]]:
        """The calls to the endpoint of this name, which is the same in both generations."""
        return [call for call in self.calls("") if endpoint in call["endpoint"].split("|")]

    def faults(self, *faults: dict[str, Any]) -> None:
        """Apply these faults from now on instead of all others; none if none are given."""
        self.control("PUT", "faults", {"faults": list(faults)})

    def ledger(self) -> dict[str, dict[str, Any]]:
        """All movements of money, by `imp_uid`."""
        return {entry["imp_uid"]: entry for entry in self.control("GET", "ledger")["payments"]}


def pretend_portone(**options: Any) -> Any:
    """A simulator to be served: `with pretend_portone().serve() as running: PortOne(running)`."""
    return Simulator(**options)
