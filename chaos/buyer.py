"""One buyer's script, played to its end: the courses of the plan, step by step."""

import secrets
from dataclasses import dataclass
from typing import Final

from chaos.browser import Json
from chaos.later import Later
from chaos.notes import Notes
from chaos.pace import Pace
from chaos.plan import Purchase
from chaos.portone import PortOne
from chaos.shopping import ShopClient

FAULTS_STAY: Final = 8.0
"""Seconds after the buyer has left, during which what goes wrong for their purchase still does."""


@dataclass(frozen=True)
class RunContext:
    """What every buyer finds: PortOne, the clock of the run, and somebody who acts when they have left."""

    portone: PortOne
    later: Later
    notes: Notes
    pace: Pace


class Buyer:
    """`live` plays the script. Whatever happens to money is noted, with its time, as an `act`."""

    def __init__(self, run_context: RunContext, shop_client: ShopClient, purchase: Purchase) -> None:
        self._run_context, self._shop_client, self._purchase = run_context, shop_client, purchase

    def live(self, item: str) -> None:
        """From the first click to closing the tab."""
        session = self._shop_client.open(item)
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
        attempt = self._run_context.portone.window(session)
        if attempt is not None:
            self._at_the_window(session, attempt)

    def _at_the_window(self, session: Json, attempt: str) -> None:
        if self._purchase.faults:
            self._run_context.portone.trouble(attempt, self._purchase.faults)
            self._run_context.notes.add("faults", kinds=[fault["kind"] for fault in self._purchase.faults])
        getattr(self, f"_{self._purchase.course}")(session, attempt)
        self._forge(session, attempt)
        self._run_context.later.after(FAULTS_STAY, lambda: self._run_context.portone.trouble(attempt, ()))

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
        """The browser says that it was paid, and it was not."""
        self._shop_client.verify(session, attempt)
        self._shop_client.settled(session)

    def _late(self, session: Json, attempt: str) -> None:
        """The window is closed, and the PG says yes when the session is over, or nearly."""
        self._act(attempt, "abandon")
        when = self._run_context.pace.session_ttl * (0.6 + 0.6 * self._purchase.slowness)
        self._run_context.later.after(when, lambda: self._act_in_time(attempt, "late-approve"))

    def _two_windows(self, session: Json, attempt: str) -> None:
        """Two tabs, both paid: one of the payments has to go back."""
        second = self._run_context.portone.window(session)
        self._act(attempt, "approve")
        if second is not None and self._before_the_deadline():
            self._act(second, "approve")
        self._sees_it_through(session, attempt)

    def _wrong_money(self, session: Json, attempt: str) -> None:
        self._act(attempt, "approve", amount=session["amount"] - 100)
        self._shop_client.verify(session, attempt)

    def _pends(self, session: Json, attempt: str) -> None:
        """V2: the PG has not decided yet when the browser comes back."""
        self._act(attempt, "pend")
        self._shop_client.verify(session, attempt)
        self._run_context.later.after(1 + 2 * self._purchase.slowness, lambda: self._act(attempt, "approve"))

    def _deposits(self, session: Json, attempt: str) -> None:
        self._act(attempt, "issue")
        self._shop_client.verify(session, attempt)
        self._act(attempt, "deposit")
        self._sees_it_through(session, attempt)

    def _deposits_unseen(self, session: Json, attempt: str) -> None:
        """The account is shown, the tab is closed, and the money comes by and by."""
        self._act(attempt, "issue")
        when = self._run_context.pace.vbank_due * 0.7 * self._purchase.slowness
        self._run_context.later.after(when, lambda: self._act_in_time(attempt, "deposit"))

    def _never_deposits(self, session: Json, attempt: str) -> None:
        self._act(attempt, "issue")
        self._shop_client.verify(session, attempt)

    def _withdraws(self, session: Json, attempt: str) -> None:
        """The buyer thinks better of it before the deposit."""
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
            self._shop_client.give_back(session, quantity=1, loses=loses)
        if returns in ("all", "part_then_rest", "twice"):
            self._shop_client.give_back(session, loses=loses, twice=returns == "twice")
        if returns == "twice":
            self._shop_client.give_back(session)
        if returns == "console" and self._before_the_deadline():
            self._act(session["imp_uid"], "console-cancel", amount=max(session["amount"] // 4, 1))

    def _forge(self, session: Json, attempt: str) -> None:
        if self._purchase.forged == "known":
            self._run_context.portone.forge(session["merchant_uid"], attempt)
        elif self._purchase.forged == "stranger":
            self._run_context.portone.forge(f"stranger{secrets.token_hex(8)}")
        elif self._purchase.forged == "unsigned":
            self._shop_client.forge_v2(session, attempt)

    def _act(self, attempt: str, what: str, **how: int) -> None:
        moved = self._run_context.portone.act(attempt, what, **how)
        if moved is not None:
            self._run_context.notes.add("act", purchase=self._purchase.number, act=what, attempt=attempt)

    def _act_in_time(self, attempt: str, what: str) -> None:
        if self._in_time():
            self._act(attempt, what)

    def _in_time(self) -> bool:
        """Whether money that moves now is still looked for when every webhook about it gets lost."""
        return self._run_context.pace.is_watched(self._shop_client.opened_at)

    def _before_the_deadline(self) -> bool:
        """The same for what moves after the session was paid."""
        return self._run_context.pace.is_open(self._shop_client.opened_at)
