"""The simulator of the parent directory, used through V2."""

from collections.abc import Iterator
from typing import Any

import pytest

from portone_simulator import Running
from tests.portone_simulator.v2.clients import OLD, STORE, V2_SECRET, V2SimulatorClient, WebhookReceiver, open_receiver


@pytest.fixture
def simulator(running: Running) -> V2SimulatorClient:
    return V2SimulatorClient(running)


@pytest.fixture
def receiver(simulator: V2SimulatorClient) -> Iterator[WebhookReceiver]:
    """A receiver whose address is PortOne's webhook URL."""
    with open_receiver() as opened:
        simulator.settings(webhook_url=opened.url, v2_webhook_secrets=OLD)
        yield opened
        simulator.running.wait_for_webhooks()


@pytest.fixture(scope="session")
def sdk() -> Any:
    """PortOne's SDK. Every process of the tests collects these files, but only one runs them; importing its thousand
    modules takes a second."""
    import portone_server_sdk
    import portone_server_sdk.auth

    return portone_server_sdk


@pytest.fixture(scope="module")
def any_client(running: Running, sdk: Any) -> Any:
    """Made once: it reads the certificates of all authorities for each of its parts."""
    return sdk.PaymentClient(secret=V2_SECRET, base_url=f"{running.url}/v2", store_id=STORE)


@pytest.fixture
def client(simulator: V2SimulatorClient, any_client: Any) -> Any:
    """The client, with an empty simulator."""
    return any_client
