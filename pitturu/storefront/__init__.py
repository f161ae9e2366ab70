"""The shop's own pages: a shell from the server with what the page shows first, rendered in the browser, which uses the
public API."""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.storefront import assets, error_pages, pages


def init_storefront(app: Flask, settings: Settings) -> None:
    """Serve the pages and their assets: all of them, or those of operators for a shop with a frontend of its own."""
    if settings.storefront == "off":
        return
    app.register_blueprint(pages.shop if settings.storefront == "on" else pages.only_console)
    app.register_blueprint(pages.operators)
    app.register_blueprint(assets.blueprint)
    app.after_request(error_pages.as_page)
