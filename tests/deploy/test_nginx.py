"""deploy/nginx/pitturu.conf in a real nginx: slow clients hold no thread of the web, and nobody forges an address."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from devstack.ports import free_port
from tests.untrusted_server import self_signed
from tests.waiting import POLL, until

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "pitturu.conf"
MAIN = """\
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/pitturu.conf;
}}
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed: apt-get install nginx-light")


class Web(BaseHTTPRequestHandler):
    """In place of the web: it records each request whose header has arrived."""

    protocol_version = "HTTP/1.1"
    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        self.seen.append({"path": self.path, "headers": dict(self.headers)})
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST  # noqa: N815 - the name that http.server calls.

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    """The requests that reached the web."""
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nginx has its files."""
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def tls_port(folder: Path, seen: list[dict[str, Any]]) -> Iterator[int]:
    """The port of nginx in front of the web. Only addresses, names and files of the configuration are replaced."""
    key, certificate = self_signed(folder)
    web = ThreadingHTTPServer(("127.0.0.1", 0), type("Recorded", (Web,), {"seen": seen}))
    threading.Thread(target=web.serve_forever, args=(POLL,), daemon=True).start()
    plain, tls = free_port(), free_port()
    text = CONFIGURATION.read_text()
    for old, new in (
        ("127.0.0.1:8080", f"127.0.0.1:{web.server_port}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("    listen [::]:80;\n", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("/etc/ssl/pay.example.com/fullchain.pem", certificate),
        ("/etc/ssl/pay.example.com/privkey.pem", key),
        ("/var/log/nginx/pitturu.log", str(folder / "access.log")),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "pitturu.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    nginx = subprocess.Popen([str(PROGRAM), "-c", folder / "nginx.conf", "-p", folder])
    try:
        until(lambda: _listens(tls), "nginx listens")
        assert requests.get(f"http://127.0.0.1:{plain}/x", allow_redirects=False, timeout=30).status_code == 308
        yield tls
    finally:
        nginx.terminate()
        nginx.wait(20)
        web.shutdown()
        web.server_close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def connect(port: int) -> ssl.SSLSocket:
    """A TLS connection that trusts everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30))


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize(
    "begun",
    [b"POST /api/v1/payments/webhook HT", b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf a body"],
    ids=["half a header", "half a body"],
)
def test_requests_that_are_not_complete_hold_no_thread(tls_port: int, seen: list[dict[str, Any]], begun: bytes) -> None:
    seen.clear()
    silent = [connect(tls_port) for _ in range(60)]
    try:
        for one in silent:
            one.sendall(begun)

        answer = requests.post(f"https://127.0.0.1:{tls_port}/honest", data=b"all of it", verify=False, timeout=30)

        assert (answer.status_code, [one["path"] for one in seen]) == (200, ["/honest"])
    finally:
        for one in silent:
            one.close()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_address_is_nginxs_own_observation(tls_port: int, seen: list[dict[str, Any]]) -> None:
    """Otherwise every sender could have rate limits of his own for each request, or those of somebody else."""
    seen.clear()
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}

    requests.get(f"https://127.0.0.1:{tls_port}/x", headers=forged, verify=False, timeout=30)

    headers = seen[0]["headers"]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_what_operators_search_for_is_not_logged(tls_port: int, folder: Path) -> None:
    requests.get(f"https://127.0.0.1:{tls_port}/searched?q=hana@example.org", verify=False, timeout=30)
    log = folder / "access.log"
    until(lambda: "/searched" in log.read_text(), "the request is logged")
    assert "hana" not in log.read_text()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_large_bodies_and_malformed_chunks_stop_here(tls_port: int, seen: list[dict[str, Any]]) -> None:
    seen.clear()
    large = requests.post(f"https://127.0.0.1:{tls_port}/x", data=b"x" * 70_000, verify=False, timeout=30)
    assert (large.status_code, large.headers["Connection"]) == (413, "close")

    with connect(tls_port) as broken:
        broken.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nnot a chunk\r\n")
        assert broken.recv(100).startswith(b"HTTP/1.1 400 ")
    assert seen == []


def test_one_address_has_a_bounded_number_of_connections(tls_port: int) -> None:
    held = [connect(tls_port) for _ in range(200)]
    try:
        for one in held:
            one.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
        until(lambda: _status(tls_port) == 429, "further connections are refused")
    finally:
        for one in held:
            one.close()


def _status(port: int) -> int:
    with connect(port) as one:
        one.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return int(one.recv(100).split()[1])
