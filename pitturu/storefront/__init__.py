"""The shop's own pages: an empty shell from the server, rendered in the browser, which uses the public API."""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.storefront import assets, pages


def init_storefront(app: Flask, settings: Settings) -> None:
    """Serve the pages and their assets, unless the shop has a frontend of its own."""
    if settings.storefront == "on":
        app.register_blueprint(pages.blueprint)
        app.register_blueprint(assets.blueprint)
