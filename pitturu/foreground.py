"""What answers people and other programs: HTTP and the command line. The web and commands have it; a worker and beat do
not even import it, which is a quarter of their start."""

from flask import Flask

from pitturu.api import authentication, init_api
from pitturu.api.contract import Contract
from pitturu.api.exports import Exports
from pitturu.api.external_issuer import ExternalIssuer
from pitturu.api.long_poll import LongPolls
from pitturu.api.page_data import page_data
from pitturu.api.rate_limits import RateLimits
from pitturu.cli.commands import init_cli
from pitturu.config.settings import Settings
from pitturu.monitoring import metrics
from pitturu.monitoring.endpoints import init_monitoring
from pitturu.services import WEB_KEY, WebServices, services_of
from pitturu.storefront import init_storefront


def init_foreground(app: Flask, settings: Settings) -> None:
    """Register every endpoint and every command, and the services of requests; none of these connects yet."""
    app.extensions[WEB_KEY] = WebServices(
        external_issuer=ExternalIssuer(settings),
        check_token=authentication.remembering_check(),
        rate_limits=RateLimits(settings),
        long_polls=LongPolls(settings.redis_url, settings.web_connections // 2, services_of(app).stopping),
        exports=Exports(),
        api=Contract(app),
        page_data=page_data,
        metrics=metrics.registry(),
    )
    init_monitoring(app)
    init_api(app, settings)
    init_storefront(app, settings)
    init_cli(app)
