"""A stopping web server answers waiting requests, instead of keeping them or cutting them off."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
import requests
from urllib3.util.retry import Retry

from pitturu.config.settings import Settings
from pitturu.worker.publisher import CHANGES
from tests.servers import private_valkey
from tests.shop import Shop
from tests.waiting import TIMEOUT, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def queue_url() -> Iterator[str]:
    """A Redis without other subscribers."""
    with private_valkey() as server:
        yield server.url


@pytest.fixture
def server(settings: Settings, queue_url: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The web process as it runs in production, and its address."""
    with running(settings, queue_url) as found:
        yield found


@contextmanager
def running(settings: Settings, queue_url: str, arguments: str = "") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The web process, with further arguments of gunicorn, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    names = ("database_url", "secret_key", "jwt_secret_key", "portone_user_code")
    names += ("portone_api_key", "portone_api_secret", "pitturu_env", "portone_base_url")
    environ = {name.upper(): str(getattr(settings, name)) for name in names}
    environ |= {
        "REDIS_URL": queue_url,
        "PORT": port,
        "BIND_HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": arguments,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL) as process:
        yield process, f"http://127.0.0.1:{port}"
        process.kill()


def test_waiting_requests_are_answered(shop: Shop, server: tuple[subprocess.Popen[bytes], str], queue_url: str) -> None:
    process, url = server
    browser = connected(url)
    session, headers = shop.open(), shop.login()
    path = f"{url}/api/v1/payments/sessions/{session['session_id']}?wait=25"

    with ThreadPoolExecutor(1) as threads, redis.Redis.from_url(queue_url) as queue:
        waiting = threads.submit(browser.get, path, headers=headers, timeout=60)
        until(lambda: queue.pubsub_numsub(CHANGES)[0][1] > 0, "the request waits")
        process.send_signal(signal.SIGTERM)
        answer = waiting.result()

    # Gunicorn cuts connections after its graceful timeout of 20 s, so an answer to a wait of 25 s was given early.
    assert (answer.status_code, answer.json()["status"]) == (200, "prepared")
    assert process.wait(60) == 0


def test_connections_without_a_request_are_not_waited_for(settings: Settings, queue_url: str) -> None:
    with running(settings, queue_url, "--graceful-timeout 3600") as (process, url):
        connected(url)
        _, _, port = url.rpartition(":")
        with socket.create_connection(("127.0.0.1", int(port))) as silent:
            silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n")
            assert silent.recv(100).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT) == 0


def connected(url: str) -> requests.Session:
    """A browser that has had its first answer and keeps its connection."""
    browser = requests.Session()
    browser.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(8, backoff_factor=0.3)))
    assert browser.get(f"{url}/healthz", timeout=TIMEOUT).json() == {"status": "ok"}
    return browser
