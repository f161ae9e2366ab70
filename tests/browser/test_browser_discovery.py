"""The browser that the tests use, on different kinds of machines."""

import os
from pathlib import Path

import pytest

from scripts import browser as browsers


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """All programs of a machine that has none yet, where nobody is root and nothing was installed in vain."""
    monkeypatch.setattr(browsers, "NAMES", tuple(name for name in browsers.NAMES if "/" not in name))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(browsers, "FAILED", tmp_path / "failed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv(browsers.VARIABLE, raising=False)
    return tmp_path


def program(path: Path, does: str = "exit 0") -> str:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def root(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This user may install packages."""
    monkeypatch.setattr("os.geteuid", lambda: 0)


def installer(path: Path, *names: str, status: int = 0) -> Path:
    """An apt-get that makes programs of these names; the file in which it notes what it is asked."""
    asked = path / "asked"
    steps = [f"echo '#!/bin/sh' > '{path / name}'; /bin/chmod +x '{path / name}'" for name in names] or ["true"]
    program(
        path / "apt-get", f'echo "$@" >> \'{asked}\'; if [ "$1" = install ]; then {"; ".join(steps)}; exit {status}; fi'
    )
    return asked


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


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("others", [(), ("chromium",), ("google-chrome", "chromium")])
def test_root_gets_the_headless_shell_installed(
    path: Path, capsys: pytest.CaptureFixture[str], others: tuple[str, ...]
) -> None:
    """Also where another browser is: the tests of the pages take far longer in one that has windows."""
    for name in others:
        program(path / name)
    asked = installer(path, browsers.SHELL)

    assert browsers.main() == 0
    assert capsys.readouterr().out.endswith(f"{path / browsers.SHELL}\n")
    update, install = asked.read_text().splitlines()
    assert update.startswith("update ")
    assert install.startswith("install ")
    assert install.split()[-1] == browsers.SHELL


@pytest.mark.usefixtures("root")
def test_nothing_is_installed_where_the_headless_shell_is(path: Path) -> None:
    for name in (browsers.SHELL, "chromium"):
        program(path / name)
    asked = installer(path)

    assert browsers.main() == 0
    assert not asked.exists()


@pytest.mark.usefixtures("root")
def test_nothing_is_installed_beside_the_browser_that_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browsers.VARIABLE, program(path / "chromium"))
    asked = installer(path)

    assert browsers.main() == 0
    assert not asked.exists()


def test_who_may_not_install_gets_the_browser_that_is_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = program(path / "chromium")
    asked = installer(path)

    assert browsers.main() == 0
    assert capsys.readouterr().out == f"{found}\n"
    assert not asked.exists()


@pytest.mark.usefixtures("root")
def test_an_installation_that_fails_is_no_browser(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program(path / "apt-get", "exit 100")

    assert browsers.main() == 0
    assert browsers.ADVICE in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_an_installation_that_fails_is_not_repeated_on_the_same_day(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine without a network, or whose distribution has no such package, loses no time in every run."""
    found = program(path / "chromium")
    asked = installer(path, status=100)

    assert browsers.main() == 0
    said = capsys.readouterr()
    assert said.out.endswith(f"{found}\n")
    assert f"apt-get install {browsers.SHELL}" in said.err
    attempts = asked.read_text()

    assert browsers.main() == 0
    assert capsys.readouterr().out == f"{found}\n"
    assert asked.read_text() == attempts

    yesterday = browsers.FAILED.stat().st_mtime - browsers.RETRY_AFTER
    os.utime(browsers.FAILED, (yesterday, yesterday))
    assert browsers.main() == 0
    assert asked.read_text() == attempts * 2


@pytest.mark.usefixtures("root")
def test_an_index_of_packages_that_never_comes_is_not_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = program(path / "chromium")
    program(path / "apt-get", "exec /bin/sleep 600")
    monkeypatch.setattr(browsers, "UPDATE_WITHIN", 0.1)

    assert browsers.main() == 0
    assert capsys.readouterr().out.endswith(f"{found}\n")
    assert browsers.FAILED.exists()
