"""A server with an untrusted certificate receives nothing."""

from pathlib import Path

import pytest
from requests import PreparedRequest
from requests.exceptions import ConnectionError as LostConnection

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import v1_envelope
from pitturu.portone.call import Call
from pitturu.portone.http_adapter import APPENDED_QUERY, Wire
from pitturu.portone.transport import Timeouts, Transport
from tests.untrusted_server import untrusted_server

PATIENT = Timeouts(connect=5.0, read=20.0, whole=20.0)


def test_an_untrusted_certificate_needs_an_operator(tmp_path: Path) -> None:
    move = Call("payments.cancel", "POST", "/payments/cancel", moves_money=True, body={"amount": 1})
    with untrusted_server(tmp_path) as (port, shown), pytest.raises(GatewayError) as caught:
        Transport(f"https://localhost:{port}", v1_envelope.read, pool_size=1).exchange(move, PATIENT, "Bearer tok")
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert "certificate" in caught.value.message
    assert shown == []


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_what_is_appended_to_an_address_arrives_over_tls(tmp_path: Path) -> None:
    request = PreparedRequest()
    with untrusted_server(tmp_path) as (port, shown):
        request.prepare("DELETE", f"https://localhost:{port}/vbanks/imp_1", {APPENDED_QUERY: "?pg_api_key=secret"})
        with pytest.raises(LostConnection) as caught:
            Wire(1).send(request, timeout=20, verify=False)
    assert shown[0].startswith(b"DELETE /vbanks/imp_1?pg_api_key=secret HTTP/1.1\r\n")
    assert b"Appended" not in shown[0]
    assert "secret" not in f"{caught.value} {caught.value!r} {request.url}"
