"""The usual alternative: PortOne's client for Python, called inside the request.

Served as `benchmarks.baselines.synchronous:app`.
"""

import os
from typing import Any

from flask import Flask, request
from flask_jwt_extended import JWTManager, jwt_required
from iamport import Iamport
from requests.adapters import HTTPAdapter
from sqlalchemy import text

from benchmarks.baselines.tasks import PAY, parts

READ = text("SELECT amount FROM bare_orders WHERE merchant_uid = :merchant_uid")

app = Flask("synchronous")
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
app.config["JWT_DECODE_ISSUER"] = "pitturu"
JWTManager(app)

keys = os.environ["PORTONE_API_KEY"], os.environ["PORTONE_API_SECRET"]
portone = Iamport(*keys, imp_url=f"{os.environ['PORTONE_BASE_URL']}/")
# Its default is ten connections for all threads.
portone.requests_session.mount("http://", HTTPAdapter(pool_maxsize=int(os.environ["VIEW_THREADS"])))


@app.get("/healthz")
def alive() -> Any:
    """For the readiness check."""
    return {}


@app.post("/verify")
@jwt_required()
def verify() -> Any:
    """Query PortOne while the buyer waits, compare the amount, store the result."""
    order = {"merchant_uid": request.get_json()["merchant_uid"]}
    payment = portone.find(**order)
    with parts.engine().begin() as connection:
        amount = connection.execute(READ, order).scalar_one()
        if payment["status"] != "paid" or payment["amount"] != amount:
            return {"status": "failed"}, 409
        connection.execute(PAY, order | {"imp_uid": payment["imp_uid"], "amount": amount})
    return {"status": "paid"}
