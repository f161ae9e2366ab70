"""The simulator of this folder's neighbours, played through V2."""

from collections.abc import Iterator

import pytest

from pitturu.simulator import Running
from tests.simulator.v2.desk import OLD, Letterbox, V2Desk, open_letterbox


@pytest.fixture
def desk(running: Running) -> V2Desk:
    return V2Desk(running)


@pytest.fixture
def letterbox(desk: V2Desk) -> Iterator[Letterbox]:
    """A letterbox whose address is PortOne's webhook address."""
    with open_letterbox() as opened:
        desk.settings(webhook_url=opened.url, v2_webhook_secrets=OLD)
        yield opened
        desk.running.wait_for_webhooks()
