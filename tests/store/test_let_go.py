"""The end of a request gives the connection back, whatever became of it."""

import psycopg
from flask import Flask
from sqlalchemy import text

from pitturu.extensions import db


def test_a_connection_that_died_after_the_work_spoils_nothing(app: Flask, postgres_url: str) -> None:
    with app.app_context():
        backend = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(postgres_url) as killer:
            assert killer.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).fetchone() == (True,)

    with app.app_context():
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != backend
