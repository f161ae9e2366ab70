"""One buyer's script: the courses of the plan, step by step."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chaos.browser import Json
from chaos.catalogue import SoldItem
from chaos.notes import Notes
from chaos.pace import Pace
from chaos.plan import Purchase
from chaos.portone import PortOne
from chaos.scheduler import Scheduler
from chaos.shopping import ShopClient

FAULTS_STAY: Final = 8.0
"""Seconds for which a purchase's faults stay active after the buyer has left."""


REPORTS_WINDOW: Final = 0.8
"""The share of buyers whose browser reports that the window opens; PortOne has to tell about the others."""


@dataclass(frozen=True)
class RunContext:
    """What all buyers share: PortOne, the scheduler for later actions, the record, the time settings."""

    portone: PortOne
    scheduler: Scheduler
    notes: Notes
    pace: Pace


class Buyer:
    """`live` executes the script. Every action that moves money is recorded, with its time, as an `act`."""

    def __init__(self, run_context: RunContext, shop_client: ShopClient, purchase: Purchase) -> None:
        self._run_context, self._shop_client, self._purchase = run_context, shop_client, purchase

    def live(self, items: Mapping[str, SoldItem]) -> None:
        """From the first click to closing the page."""
        session = self._shop_client.open(items)
        if session is None:
            return
        if self._purchase.course == "leaves_before_paying":
            return
        session = self._shop_client.ready(session)
        if not session["checkout"] or not self._in_time():
            return
        if self._purchase.course == "gives_up":
            self._shop_client.give_up(session)
            return
        if self._purchase.slowness < REPORTS_WINDOW:
            self._shop_client.opens_window(session)
        attempt = self._run_context.portone.window(session)
        if attempt is not None:
            self._at_the_window(session, attempt)

    def _at_the_window(self, session: Json, attempt: str) -> None:
        if self._purchase.faults:
            self._run_context.portone.inject_faults(attempt, self._purchase.faults)
            self._run_context.notes.add("faults", kinds=[fault["kind"] for fault in self._purchase.faults])
        getattr(self, f"_{self._purchase.course}")(session, attempt)
        self._forge(session, attempt)
        self._run_context.scheduler.after(FAULTS_STAY, lambda: self._run_context.portone.inject_faults(attempt, ()))

    def _buys(self, session: Json, attempt: str) -> None:
        self._act(attempt, "approve")
        self._sees_it_through(session, attempt)

    def _leaves_after_paying(self, session: Json, attempt: str) -> None:
        self._act(attempt, "approve")

    def _walks_away(self, session: Json, attempt: str) -> None:
        self._act(attempt, "abandon")

    def _declined(self, session: Json, attempt: str) -> None:
        self._act(attempt, "decline")
        self._shop_client.verify(session, attempt)

    def _declined_then_buys(self, session: Json, attempt: str) -> None:
        self._act(attempt, "decline")
        self._shop_client.verify(session, attempt)
        session = self._shop_client.settled(session)
        session = self._shop_client.ready(self._shop_client.again(session))
        second = self._run_context.portone.window(session) if session["checkout"] and self._in_time() else None
        if second is not None:
            self._buys(session, second)

    def _hasty(self, session: Json, attempt: str) -> None:
        """The browser reports a payment that did not happen."""
        self._shop_client.verify(session, attempt)
        self._shop_client.settled(session)

    def _late(self, session: Json, attempt: str) -> None:
        """The window is closed, and the PG approves about the time when the session expires."""
        self._act(attempt, "abandon")
        when = self._run_context.pace.session_ttl * (0.6 + 0.6 * self._purchase.slowness)
        self._run_context.scheduler.after(when, lambda: self._act_in_time(attempt, "late-approve"))

    def _two_windows(self, session: Json, attempt: str) -> None:
        """Two browser tabs, both paid: one of the payments has to be refunded."""
        second = self._run_context.portone.window(session)
        self._act(attempt, "approve")
        if second is not None and self._before_the_deadline():
            self._act(second, "approve")
        self._sees_it_through(session, attempt)

    def _wrong_money(self, session: Json, attempt: str) -> None:
        self._act(attempt, "approve", amount=session["amount"] - 100)
        self._shop_client.verify(session, attempt)

    def _pends(self, session: Json, attempt: str) -> None:
        """V2: the PG has not decided yet when the browser returns."""
        self._act(attempt, "pend")
        self._shop_client.verify(session, attempt)
        self._run_context.scheduler.after(1 + 2 * self._purchase.slowness, lambda: self._act(attempt, "approve"))

    def _deposits(self, session: Json, attempt: str) -> None:
        self._act(attempt, "issue")
        self._shop_client.verify(session, attempt)
        self._act(attempt, "deposit")
        self._sees_it_through(session, attempt)

    def _deposits_unseen(self, session: Json, attempt: str) -> None:
        """The account is shown, the page is closed, and the deposit arrives later."""
        self._act(attempt, "issue")
        when = self._run_context.pace.vbank_due * 0.7 * self._purchase.slowness
        self._run_context.scheduler.after(when, lambda: self._act_in_time(attempt, "deposit"))

    def _never_deposits(self, session: Json, attempt: str) -> None:
        self._act(attempt, "issue")
        self._shop_client.verify(session, attempt)

    def _withdraws(self, session: Json, attempt: str) -> None:
        """The buyer cancels before the deposit."""
        self._act(attempt, "issue")
        self._shop_client.verify(session, attempt)
        session = self._shop_client.settled(session)
        if session["status"] == "awaiting_deposit" and session["payment_id"]:
            self._shop_client.give_back(session)

    def _sees_it_through(self, session: Json, attempt: str) -> None:
        self._shop_client.verify(session, attempt)
        session = self._shop_client.settled(session)
        if session["status"] == "paid" and session["payment_id"]:
            self._returns(session)

    def _returns(self, session: Json) -> None:
        returns, loses = self._purchase.returns, self._purchase.lost_answers
        if returns in ("part", "part_then_rest"):
            self._shop_client.refund(session, amount=max(session["amount"] // 3, 1), loses=loses)
        if returns == "pieces":
            self._shop_client.give_back(session, loses=loses, **self._shop_client.one_piece(session))
        if returns in ("line", "lines_then_rest"):
            self._shop_client.give_back(session, loses=loses, lines=self._shop_client.some_lines(session))
        if returns in ("all", "part_then_rest", "lines_then_rest", "twice"):
            self._shop_client.give_back(session, loses=loses, twice=returns == "twice")
        if returns == "twice":
            self._shop_client.give_back(session)
        if returns in ("sent_and_returned", "sent_and_kept"):
            self._shop_client.ship(session)
            self._shop_client.give_back(session, loses=loses)
            self._shop_client.decide(session, "approve" if returns == "sent_and_returned" else "reject")
        if returns == "console" and self._before_the_deadline():
            self._act(session["imp_uid"], "console-cancel", amount=max(session["amount"] // 4, 1))

    def _forge(self, session: Json, attempt: str) -> None:
        if self._purchase.forged == "known":
            self._run_context.portone.forge(session["merchant_uid"], attempt)
        elif self._purchase.forged == "stranger":
            self._run_context.portone.forge(f"stranger{secrets.token_hex(8)}")
        elif self._purchase.forged == "unsigned":
            self._shop_client.forge_v2(session, attempt)
        elif self._purchase.forged == "flood":
            self._shop_client.flood(session)

    def _act(self, attempt: str, what: str, **how: int) -> None:
        moved = self._run_context.portone.act(attempt, what, **how)
        if moved is not None:
            self._run_context.notes.add("act", purchase=self._purchase.number, act=what, attempt=attempt)

    def _act_in_time(self, attempt: str, what: str) -> None:
        if self._in_time():
            self._act(attempt, what)

    def _in_time(self) -> bool:
        """Whether a payment made now is still found by polling if every webhook about it is lost."""
        return self._run_context.pace.is_watched(self._shop_client.opened_at)

    def _before_the_deadline(self) -> bool:
        """The same for changes after the session was paid."""
        return self._run_context.pace.is_open(self._shop_client.opened_at)
