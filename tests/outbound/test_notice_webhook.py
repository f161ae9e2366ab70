"""Notices by webhook: what each answer of the shop's sender means, and where nothing is ever posted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from pitturu.config.settings import Settings
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound import notice_webhook
from pitturu.outbound.message import Message
from pitturu.store.outbound import Channel
from tests.outbound.notices import SECRET
from tests.portone.faulty_server import FaultyServer, http, says
from tests.values import V2_WEBHOOK_SECRET, settings_for

MESSAGE = Message("msg1", Channel.WEBHOOK, datetime(2026, 12, 1, tzinfo=UTC), "", {"id": "msg1", "data": {"a": "가"}})


def using(server: FaultyServer, **changes: object) -> Settings:
    url = f"{server.url}/notices"
    return settings_for(notice_webhook_url=url, notice_webhook_secrets=(SECRET, V2_WEBHOOK_SECRET), **changes)


@pytest.mark.parametrize(
    ("status", "reaction"),
    [
        (302, Reaction.TRY_AGAIN),
        (400, Reaction.STOP),
        (401, Reaction.CALL_HUMAN),
        (404, Reaction.CALL_HUMAN),
        (410, Reaction.STOP),
        (422, Reaction.STOP),
        (429, Reaction.TRY_AGAIN),
        (503, Reaction.TRY_AGAIN),
    ],
)
def test_refusals(system: FaultyServer, status: int, reaction: Reaction) -> None:
    system.behaviour = says(http(b"", status, "Retry-After: 60", "Location: /elsewhere"))
    with pytest.raises(GatewayError) as caught:
        notice_webhook.send(using(system), MESSAGE)
    assert (caught.value.reaction, caught.value.retry_after) == (reaction, timedelta(minutes=1))
    assert len(system.requests) == 1, "no redirect is followed"


def test_it_is_signed_with_every_secret(system: FaultyServer) -> None:
    system.behaviour = says(http(b"", 204))
    assert notice_webhook.send(using(system), MESSAGE) == "HTTP 204"
    (request,) = system.requests
    for secret in (SECRET, V2_WEBHOOK_SECRET):
        assert Webhook(secret).verify(request.body, request.headers) == MESSAGE.content
    assert request.headers["webhook-id"] == "msg1"


def test_production_posts_to_public_addresses_only(system: FaultyServer) -> None:
    """A setting that leads into our own network is a mistake, or somebody else's."""
    guarded = replace(using(system), pitturu_env="production")
    for call in (lambda: notice_webhook.send(guarded, MESSAGE), lambda: notice_webhook.check(guarded)):
        with pytest.raises(GatewayError, match="not public"):
            call()
    assert (system.requests, system.connections) == ([], 0)
