"""What ends a process at its start, and with which status: the Procfile's commands, as hosting platforms run them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from devstack.plan import procfile
from devstack.ports import free_port, is_free
from pitturu.config.settings import BadSettings, load
from tests.config.test_settings import COMPLETE
from tests.system import CHECKOUT, INHERITED
from tests.waiting import TIMEOUT, until

PROCFILE = procfile(CHECKOUT / "Procfile")
BAD_SETTINGS, BOOT_FAILED = 78, 3
"""EX_CONFIG of sysexits.h; gunicorn's own status for a worker that could not start."""

ANOTHER_PROBLEM = """

def about(settings: "Settings") -> list[str]:
    return ["NEW_KEY is not set: version 2 needs it."]
"""
"""As the next version may check settings: this makes every environment a bad one."""

SLOW_START = """
import sys, time
from pathlib import Path
while "--check-config" not in sys.argv and not Path("go").exists():
    Path("starting").touch()
    time.sleep(0.05)
"""
"""A worker that needs until the file `go` exists; the trial of a reload does not wait."""


def environment(**changes: str) -> dict[str, str]:
    """A complete production environment on a free port; of this machine's own, only what programs need to run."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    here = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "FLASK_SKIP_DOTENV": "1",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BIND_HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
    }
    return inherited | COMPLETE | here | changes


def start(process: str, environ: dict[str, str], directory: Path, output: Path) -> subprocess.Popen[bytes]:
    """Run this process type; what it writes to stderr is in the file `output`."""
    with output.open("wb") as stderr:
        return subprocess.Popen(
            ["sh", "-c", f"exec {PROCFILE[process]}"], cwd=directory, env=environ, stdout=stderr, stderr=stderr
        )


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens inside, the process and its workers are gone afterwards."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(TIMEOUT)


def run(process: str, environ: dict[str, str], directory: Path, output: Path) -> tuple[int, str]:
    """Run this process type to its end; its exit status, and what it wrote to stderr."""
    running = start(process, environ, directory, output)
    with ended(running):
        return running.wait(TIMEOUT), output.read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a web process runs from, as links to this checkout; the files that tests change are copies."""
    copy = tmp_path / "checkout"
    (copy / "pitturu").mkdir(parents=True)
    for original in (CHECKOUT / "gunicorn.conf.py", CHECKOUT / "wsgi.py", *(CHECKOUT / "pitturu").iterdir()):
        place = copy / original.relative_to(CHECKOUT)
        if original.name == "wsgi.py":
            shutil.copy(original, place)
        elif original.name == "config":
            shutil.copytree(original, place, ignore=shutil.ignore_patterns("__pycache__"))
        elif original.name != "__pycache__":
            place.symlink_to(original)
    return copy


@pytest.mark.parametrize("process", PROCFILE)
def test_bad_settings_end_every_process_type_and_are_named(process: str, tmp_path: Path) -> None:
    environ = environment(JWT_SECRET_KEY="", WEB_CONNECTIONS="many", BEAT_SCHEDULE=str(tmp_path / "schedule"))
    with pytest.raises(BadSettings) as refusal:
        load(environ)

    assert run(process, environ, CHECKOUT, tmp_path / "stderr") == (BAD_SETTINGS, f"{refusal.value}\n")
    assert is_free(int(environ["PORT"]))


@pytest.mark.parametrize(
    ("first_line", "words"),
    [
        ("raise RuntimeError('the certificate cannot be read')", "the certificate cannot be read"),
        ("import os; os.environ['JWT_SECRET_KEY'] = ''", "JWT_SECRET_KEY is not set"),
    ],
    ids=["any exception", "settings that only the worker finds bad"],
)
def test_a_worker_that_cannot_start_ends_the_web(checkout: Path, tmp_path: Path, first_line: str, words: str) -> None:
    wsgi = checkout / "wsgi.py"
    wsgi.write_text(f"{first_line}\n{wsgi.read_text()}")
    environ = environment(WEB_CONCURRENCY="4")

    status, stderr = run("web", environ, checkout, tmp_path / "stderr")

    assert status == BOOT_FAILED, stderr
    assert words in stderr
    assert "Worker failed to boot" in stderr
    assert is_free(int(environ["PORT"]))


def test_a_reload_that_cannot_succeed_leaves_the_running_workers_alone(checkout: Path, tmp_path: Path) -> None:
    environ, output = environment(), tmp_path / "stderr"
    checks, wsgi = checkout / "pitturu" / "config" / "checks.py", checkout / "wsgi.py"
    url, good = f"http://127.0.0.1:{environ['PORT']}", checks.read_text()
    web = start("web", environ, checkout, output)
    with ended(web):
        until(lambda: answers(f"{url}/healthz"), "the web answers")
        first = workers(web)

        for broken in (good + ANOTHER_PROBLEM, "this is no Python"):
            before = output.read_text()
            checks.write_text(broken)
            web.send_signal(signal.SIGHUP)
            until(lambda said=before: "Not reloaded" in output.read_text()[len(said) :], "the reload is refused")
        assert workers(web) == first
        assert answers(f"{url}/healthz")
        assert "NEW_KEY is not set: version 2 needs it." in output.read_text()

        checks.write_text(f"{good}\n\nVERSION = '2'\n")
        route = "from pitturu.config import checks\napp.add_url_rule('/version', view_func=lambda: checks.VERSION)\n"
        wsgi.write_text(wsgi.read_text() + route + SLOW_START)
        web.send_signal(signal.SIGHUP)
        until(lambda: (checkout / "starting").exists(), "the new worker has imported the application")
        assert requests.get(f"{url}/version", timeout=TIMEOUT / 2).status_code == 404, "the old one still answers"
        (checkout / "go").touch()
        until(lambda: not workers(web) & first, "new workers have taken over")
        assert requests.get(f"{url}/version", timeout=TIMEOUT).text == "2"


def answers(url: str) -> bool:
    """Whether somebody answers there with 200."""
    try:
        return requests.get(url, timeout=TIMEOUT).status_code == 200
    except requests.ConnectionError:
        return False


def workers(web: subprocess.Popen[bytes]) -> set[int]:
    """The process ids of gunicorn's workers."""
    return {child.pid for child in psutil.Process(web.pid).children()}
