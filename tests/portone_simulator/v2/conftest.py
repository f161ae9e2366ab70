"""The simulator of this folder's neighbours, played through V2."""

from collections.abc import Iterator

import pytest
from portone_server_sdk import PaymentClient

from portone_simulator import Running
from tests.portone_simulator.v2.clients import OLD, STORE, V2_SECRET, Letterbox, V2Desk, open_letterbox


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


@pytest.fixture(scope="module")
def any_client(running: Running) -> PaymentClient:
    """Made once: it reads the certificates of all authorities for each of its parts."""
    return PaymentClient(secret=V2_SECRET, base_url=f"{running.url}/v2", store_id=STORE)


@pytest.fixture
def client(desk: V2Desk, any_client: PaymentClient) -> PaymentClient:
    """The client, of a PortOne that remembers nothing."""
    return any_client
