"""Which browser the tests drive, on machines of every kind."""

from pathlib import Path

import pytest

from scripts import browser as browsers


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """All programs of a machine that has none yet, where nobody is root."""
    monkeypatch.setattr(browsers, "NAMES", tuple(name for name in browsers.NAMES if "/" not in name))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv(browsers.VARIABLE, raising=False)
    return tmp_path


def program(path: Path, does: str = "exit 0") -> str:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "name", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "microsoft-edge"]
)
def test_a_browser_of_the_machine_is_printed(path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    found = program(path / name)

    assert browsers.main() == 0
    assert capsys.readouterr().out == f"{found}\n"


def test_the_browser_that_is_named_wins(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(path / "chromium")
    mine = program(tmp_path / "my browser")
    monkeypatch.setenv(browsers.VARIABLE, mine)

    assert browsers.find() == mine


def test_a_name_that_leads_nowhere_is_an_error_everywhere(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(path / "chromium")
    monkeypatch.setenv(browsers.VARIABLE, str(path / "gone"))

    assert browsers.main() == 1
    assert "BROWSER_PATH is" in capsys.readouterr().err


@pytest.mark.parametrize(("variable", "status"), [("CI", 1), ("LANG", 0)])
def test_without_a_browser_only_ci_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, status: int
) -> None:
    program(path / "apt-get", f"echo '#!/bin/sh' > '{path}/chromium'; /bin/chmod +x '{path}/chromium'")
    monkeypatch.setenv(variable, "true")

    assert browsers.main() == status
    told = capsys.readouterr()
    assert told.out == ""
    assert "tests/browser" in told.err
    assert "BROWSER_PATH" in told.err


def test_root_gets_one_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = path / "asked"
    shell = path / "chromium-headless-shell"
    chromium = f"echo '#!/bin/sh' > '{shell}'; /bin/chmod +x '{shell}'"
    program(path / "apt-get", f'echo "$@" >> \'{asked}\'; if [ "$1" = install ]; then {chromium}; fi')
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert browsers.main() == 0
    assert capsys.readouterr().out.endswith(f"{shell}\n")
    assert [line.split()[0] for line in asked.read_text().splitlines()] == ["update", "install"]
    assert asked.read_text().splitlines()[1].split()[-1] == shell.name


def test_an_installation_that_fails_is_no_browser(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(path / "apt-get", "exit 100")
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert browsers.main() == 0
    assert browsers.ADVICE in capsys.readouterr().err
