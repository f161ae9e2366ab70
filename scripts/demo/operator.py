"""The operator's view of the demo: what was sold, in the overview and in the metrics."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scripts.demo.clients import API
from scripts.demo.output import Output
from scripts.demo.web import Json, StepFailed, Web

POLL = 0.5
"""Seconds between two looks at the figures, which a worker counts every few seconds."""


@dataclass(frozen=True)
class Figures:
    """Payments, and won that were received and refunded."""

    paid: int
    received: int
    refunded: int

    def since(self, before: "Figures") -> "Figures":
        """What was added."""
        return Figures(self.paid - before.paid, self.received - before.received, self.refunded - before.refunded)

    def __str__(self) -> str:
        return f"{self.paid} payments, {self.received:,} won in, {self.refunded:,} won back"


class Operator:
    """A user who may see every user's payments. Notes the figures when logging in."""

    def __init__(self, web: Web, timeout: float, output: Output) -> None:
        self._web, self._timeout, self._output = web, timeout, output
        self._since = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0, tzinfo=None)
        self._before = (Figures(0, 0, 0), Figures(0, 0, 0))

    def log_in(self, username: str, password: str) -> None:
        """Log in, and read the figures before the purchases."""
        self._output.heading("An operator of the shop")
        with self._output.step(f"Log in as {username}") as step:
            body = {"username": username, "password": password}
            self._web.sign_in(self._web.post(f"{API}/auth/login", body, 200).json()["access_token"])
            step.seen = f"role {self._web.get(f'{API}/me').json()['role']}"
        with self._output.step("Read the overview and the metrics"):
            self._before = self._both()

    def see(self, payments: int) -> None:
        """The overview and the metrics show these payments, and the same amounts."""
        self._output.heading("The operator sees what was sold")
        with self._output.step(f"Find {payments} more payments in the overview") as step:
            end = time.monotonic() + self._timeout
            while (added := self._added())[0] != added[1] or added[0].paid < payments:
                step.waiting(str(added[0]))
                if time.monotonic() > end:
                    advice = "Look at the lines of worker and beat in `make run`: they count every five seconds."
                    raise StepFailed(f"{payments} payments in both", f"{added[0]}; {added[1]} in /metrics", advice)
                time.sleep(POLL)
            step.seen = str(added[0])
        with self._output.step("Find the same in /metrics") as step:
            step.seen = str(added[1])

    def _added(self) -> tuple[Figures, Figures]:
        overview, metrics = self._both()
        return overview.since(self._before[0]), metrics.since(self._before[1])

    def _both(self) -> tuple[Figures, Figures]:
        """The overview and the metrics at one moment: a worker may count between two looks."""
        overview = self._overview()
        while True:
            metrics, again = self._metrics(), self._overview()
            if again == overview:
                return overview, metrics
            overview = again

    def _overview(self) -> Figures:
        total: Json = self._web.get(f"{API}/operations/overview?from={self._since.isoformat()}Z").json()["total"]
        return Figures(total["paid"], total["received"]["won"], total["refunded"]["won"])

    def _metrics(self) -> Figures:
        text = self._web.get("/metrics").text
        names = ("payments_paid", "won_received", "won_refunded")
        found = [re.findall(rf"^pitturu_{name}_total\S* (\S+)$", text, re.MULTILINE) for name in names]
        return Figures(*(int(sum(map(float, values))) for values in found))
