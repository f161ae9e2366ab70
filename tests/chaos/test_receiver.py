"""The receiver of events: what it stores, and how it misbehaves."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from standardwebhooks import Webhook

from chaos.receiver import EVENTS, FAULTS, REFUSED, Receiver
from devstack.ports import free_port

SECRET = "whsec_cGl0dHVydS1jaGFvcy1yZWNlaXZlci1rZXk="


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[str]:
    """Its address."""
    (tmp_path / "secret").write_text(SECRET)
    port = free_port()
    with Receiver(port, tmp_path / "secret", tmp_path / "book") as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()


def deliver(receiver: str, name: str, secret: str = SECRET) -> int:
    """The status of the answer; 0 without one."""
    now, body = datetime.now(UTC), json.dumps({"id": name})
    signed = {"webhook-id": name, "webhook-timestamp": str(int(now.timestamp()))}
    signed["webhook-signature"] = Webhook(secret).sign(name, now, body)
    try:
        return requests.post(receiver + EVENTS, data=body, headers=signed, timeout=0.3).status_code
    except requests.RequestException:
        return 0


def stored(tmp_path: Path) -> list[tuple[str, bool]]:
    """The names of the stored deliveries, and whether their signature was ours."""
    lines = map(json.loads, (tmp_path / "book").read_text().splitlines())
    return [(line["event_id"], line["verified"]) for line in lines]


def test_what_arrives_is_stored_with_its_verdict(receiver: str, tmp_path: Path) -> None:
    assert [deliver(receiver, "evt1"), deliver(receiver, "evt2", "whsec_Zm9yZ2Vk")] == [200, 200]
    assert stored(tmp_path) == [("evt1", True), ("evt2", False)]


@pytest.mark.parametrize(
    ("fault", "status", "is_stored"),
    [
        *(("loses_request", 0, False), ("loses_answer", 0, True), ("hangs", 0, False), ("hangs_after", 0, True)),
        ("gone", 410, False),
    ],
)
def test_a_fault_concerns_one_delivery(receiver: str, tmp_path: Path, fault: str, status: int, is_stored: bool) -> None:
    requests.post(receiver + FAULTS, json={"faults": [fault], "faultless": False}, timeout=5)

    assert [deliver(receiver, "evt1"), deliver(receiver, "evt2")] == [status, 200]
    assert [name for name, _ in stored(tmp_path)] == (["evt1", "evt2"] if is_stored else ["evt2"])


def test_some_are_refused_until_the_faults_end(receiver: str) -> None:
    most = max(REFUSED)
    answers = [deliver(receiver, f"evt{number}") for number in range(most)]
    assert {status: answers.count(status) for status in REFUSED.values()} == {500: 1, 429: 1}

    requests.post(receiver + FAULTS, json={"faults": [], "faultless": True}, timeout=5)
    assert [deliver(receiver, f"evt{number}") for number in range(most)] == [200] * most
