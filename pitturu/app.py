"""Assembles the application's parts; `pitturu.create_app` is the public function."""

from functools import partial
from threading import Event

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from redis import Redis

from pitturu import logs
from pitturu.config.settings import Settings
from pitturu.domain.provider import Generation
from pitturu.extensions import db, offer_migrations
from pitturu.monitoring import destinations, error_counter
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.portone.transport import Timeouts
from pitturu.portone.v1 import V1Gateway
from pitturu.portone.v2 import V2Gateway
from pitturu.redis_client import RETRY_ONCE, connect
from pitturu.services import KEY, Services
from pitturu.store import autocommit, bulk_update, encryption, engines, read_only, replica, tables
from pitturu.store.errors import hide_rows
from pitturu.store.unit_of_work import release_connection
from pitturu.worker.publisher import RedisPublisher
from pitturu.worker.runtime import WorkerRuntime
from pitturu.worker.tasks import make_celery


def assemble(settings: Settings, registry: HandlerRegistry, background: bool) -> Flask:
    """Create the Flask app with every part registered; in the background, without HTTP and without commands."""
    logs.configure(settings)
    app = Flask("pitturu", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_body,
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=engines.options(settings),
    )
    app.session_interface = _NoCookies()
    tables.import_all()
    db.init_app(app)
    with app.app_context():
        hide_rows(db.engine)
        read_only.listen(db.engine)
        if settings.database_pooler == "transaction":
            engines.warn_without_timeouts(db.engine)
    bulk_update.listen()
    # Registered after `db`'s own teardown, so that it runs before it.
    app.teardown_appcontext(release_connection)
    offer_migrations(app)
    app.extensions[KEY] = _services(app, settings, registry)
    destinations.install(app, settings)
    error_counter.count_errors()
    if not background:
        from pitturu.foreground import init_foreground

        init_foreground(app, settings)
    return app


def _services(app: Flask, settings: Settings, registry: HandlerRegistry) -> Services:
    """Every part that others use; none of them connects yet."""
    redis = _redis(settings)
    runtime = WorkerRuntime(app, settings, registry.handlers)
    celery = make_celery(runtime, settings)
    app.extensions["celery"] = celery  # The key that Celery's documentation of Flask uses.
    return Services(
        settings=settings,
        registry=registry,
        redis=redis,
        celery=celery,
        publisher=RedisPublisher(celery, redis),
        runtime=runtime,
        autocommit=autocommit.make_engine(settings),
        cipher=encryption.make_cipher(settings),
        replica=replica.make_replica(settings),
        open_gateway=partial(open_gateway, settings),
        stopping=Event(),
    )


class _NoCookies(SessionInterface):
    """Flask's session is not used, so no request spends time on it."""

    def open_session(self, app: Flask, request: Request) -> None:
        """There is no session."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to save."""


def _redis(settings: Settings) -> Redis:
    """For limits and wake-ups: short timeouts, because the system works without Redis."""
    return connect(
        settings.redis_url,
        socket_connect_timeout=0.5,
        socket_timeout=2,
        health_check_interval=25,
        retry=RETRY_ONCE,
    )


def open_gateway(settings: Settings, generation: Generation) -> V1Gateway | V2Gateway:
    """A gateway to PortOne with connections of its own."""
    spans = settings.portone_connect_timeout, settings.portone_read_timeout, settings.longest_call
    timeouts, pool_size = Timeouts(*(span.total_seconds() for span in spans)), settings.portone_concurrency
    if generation is Generation.V2:
        keys = settings.portone_v2_base_url, settings.portone_v2_api_secret, settings.portone_v2_store_id
        return V2Gateway(*keys, timeouts, pool_size=pool_size)
    return V1Gateway(
        settings.portone_base_url,
        settings.portone_api_key,
        settings.portone_api_secret,
        timeouts,
        pool_size=pool_size,
        sandbox=settings.portone_environment == "test",
        inicis_api_key=settings.portone_inicis_api_key,
    )
