"""What would change for a shop that moves to V2 is read from its own settings and sessions."""

from dataclasses import replace

import pytest

from pitturu.cli import v2_migration
from pitturu.config.settings import Settings
from tests.shop import Shop

NO_V2 = {
    "portone_v2_api_secret": "",
    "portone_v2_store_id": "",
    "portone_v2_channel_key": "",
    "portone_v2_webhook_secrets": (),
}

pytestmark = pytest.mark.usefixtures("tables")


def changes(settings: Settings) -> dict[str, v2_migration.Change]:
    """The report by what changes; of several with one name the last."""
    return {change.what: change for change in v2_migration.report(settings)}


def test_a_shop_that_has_only_v1_learns_what_it_needs(settings: Settings) -> None:
    todo = "\n".join(change.todo for change in v2_migration.report(replace(settings, **NO_V2)))

    for name in ("PORTONE_V2_API_SECRET", "PORTONE_V2_STORE_ID", "PORTONE_V2_WEBHOOK_SECRETS", "PORTONE_V2_CHANNELS"):
        assert name in todo
    assert "PORTONE_GENERATION" in changes(settings)


def test_a_shop_that_is_ready_has_one_switch_left(settings: Settings) -> None:
    assert "setting" not in changes(settings)
    assert changes(settings)["PORTONE_GENERATION"].then == "v2"


def test_each_method_shows_its_channels(settings: Settings) -> None:
    shop = replace(
        settings,
        **NO_V2,
        portone_channels=(("card", "channel-key-1"),),
        portone_v2_channels=(("card", "channel-key-2"),),
    )
    found = changes(shop)

    assert (found["channel of card"].now, found["channel of card"].then) == ("channel-key-1", "channel-key-2")
    assert found["channel of card"].todo == ""
    assert "PORTONE_V2_CHANNELS" in found["channel of phone"].todo


def test_open_sessions_are_counted(shop: Shop, settings: Settings) -> None:
    shop.open()
    shop.paid()
    shop.generation = "v2"
    shop.open()

    assert changes(settings)["sessions that are open now"].now == "1 in V1"


def test_the_command_prints_it(shop: Shop) -> None:
    result = shop.app.test_cli_runner().invoke(args=["pitturu", "moving"])

    assert result.exit_code == 0, result.output
    assert "sessions that are open now\n    now   0 in V1\n    then  finish in V1" in result.output
    assert "docs/v1-to-v2.md" in result.output
