"""Requests are repeated where that is safe, and nothing is done twice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pitturu_client import (
    Buyer,
    CartLine,
    NotAuthenticated,
    NotFound,
    NotReached,
    Pitturu,
    ServerError,
    TooManyRequests,
    UnexpectedAnswer,
)

from tests.clients.python.conftest import Served
from tests.portone.faulty_server import Behaviour, FaultyServer, Peer, http, says
from tests.shop import Shop

HANA = Buyer("김하나", "hana@example.org", "010-1234-5678")


def test_a_lost_answer_opens_one_session(pitturu: Pitturu, served: Served, shop: Shop) -> None:
    item = shop.item(stock=10)
    served.lose = 2
    session = pitturu.sessions.create(items=[CartLine(3, item)], buyer=HANA)

    assert len(served.requests) == 3
    assert len(set(served.requests)) == 1, "the same key each time"
    assert shop.stock(item) == 7
    assert pitturu.sessions.get(session.session_id) == session


def test_when_no_answer_comes_the_shop_may_repeat_it(pitturu: Pitturu, served: Served, shop: Shop) -> None:
    item = shop.item(stock=10)
    served.lose = 4
    with pytest.raises(NotReached) as lost:
        pitturu.sessions.create(items=[CartLine(1, item)], buyer=HANA, idempotency_key="order-7")

    assert lost.value.idempotency_key == "order-7"
    pitturu.sessions.create(items=[CartLine(1, item)], buyer=HANA, idempotency_key="order-7")
    assert shop.stock(item) == 9


def test_each_call_has_a_key_of_its_own(pitturu: Pitturu, served: Served, shop: Shop) -> None:
    payment_id = shop.paid(quantity=3)["payment_id"]
    for _ in range(2):
        pitturu.payments.cancel(payment_id, reason="하나만", quantity=1)

    assert len(set(served.requests)) == 2
    assert len(pitturu.payments.get(payment_id).cancellations) == 2


def test_nobody_is_there() -> None:
    with pytest.raises(NotReached):
        Pitturu("http://127.0.0.1:1", retries=0).items.list()


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One behaviour a request; the last one from then on."""
    left = list(behaviours)
    return lambda peer: (left.pop(0) if len(left) > 1 else left[0])(peer)


NONE_FOR_SALE = says(http(b'{"items": [], "next": null}'))


def refuses(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    return says(http(body, status, *headers))


@pytest.mark.parametrize("first", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_a_proxy_without_a_server_behind_it(quick: Callable[[Behaviour], Pitturu], first: str) -> None:
    assert quick(in_turn(refuses(first, b"<html>"), NONE_FOR_SALE)).items.list() == []


def test_a_proxy_that_stays_without_a_server(quick: Callable[[Behaviour], Pitturu]) -> None:
    with pytest.raises(ServerError, match="502"):
        quick(refuses("502 Bad Gateway", b"<html>")).items.list()


def test_a_connection_that_breaks(quick: Callable[[Behaviour], Pitturu]) -> None:
    def cut(peer: Peer) -> None:
        peer.send(http(b"{}")[:-1])
        peer.reset()

    assert quick(in_turn(Peer.reset, cut, NONE_FOR_SALE)).items.list() == []


LIMITED = b'{"code": "too_many_requests", "detail": "More than 10 per minute."}'


def test_a_limit_is_waited_for(quick: Callable[[Behaviour], Pitturu]) -> None:
    limit = refuses("429 Too Many Requests", LIMITED, "Retry-After: 1")

    assert quick(in_turn(limit, NONE_FOR_SALE)).items.list() == []


def test_a_long_limit_is_not_waited_for(quick: Callable[[Behaviour], Pitturu]) -> None:
    with pytest.raises(TooManyRequests) as limited:
        quick(refuses("429 Too Many Requests", LIMITED, "Retry-After: 3600")).items.list()
    assert limited.value.retry_after == 3600


@pytest.mark.parametrize(
    ("status", "body"),
    [("200 OK", b"<html>"), ("200 OK", b'{"items": 7}'), ("404 Not Found", b"<html>"), ("403 Forbidden", b"[]")],
)
def test_an_answer_that_is_not_of_pitturu(quick: Callable[[Behaviour], Pitturu], status: str, body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        quick(refuses(status, body)).items.list()


def test_no_credential_follows_a_redirect() -> None:
    with FaultyServer(NONE_FOR_SALE) as thief:
        redirect = refuses("307 Temporary Redirect", b"", f"Location: {thief.url}/")
        with FaultyServer(redirect) as moved, pytest.raises(UnexpectedAnswer):
            Pitturu(moved.url, token="secret", retries=0).items.list()
        assert thief.requests == []


def test_a_netrc_replaces_no_credential(
    pitturu: Pitturu, shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session = shop.open()

    assert pitturu.sessions.get(session["session_id"]).session_id == session["session_id"]


def test_tokens_may_be_fetched_for_each_request(served: Served, shop: Shop) -> None:
    tokens = iter(["spent", shop.login()["Authorization"].removeprefix("Bearer ")])
    client = Pitturu(served.url, token=lambda: next(tokens))
    session = shop.open()

    with pytest.raises(NotAuthenticated):
        client.sessions.get(session["session_id"])
    assert client.sessions.get(session["session_id"]).status == "prepared"
    client.close()


def test_ids_of_others_reach_no_other_path(pitturu: Pitturu, served: Served) -> None:
    with pytest.raises(NotFound):
        pitturu.payments.get("../me")


def test_an_odd_address() -> None:
    for address in ("pay.shop.example", "ftp://pay.shop.example", "https://pay.shop.example?x=1"):
        with pytest.raises(ValueError, match=r"https://pay\.shop\.example"):
            Pitturu(address)
    with pytest.raises(ValueError, match="either"):
        Pitturu("https://pay.shop.example", api_key="sk_1", token="t")
