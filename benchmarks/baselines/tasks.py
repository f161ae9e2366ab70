"""A straightforward implementation: one Celery task per payment, which queries PortOne and stores the result.

`python -m benchmarks.baselines.tasks verify|verify_v2 FIRST COUNT` sends that many of them.
"""

import os
import sys
import threading
from typing import Any

import requests
from celery import Celery
from requests.adapters import HTTPAdapter
from sqlalchemy import Engine, create_engine, text

celery = Celery("bare", broker=os.environ["REDIS_URL"])
celery.conf.update(
    task_ignore_result=True, task_default_queue="bare", broker_transport_options={"global_keyprefix": "bare:"}
)

PORTONE, PORTONE_V2 = os.environ["PORTONE_BASE_URL"], os.environ["PORTONE_V2_BASE_URL"]
SECRET = {"Authorization": f"PortOne {os.environ['PORTONE_V2_API_SECRET']}"}
PAY = text(
    "UPDATE bare_orders SET status = 'paid', imp_uid = :imp_uid, paid_at = clock_timestamp()"
    " WHERE merchant_uid = :merchant_uid AND amount = :amount AND status = 'ready'"
)


class Parts:
    """Created on first use, after any fork: the database pool, and PortOne's session with its token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._portone: requests.Session | None = None

    def engine(self) -> Engine:
        """The same number of connections as ours."""
        with self._lock:
            if self._engine is None:
                url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
                self._engine = create_engine(url, pool_size=int(os.environ.get("DATABASE_POOL", "20")), max_overflow=0)
            return self._engine

    def portone(self) -> requests.Session:
        """Kept-alive connections for the maximum number of threads, and one token for all of them."""
        with self._lock:
            if self._portone is None:
                session = requests.Session()
                session.trust_env = False
                session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=400))
                keys = {"imp_key": os.environ["PORTONE_API_KEY"], "imp_secret": os.environ["PORTONE_API_SECRET"]}
                answer = session.post(f"{PORTONE}/users/getToken", json=keys, timeout=30).json()
                session.headers["Authorization"] = answer["response"]["access_token"]
                self._portone = session
            return self._portone


parts = Parts()


def payment(merchant_uid: str) -> dict[str, Any]:
    """PortOne's payment of this order."""
    answer = parts.portone().get(f"{PORTONE}/payments/find/{merchant_uid}", timeout=30)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()["response"]
    return found


def payment_v2(payment_id: str) -> dict[str, Any]:
    """The same of V2, in the words of V1."""
    answer = parts.portone().get(f"{PORTONE_V2}/payments/{payment_id}", headers=SECRET, timeout=30)
    answer.raise_for_status()
    found = answer.json()
    names = {"merchant_uid": found["id"], "imp_uid": found["transactionId"], "amount": found["amount"]["total"]}
    return names | {"status": found["status"].lower()}


@celery.task(name="bare.verify")
def verify(merchant_uid: str) -> None:
    """One call, one commit."""
    store(payment(merchant_uid))


@celery.task(name="bare.verify_v2")
def verify_v2(payment_id: str) -> None:
    """The same of V2."""
    store(payment_v2(payment_id))


def store(found: dict[str, Any]) -> None:
    """Commit that the order is paid."""
    if found["status"] == "paid":
        with parts.engine().begin() as connection:
            connection.execute(PAY, {name: found[name] for name in ("imp_uid", "merchant_uid", "amount")})


if __name__ == "__main__":
    task = {"verify": verify, "verify_v2": verify_v2}[sys.argv[1]]
    first, count = int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, first + count):
        task.delay(f"ord{number:026d}")
