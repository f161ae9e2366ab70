"""A straightforward implementation: one Celery task per payment, which queries PortOne and stores the result.

`python -m benchmarks.bare_tasks FIRST COUNT` sends that many of them.
"""

import os
import sys
import threading
from typing import Any

import requests
from celery import Celery
from requests.adapters import HTTPAdapter
from sqlalchemy import Engine, create_engine, text

from benchmarks.filling import order

celery = Celery("bare", broker=os.environ["REDIS_URL"])
celery.conf.update(
    task_ignore_result=True, task_default_queue="bare", broker_transport_options={"global_keyprefix": "bare:"}
)

PORTONE = os.environ["PORTONE_BASE_URL"]
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


@celery.task(name="bare.verify")
def verify(merchant_uid: str) -> None:
    """One call, one commit."""
    found = payment(merchant_uid)
    if found["status"] == "paid":
        with parts.engine().begin() as connection:
            connection.execute(PAY, {name: found[name] for name in ("imp_uid", "merchant_uid", "amount")})


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for number in range(first, first + count):
        verify.delay(order(number))
