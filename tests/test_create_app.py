"""What building an application leaves as it was, and what it leaves out."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pitturu import create_app
from pitturu.config.settings import BadSettings, Settings
from tests.config.test_startup import environment
from tests.system import CHECKOUT


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


def test_a_worker_imports_neither_http_nor_commands() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, celery_worker; print(*sys.modules)"],
        cwd=CHECKOUT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    modules = told.stdout.split()
    assert "pitturu.worker.tasks" in modules
    ours = "pitturu.api", "pitturu.cli", "pitturu.storefront", "pitturu.monitoring.metrics", "pitturu.monitoring.health"
    unwanted = (*ours, "flask_smorest", "flask_jwt_extended", "argon2", "cryptography.fernet")
    assert [name for name in modules if name.startswith(unwanted)] == []
