"""Gateways to a simulated PortOne that is empty for every test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pitturu.domain.provider import Gateway
from pitturu.portone.tokens import Tokens
from pitturu.portone.v1 import V1Gateway
from tests.fake_portone import PortOne
from tests.portone.generations import LIMITS, Buyer, Maker, makers, opened
from tests.portone.token_issuer import TokenIssuer
from tests.values import INICIS_KEY, KEY, SECRET

Opener = Callable[..., V1Gateway]


@pytest.fixture
def fresh_portone(portone: PortOne) -> PortOne:
    """A PortOne that remembers nothing, not even its token."""
    portone.wipe()
    return portone


@pytest.fixture
def opener(fresh_portone: PortOne) -> Iterator[Opener]:
    """Opens gateways as a process of its own would; keywords replace what `V1Gateway` is given."""
    opened: list[V1Gateway] = []

    def open_gateway(secret: str = SECRET, **changes: bool | str) -> V1Gateway:
        options: dict[str, Any] = {"pool_size": 50, "sandbox": True, "inicis_api_key": INICIS_KEY} | changes
        opened.append(V1Gateway(fresh_portone.url, KEY, secret, LIMITS["timeouts"], **options))
        return opened[-1]

    yield open_gateway
    for gateway in opened:
        gateway.close()


@pytest.fixture(params=["v1", "v2"])
def generation(request: pytest.FixtureRequest) -> str:
    """Each of PortOne's APIs: what a test asks of `make`, `gateway` and `buyer`, it asks of both."""
    return str(request.param)


@pytest.fixture
def make(generation: str, fresh_portone: PortOne) -> Iterator[Maker]:
    """Opens gateways of this generation."""
    yield from opened(makers(fresh_portone)[generation])


@pytest.fixture
def gateway(make: Maker) -> Gateway:
    """A gateway of a test installation."""
    return make()


@pytest.fixture
def buyer(fresh_portone: PortOne, generation: str) -> Buyer:
    """A buyer who pays through this generation."""
    return Buyer(fresh_portone, generation)


@pytest.fixture
def issuer() -> TokenIssuer:
    """PortOne's token endpoint."""
    return TokenIssuer()


@pytest.fixture
def tokens(issuer: TokenIssuer) -> Tokens:
    """The tokens of one process."""
    return issuer.client()
