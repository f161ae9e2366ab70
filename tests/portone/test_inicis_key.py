"""The key of KG Inicis: what its refusal means, and that it reaches PortOne and nothing else."""

import logging
import socket
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import ProviderStatus
from pitturu.portone import v1_calls
from pitturu.portone.v1 import V1Gateway
from tests.fake_portone import PortOne
from tests.portone.builders import payment_object, token_object
from tests.portone.conftest import Opener
from tests.portone.faulty_server import FaultyServer, Peer, envelope, http
from tests.portone.generations import PG, Buyer, ref, refusal
from tests.portone.test_v1_calls import IMP_UID, REF, gateway_at

SECRET = "k+/="
"""What `gateway_at` gives to the gateway."""
SHAPES = (SECRET, quote(SECRET, safe=""))


@pytest.fixture
def buyer(fresh_portone: PortOne) -> Buyer:
    return Buyer(fresh_portone, "v1")


@pytest.mark.parametrize(("key", "words"), [("", "PORTONE_INICIS_API_KEY is not set"), ("wrong", "does not accept")])
def test_a_missing_or_wrong_key_needs_an_operator(opener: Opener, buyer: Buyer, key: str, words: str) -> None:
    name = buyer.takes_an_account()
    error = refusal(lambda: opener(inicis_api_key=key).revoke(ref(name), PG))
    assert error.reaction is Reaction.CALL_HUMAN
    assert "hashData 불일치" in error.message
    assert words in error.message
    assert error.message.endswith("replaying.")
    assert opener().revoke(ref(name), PG).status is ProviderStatus.CANCELLED


@pytest.mark.parametrize("key", ["", "any"])
def test_other_pgs_need_none(opener: Opener, buyer: Buyer, key: str) -> None:
    name = buyer.takes_an_account(pg="tosspayments")
    assert opener(inicis_api_key=key).revoke(ref(name), "tosspayments").status is ProviderStatus.CANCELLED


def test_what_is_refused_for_another_reason_is_not_about_the_key(opener: Opener, buyer: Buyer) -> None:
    name = buyer.deposits()
    error = refusal(lambda: opener(inicis_api_key="").revoke(ref(name), PG))
    assert (error.reaction, "KEY" in error.message) == (Reaction.STOP, False)


def reset(peer: Peer) -> None:
    peer.reset()


def silence(peer: Peer) -> None:
    peer.closing.wait()


def nonsense(peer: Peer) -> None:
    peer.send(b"nonsense\r\n\r\n")


def headers_that_cannot_be_read(peer: Peer) -> None:
    peer.send(http(b"{}", 200, "no header at all", " : ", "X"))


def cut_off(peer: Peer) -> None:
    peer.send(http(b"{", length=100))
    peer.sock.shutdown(socket.SHUT_RDWR)


def failure(peer: Peer) -> None:
    peer.send(http(peer.request.target.encode(), 500))


def no_json(peer: Peer) -> None:
    peer.send(http(peer.request.target.encode()))


def echo(peer: Peer) -> None:
    peer.send(envelope(None, -1, f"pg_api_key {SECRET} hashData 불일치"))


def echo_at_the_end(peer: Peer) -> None:
    peer.send(envelope(None, -1, "x" * (500 - 2) + SECRET))


def success(peer: Peer) -> None:
    peer.send(envelope(payment_object()))


BEHAVIOURS = (reset, silence, nonsense, headers_that_cannot_be_read, cut_off, failure, no_json)
BEHAVIOURS += (echo, echo_at_the_end, success)


def with_a_token(behave: Callable[[Peer], None]) -> Callable[[Peer], None]:
    """This behaviour for all but the token."""

    def answer(peer: Peer) -> None:
        if peer.request.target.endswith("/getToken"):
            peer.send(envelope(token_object()))
        else:
            behave(peer)

    return answer


def withdrawn(gateway: V1Gateway) -> list[str]:
    """Everything that the outcome of a withdrawal can print: of the error too, and of all that led to it."""
    try:
        return [repr(gateway.revoke(REF, PG))]
    except GatewayError as error:
        chain: list[BaseException] = [error]
        while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
            chain.append(before)
        return [error.message, "".join(traceback.format_exception(error)), *(f"{one} {one!r}" for one in chain)]


@pytest.mark.parametrize("behave", BEHAVIOURS, ids=lambda behave: behave.__name__)
def test_the_key_reaches_portone_and_nothing_else(
    caplog: pytest.LogCaptureFixture, behave: Callable[[Peer], None]
) -> None:
    """Neither in our log nor in urllib3's, at the lowest level; nor in what an error says, shows or hides."""
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "pitturu.portone.transport"):
        caplog.set_level(logging.DEBUG, name)
    with FaultyServer(with_a_token(behave)) as server:
        shown = withdrawn(gateway_at(server.url, read_timeout=0.5))
        assert server.requests[-1].target == f"/vbanks/{IMP_UID}?pg_api_key={SHAPES[1]}"
        assert not any("appended" in name for name in server.requests[-1].headers)
    logged = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("vbanks.revoke" in line for line in logged)
    assert any("urllib3" in line for line in logged)
    assert [text for text in (*shown, *logged) if any(shape in text for shape in SHAPES)] == []


def test_the_key_is_not_in_errors_of_unsent_calls(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "urllib3")
    with FaultyServer(with_a_token(success)) as server:
        gateway = gateway_at(server.url)
        gateway.payment(REF)
    shown = withdrawn(gateway)
    assert "cannot be reached" in shown[0]
    assert [text for text in (*shown, caplog.text) if any(shape in text for shape in SHAPES)] == []


def test_a_call_does_not_show_what_it_carries() -> None:
    call = v1_calls.revoke(IMP_UID, SECRET)
    assert call.secret_query == {"pg_api_key": SECRET}
    assert SECRET not in f"{call} {call!r}"


def test_the_next_call_over_the_same_connection_has_no_key() -> None:
    with FaultyServer(with_a_token(success)) as server:
        gateway = gateway_at(server.url)
        gateway.revoke(REF, PG)
        gateway.payment(REF)
        assert server.requests[-1].target == f"/payments/{IMP_UID}?include_sandbox=true"
        assert server.connections == 1
