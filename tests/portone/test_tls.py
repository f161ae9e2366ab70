"""An address whose certificate nobody vouches for gets nothing from us."""

from pathlib import Path

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import v1_envelope
from pitturu.portone.call import Call
from pitturu.portone.transport import Timeouts, Transport
from tests.impostor import impostor

PATIENT = Timeouts(connect=5.0, read=20.0, whole=20.0)


def test_a_certificate_that_nobody_vouches_for_is_for_a_human(tmp_path: Path) -> None:
    move = Call("payments.cancel", "POST", "/payments/cancel", moves_money=True, body={"amount": 1})
    with impostor(tmp_path) as (port, told), pytest.raises(GatewayError) as caught:
        Transport(f"https://localhost:{port}", v1_envelope.read, pool_size=1).exchange(move, PATIENT, "Bearer tok")
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert "certificate" in caught.value.words
    assert told == []
