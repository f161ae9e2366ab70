"""An address whose certificate nobody vouches for gets nothing from us."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import v1_envelope
from pitturu.portone.call import Call
from pitturu.portone.transport import Timeouts, Transport

PATIENT = Timeouts(connect=5.0, read=20.0, whole=20.0)


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """An HTTPS server with a certificate of its own making: its URL, and what it was told."""
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    make = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as sock:
                told.append(sock.recv(65536))

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield f"https://localhost:{listener.getsockname()[1]}", told
        serving.join(20)


def test_a_certificate_that_nobody_vouches_for_is_for_a_human(impostor: tuple[str, list[bytes]]) -> None:
    url, told = impostor
    move = Call("payments.cancel", "POST", "/payments/cancel", moves_money=True, body={"amount": 1})
    with pytest.raises(GatewayError) as caught:
        Transport(url, v1_envelope.read, pool_size=1).exchange(move, PATIENT, "Bearer tok")
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert "certificate" in caught.value.words
    assert told == []
