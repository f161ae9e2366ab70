"""The database goes away in the middle of a request that reads: the client is asked to try again."""

from typing import Any

import psycopg
from sqlalchemy import event

from pitturu.extensions import db
from tests.shop import Shop


def test_whichever_statement_it_is_the_answer_is_503_and_the_next_one_is_complete(
    shop: Shop, postgres_url: str
) -> None:
    session = shop.paid()
    path, headers = f"/api/v1/payments/{session['payment_id']}", shop.login()
    with shop.app.app_context():
        engine = db.engine
    sent, killed_at = 0, 0

    def kill(connection: Any, *_: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == killed_at:
            with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(%s)", [connection.connection.dbapi_connection.info.backend_pid]
                )

    event.listen(engine, "before_cursor_execute", kill)
    try:
        assert shop.client.get(path, headers=headers).status_code == 200
        for killed_at in range(1, sent + 1):
            sent = 0
            answer = shop.client.get(path, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (503, "database_away"), killed_at
            assert shop.client.get(path, headers=headers).json["lines"], killed_at
    finally:
        event.remove(engine, "before_cursor_execute", kill)
