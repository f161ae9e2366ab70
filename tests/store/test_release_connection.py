"""At the end of a request its connection returns to the pool, also if it is dead."""

import psycopg
from flask import Flask
from sqlalchemy import text

from pitturu.extensions import db


def test_a_connection_that_died_after_the_work_causes_no_error(app: Flask, postgres_url: str) -> None:
    with app.app_context():
        backend = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(postgres_url) as killer:
            assert killer.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).fetchone() == (True,)

    with app.app_context():
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != backend
