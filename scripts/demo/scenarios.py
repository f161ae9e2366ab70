"""The three scenarios of the demo."""

import secrets

from scripts.demo.clients import PIECES, Buyer, PortOne
from scripts.demo.output import Output
from scripts.demo.web import Json, StepFailed

REPORT = "The shop's answer is wrong: please report it together with the output of `make run`."
ACCOUNT = {"bank": "088", "number": "110-123-456789", "holder": "김하나", "tel": "010-1234-5678"}


class Demo:
    """The scenarios, with a client of the shop, a client of the simulator, and the output."""

    def __init__(self, buyer: Buyer, portone: PortOne, output: Output) -> None:
        self._buyer, self._portone, self._output = buyer, portone, output
        self._item: Json = {}

    def log_in(self, username: str, password: str) -> None:
        """Log in and choose an item."""
        self._output.heading(f"A buyer of the shop, who pays through PortOne {self._buyer.generation.upper()}")
        with self._output.step(f"Log in as {username}") as step:
            step.seen = f"role {self._buyer.log_in(username, password)}"
        with self._output.step("Find this login among one's logins") as step:
            login, count = self._buyer.this_login()
            factor = "with" if login["second_factor"] else "without"
            step.seen = f"from {login['address']}, {factor} a second factor ({count} logins)"
        with self._output.step("List the items and choose one") as step:
            self._item, count = self._buyer.choose()
            stock = "never runs out" if self._item["stock"] is None else f"{self._item['stock']} left"
            step.seen = f"{self._item['name']}, {self._item['price']:,} won, {stock} ({count} items)"

    def verified_purchase(self) -> None:
        """Paid by card, verified by the browser, and refunded in two parts."""
        self._output.heading("1. Paid by card, verified by the browser, given back in two parts")
        owned = self._buyer.owned(self._item)
        session = self._prepared("card", repeat=True)
        imp_uid = self._pay(session)
        with self._output.step("Tell the shop that the window has closed") as step:
            step.seen = f"202, status {self._buyer.verify(session, imp_uid)['status']}"
        session = self._wait(session, "paid")
        self._find_in_history(imp_uid)
        self._expect_owned(owned + PIECES)
        self._cancel(session, session["amount"] // PIECES, "partially_cancelled", quantity=1)
        self._expect_owned(owned + PIECES - 1)
        self._cancel(session, session["amount"], "cancelled")
        self._expect_owned(owned)
        self._show_timeline(session)

    def lost_browser(self) -> None:
        """Paid, and then the browser closes. The webhook alone completes the purchase."""
        self._output.heading("2. The browser closes right after paying; PortOne's webhook completes the purchase")
        owned = self._buyer.owned(self._item)
        session = self._prepared("kakaopay")
        self._pay(session)
        session = self._wait(session, "paid")
        with self._output.step("See in the timeline that the webhook did it") as step:
            causes = [line["cause"] for line in self._buyer.payment(session)["timeline"] if line["to"] == "paid"]
            _expect(causes == ["webhook"], "one move to paid, by webhook", f"moves to paid by {causes}")
            step.seen = "nobody ever asked to verify"
        self._expect_owned(owned + PIECES)
        self._cancel(session, session["amount"], "cancelled")

    def virtual_account(self) -> None:
        """An account is issued, the deposit arrives later and is refunded to the buyer's account."""
        self._output.heading("3. A virtual account: issued, awaited, deposited into, refunded")
        session = self._prepared("vbank")
        imp_uid = self._pay(session, "Have an account issued in PortOne's window")
        account = self._wait(session, "awaiting_deposit")["virtual_account"]
        with self._output.step("Send the money to that account") as step:
            self._portone.deposit(imp_uid)
            step.seen = f"{account['bank_name']} {account['number']}, {session['amount']:,} won"
        session = self._wait(session, "paid")
        self._cancel(session, session["amount"], "cancelled", refund_account=ACCOUNT)
        self._show_timeline(session)

    def _prepared(self, pay_method: str, repeat: bool = False) -> Json:
        """A session whose amount is registered with PortOne."""
        key = secrets.token_hex(16)
        with self._output.step("Open a session, with an Idempotency-Key") as step:
            session, _ = self._buyer.open(self._item, pay_method, key)
            step.seen = f"{session['merchant_uid']}, {PIECES} pieces, {session['amount']:,} won, {pay_method}"
        if repeat:
            with self._output.step("Send the same request again") as step:
                same, replayed = self._buyer.open(self._item, pay_method, key)
                again = replayed and same["session_id"] == session["session_id"]
                _expect(again, "the stored answer", f"another session, {same['session_id']}")
                step.seen = "the same session: a repeated click buys nothing twice"
        return self._wait(session, "prepared")

    def _pay(self, session: Json, title: str = "Pay in PortOne's window") -> str:
        with self._output.step(title) as step:
            imp_uid = self._portone.open_window(session)
            step.seen = f"{imp_uid}, PortOne says {self._portone.approve(imp_uid)['status']}"
        return imp_uid

    def _wait(self, session: Json, wanted: str) -> Json:
        with self._output.step(f"Wait until the session is {wanted}") as step:
            now = self._buyer.wait_for(session, wanted, step.waiting)
            step.seen = now["message"]["en"]
        return now

    def _find_in_history(self, imp_uid: str) -> None:
        with self._output.step("Find it in the history") as step:
            found = [payment for payment in self._buyer.history() if payment["imp_uid"] == imp_uid]
            _expect(len(found) == 1, f"{imp_uid} once among the newest payments", f"it {len(found)} times")
            step.seen = f"{found[0]['payment_id']}, {found[0]['amount']:,} won, {found[0]['status']}"

    def _expect_owned(self, pieces: int) -> None:
        with self._output.step("Look at what the buyer owns") as step:
            owned = self._buyer.owned(self._item)
            _expect(owned == pieces, f"{pieces} pieces", f"{owned}")
            step.seen = f"{owned} x {self._item['name']}"

    def _cancel(self, session: Json, sum_back: int, wanted: str, **options: object) -> None:
        """Request a refund and wait until PortOne has executed it."""
        part = f"{options['quantity']} of {PIECES} pieces" if "quantity" in options else "all that is left"
        with self._output.step(f"Cancel {part}") as step:
            step.seen = f"202, {self._buyer.cancel(session, **options)['cancellations'][-1]['stage']}"
        self._wait(session, wanted)
        with self._output.step("See how much went back") as step:
            payment = self._buyer.payment(session)
            back = payment["cancelled_amount"]
            _expect(back == sum_back, f"{sum_back:,} won", f"{back:,} won")
            step.seen = f"{back:,} of {payment['amount']:,} won"

    def _show_timeline(self, session: Json) -> None:
        with self._output.step("Read the timeline") as step:
            payment = self._buyer.payment(session)
            moved = sum(line["amount"] for line in payment["timeline"])
            left = payment["amount"] - payment["cancelled_amount"]
            _expect(moved == left, f"amounts that add up to {left:,} won", f"{moved:,} won")
            step.seen = f"{len(payment['timeline'])} lines, amounts add up to {moved:,} won"
        self._output.timeline(payment["timeline"])


def _expect(good: bool, expected: str, seen: str) -> None:
    if not good:
        raise StepFailed(expected, seen, REPORT)
