"""What building an application leaves as it was."""

import gc
from collections.abc import Iterator

import pytest

from pitturu import create_app
from pitturu.config.settings import BadSettings, Settings


@pytest.fixture(params=[True, False], ids=["enabled", "disabled"])
def enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the garbage collector runs before an application is built."""
    (gc.enable if request.param else gc.disable)()
    yield request.param
    gc.enable()


def test_the_garbage_collector_runs_afterwards_if_it_did_before(enabled: bool, settings: Settings) -> None:
    create_app(settings)

    assert gc.isenabled() == enabled


def test_the_garbage_collector_runs_after_settings_were_refused(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "")

    with pytest.raises(BadSettings):
        create_app()

    assert gc.isenabled() == enabled
