"""What the environment and `.env` make of `make run`."""

import os
import stat
from pathlib import Path

import pytest

from devstack.environment import DEMO_KEYS, leave_note, own_secrets, read
from devstack.errors import StartError


def test_without_settings_everything_is_embedded(tmp_path: Path) -> None:
    environment = read({}, tmp_path)

    assert environment.home == tmp_path / ".pitturu"
    assert environment.simulated
    assert environment.environ.items() >= DEMO_KEYS.items()
    assert environment.environ["PORTONE_BASE_URL"] == "http://127.0.0.1:9090"
    assert environment.environ["PITTURU_ENV"] == "development"
    assert environment.environ["BIND_HOST"] == "127.0.0.1"


def test_an_external_portone_gets_no_simulator_and_no_demo_keys(tmp_path: Path) -> None:
    environment = read({"PORTONE_BASE_URL": "https://api.iamport.kr"}, tmp_path)

    assert not environment.simulated
    assert "PORTONE_API_KEY" not in environment.environ
    assert "PORTONE_SCRIPT_URL" not in environment.environ


def test_ports_reach_every_address(tmp_path: Path) -> None:
    environment = read({"PORT": "8181", "SIMULATOR_PORT": "9191"}, tmp_path)

    assert environment.web == environment.environ["PUBLIC_URL"] == "http://127.0.0.1:8181"
    assert environment.environ["PORTONE_BASE_URL"] == "http://127.0.0.1:9191"
    assert environment.environ["PORTONE_SCRIPT_URL"] == "http://127.0.0.1:9191/v1/iamport.js"


def test_a_named_script_stays(tmp_path: Path) -> None:
    named = "https://pay.example.com/v1/iamport.js"

    assert read({"PORTONE_SCRIPT_URL": named}, tmp_path).environ["PORTONE_SCRIPT_URL"] == named


@pytest.mark.parametrize("said", ["0", "65536", "-1", "http", "８０８０", "80 80"])
def test_a_port_that_is_none_is_named(tmp_path: Path, said: str) -> None:
    with pytest.raises(StartError, match=r"PORT is .* between 1 and 65535"):
        read({"PORT": said}, tmp_path)


def test_the_file_fills_gaps_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('PORT=8181\nexport LOG_LEVEL="DEBUG"  # loud\nSIMULATOR_PORT=9191\n')
    environment = read({"PORT": "8282", "SIMULATOR_PORT": ""}, tmp_path)

    assert (environment.port, environment.simulator_port, environment.environ["LOG_LEVEL"]) == (8282, 9191, "DEBUG")


def test_the_loopback_address_never_goes_through_a_proxy(tmp_path: Path) -> None:
    assert read({"NO_PROXY": "intranet"}, tmp_path).environ["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_secrets_are_generated_once_and_private(tmp_path: Path) -> None:
    made = own_secrets(tmp_path)

    assert own_secrets(tmp_path) == made
    assert len(set(made.values())) == len(made) == 2
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_note_names_what_the_shell_does_not_have(tmp_path: Path) -> None:
    given = {"PATH": os.defpath, "PORT": "8181", "SPACED": "a b"}
    environment = read(given, tmp_path)
    environment.home.mkdir()
    environment.environ["DATABASE_URL"] = "postgresql://u:p@127.0.0.1/x?a=b&c=d"
    lines = leave_note(environment, given).read_text().splitlines()

    assert "export DATABASE_URL='postgresql://u:p@127.0.0.1/x?a=b&c=d'" in lines
    assert not [line for line in lines if line.startswith(("export PATH", "export PORT=", "export SPACED"))]
