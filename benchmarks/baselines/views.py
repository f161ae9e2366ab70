"""The minimum that these views could do, in the same server: check a token, one row, one message.

Served as `benchmarks.baselines.views:app`.
"""

import os
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, request
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
from sqlalchemy import text

from benchmarks.baselines.tasks import parts, verify

ADD = text(
    "INSERT INTO bare_orders"
    " (id, merchant_uid, username, item_id, amount, quantity, buyer_name, buyer_email, buyer_tel)"
    " VALUES (:id, :merchant_uid, :username, :item_id, 1000, :quantity, :buyer_name, :buyer_email, :buyer_tel)"
)
READ = text("SELECT id, merchant_uid, amount, status, imp_uid, paid_at FROM bare_orders WHERE id = :id")
KEEP = text("INSERT INTO bare_webhooks (id, body) VALUES (:id, :body)")
ACCEPT = text("INSERT INTO bare_verifications (merchant_uid) VALUES (:merchant_uid)")
FIELDS = ("item_id", "quantity", "buyer_name", "buyer_email", "buyer_tel")

app = Flask("bare")
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
app.config["JWT_DECODE_ISSUER"] = "pitturu"
JWTManager(app)


@app.get("/healthz")
def alive() -> Any:
    """For the readiness check."""
    return {}


@app.post("/orders")
@jwt_required()
def create() -> Any:
    """Check the token, commit one row, enqueue one task."""
    body, key = request.get_json(), uuid4()
    row = {name: body[name] for name in FIELDS} | {"id": key, "merchant_uid": f"ord{key.hex}"}
    with parts.engine().begin() as connection:
        connection.execute(ADD, row | {"username": get_jwt_identity()})
    verify.delay(row["merchant_uid"])
    return {"id": key, "merchant_uid": row["merchant_uid"]}, 201


@app.get("/orders/<uuid:key>")
@jwt_required()
def read(key: UUID) -> Any:
    """Check the token, read one row by its primary key."""
    with parts.engine().connect() as connection:
        row = connection.execute(READ, {"id": key}).mappings().one_or_none()
    return (dict(row), 200) if row else ({}, 404)


@app.post("/webhook")
def webhook() -> Any:
    """Commit one row, enqueue one task."""
    with parts.engine().begin() as connection:
        connection.execute(KEEP, {"id": uuid4(), "body": request.get_data()})
    verify.delay(request.get_json()["merchant_uid"])
    return {}


@app.post("/verify")
@jwt_required()
def accept() -> Any:
    """Check the token, commit one row, enqueue the task that calls PortOne."""
    merchant_uid = request.get_json()["merchant_uid"]
    with parts.engine().begin() as connection:
        connection.execute(ACCEPT, {"merchant_uid": merchant_uid})
    verify.delay(merchant_uid)
    return {}, 202
