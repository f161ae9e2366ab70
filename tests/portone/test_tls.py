"""A server with an untrusted certificate receives nothing."""

from pathlib import Path

import jwt
import pytest
from requests import PreparedRequest
from requests.exceptions import ConnectionError as LostConnection

from pitturu.api.external_issuer import ExternalIssuer
from pitturu.api.problems import Unavailable
from pitturu.certificates import VARIABLES
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import Generation
from pitturu.portone import v1_envelope
from pitturu.portone.call import Call
from pitturu.portone.http_adapter import APPENDED_QUERY, Wire
from pitturu.portone.transport import Timeouts, Transport
from tests.untrusted_server import untrusted_server
from tests.values import settings_for

PATIENT = Timeouts(connect=5.0, read=20.0, whole=20.0)


def test_an_untrusted_certificate_needs_an_operator(tmp_path: Path) -> None:
    move = Call("payments.cancel", "POST", "/payments/cancel", moves_money=True, body={"amount": 1})
    with untrusted_server(tmp_path) as (port, shown), pytest.raises(GatewayError) as caught:
        Transport(f"https://localhost:{port}", v1_envelope.read, Generation.V1, pool_size=1).exchange(
            move, PATIENT, "Bearer tok"
        )
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert "certificate" in caught.value.message
    assert shown == []


@pytest.mark.parametrize("name", VARIABLES)
def test_a_network_may_have_an_authority_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in VARIABLES:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, str(tmp_path / "certificate.pem"))
    call = Call("payments.findAll", "GET", "/payments")
    with untrusted_server(tmp_path) as (port, shown), pytest.raises(GatewayError):
        Transport(f"https://localhost:{port}", v1_envelope.read, Generation.V1, pool_size=1).exchange(call, PATIENT)
    assert shown[0].startswith(b"GET /payments HTTP/1.1\r\n"), "the server hangs up, but it was trusted"


@pytest.mark.parametrize("trusted", [True, False])
def test_keys_of_an_outside_issuer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    token = jwt.encode({"iss": "https://issuer.example"}, "k" * 32, headers={"kid": "1"})
    with untrusted_server(tmp_path) as (port, shown):
        if trusted:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        issuer = ExternalIssuer(
            settings_for(
                external_jwt_issuer="https://issuer.example", external_jwt_jwks_url=f"https://localhost:{port}/keys"
            )
        )
        with pytest.raises(Unavailable):
            issuer.read(token)
    assert [line.startswith(b"GET /keys ") for line in shown] == ([True] if trusted else [])


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
