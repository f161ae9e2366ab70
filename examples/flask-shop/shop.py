"""A shop that sells through pitturu: an API key opens payment sessions, signed events say what became of them.

The buyer is a guest. Whoever has the address of an order may see, pay and cancel it, so its id cannot be guessed.
"""

import os
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pitturu_client import (
    ApiError,
    Buyer,
    CartLine,
    Conflict,
    Event,
    InvalidEvent,
    InvalidValues,
    OutOfStock,
    Pitturu,
    verify_event,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, session_id TEXT UNIQUE, payment_id TEXT, item TEXT, amount INTEGER,
    cancelled INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'open', sequence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
"""

SHIPPING = 3_000
"""Won for each order. The shop decides it, pitturu adds it up."""

pages = Blueprint("shop", __name__)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The shop. `flask --app shop run` calls this."""
    app = Flask(__name__)
    app.config["DATABASE"] = environ.get("SHOP_DATABASE", "shop.sqlite3")
    app.config["EVENT_SECRETS"] = environ["PITTURU_EVENT_SECRETS"].split(",")
    app.extensions["pitturu"] = Pitturu(environ["PITTURU_URL"], api_key=environ["PITTURU_API_KEY"])
    with closing(sqlite3.connect(app.config["DATABASE"])) as database:
        database.executescript(SCHEMA)
    app.register_blueprint(pages)
    return app


def pitturu() -> Pitturu:
    """The client of this process."""
    client: Pitturu = current_app.extensions["pitturu"]
    return client


def sql(statement: str, *values: Any) -> list[sqlite3.Row]:
    """The rows of one statement, which is a transaction of its own."""
    with closing(sqlite3.connect(current_app.config["DATABASE"])) as database, database:
        database.row_factory = sqlite3.Row
        return database.execute(statement, values).fetchall()


def order_of(order_id: str) -> sqlite3.Row:
    """The order with this id; 404 without one."""
    return (sql("SELECT * FROM orders WHERE id = ?", order_id) or abort(404))[0]


@pages.get("/")
def list_items(problem: str = "") -> ResponseReturnValue:
    """What is for sale, as pitturu has it."""
    return render_template("items.html", items=pitturu().items.list(), problem=problem)


@pages.post("/orders")
def buy() -> ResponseReturnValue:
    """Store the order, then open its session. The id of the order makes a repeat after a crash harmless."""
    form, order_id = request.form, secrets.token_urlsafe(16)
    wanted = [
        CartLine(pieces, item_id) for item_id in form.getlist("item") if (pieces := form.get(item_id, 0, int)) > 0
    ]
    if not wanted:
        return list_items("Choose at least one thing.")
    sql("INSERT INTO orders (id) VALUES (?)", order_id)
    try:
        session = pitturu().sessions.create(
            items=wanted,
            shipping=SHIPPING,
            buyer=Buyer(form["name"], form["email"], form["tel"]),
            reference=order_id,
            redirect_url=url_for(".order", order_id=order_id, _external=True),
            idempotency_key=order_id,
        )
    except OutOfStock:
        return list_items("Something is sold out by now, or fewer are left than you want.")
    except InvalidValues as refused:
        return list_items(f"Please correct: {', '.join(refused.errors)}.")
    others = session.line_count - 1
    title = f"{session.item_name} and {others} more" if others else session.item_name
    statement = "UPDATE orders SET session_id = ?, item = ?, amount = ? WHERE id = ?"
    sql(statement, session.session_id, title, session.amount, order_id)
    return redirect(url_for(".order", order_id=order_id))


@pages.get("/orders/<order_id>")
def order(order_id: str, problem: str = "") -> ResponseReturnValue:
    """The order, with a button to pay or to cancel it."""
    return render_template("order.html", order=order_of(order_id), problem=problem)


@pages.get("/orders/<order_id>/state")
def state(order_id: str) -> ResponseReturnValue:
    """For the page's script: the status that events have reported, and how to open the payment window."""
    found = order_of(order_id)
    if "checkout" not in request.args:
        return {"status": found["status"]}
    checkout = pitturu().sessions.get(found["session_id"]).checkout
    if checkout is None or not checkout.ready:
        return {"status": found["status"]}
    opened = {"script_url": checkout.script_url, "user_code": checkout.user_code, "params": checkout.params}
    return {"status": found["status"], "checkout": {"generation": checkout.generation, **opened}}


@pages.post("/orders/<order_id>/again")
def pay_again(order_id: str) -> ResponseReturnValue:
    """Reopen an order whose payment was declined."""
    try:
        pitturu().sessions.prepare(order_of(order_id)["session_id"])
    except Conflict:
        return order(order_id, "This order cannot be paid any more. Please order again.")
    sql("UPDATE orders SET status = 'open' WHERE id = ? AND status = 'failed'", order_id)
    return redirect(url_for(".order", order_id=order_id))


@pages.post("/orders/<order_id>/cancel")
def cancel(order_id: str) -> ResponseReturnValue:
    """Refund everything. An event says when the money is back."""
    payment_id = order_of(order_id)["payment_id"] or abort(409)
    try:
        pitturu().payments.cancel(payment_id, reason="the buyer cancelled", idempotency_key=f"cancel-{order_id}")
    except ApiError as refused:
        current_app.logger.warning("cancel refused: %s", refused)
        return order(order_id, "This order cannot be cancelled any more. Please call us.")
    return redirect(url_for(".order", order_id=order_id))


@pages.post("/hooks/pitturu")
def receive() -> ResponseReturnValue:
    """Verify an event, apply it once, then acknowledge it. Without the 204 pitturu sends it again."""
    try:
        event = verify_event(request.get_data(), request.headers, current_app.config["EVENT_SECRETS"])
    except InvalidEvent:
        abort(400)
    apply(event)
    return "", 204


def apply(event: Event) -> None:
    """Events may come twice and in any order: `id` recognises a repeat, `sequence` an older one."""
    data = event.data
    with closing(sqlite3.connect(current_app.config["DATABASE"])) as database, database:
        if database.execute("INSERT OR IGNORE INTO events VALUES (?)", [event.id]).rowcount == 0:
            return
        database.execute(
            "UPDATE orders SET status = coalesce(?, status), payment_id = coalesce(?, payment_id),"
            " cancelled = coalesce(?, cancelled), sequence = ? WHERE session_id = ? AND sequence < ?",
            [data.status, data.payment_id, data.cancelled_amount, event.sequence, data.session_id, event.sequence],
        )
