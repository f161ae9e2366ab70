"""An embedded PostgreSQL server."""

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import ClassVar

import psycopg

from devstack.account import lent_account, reachable
from devstack.binaries import postgres_binaries, postgres_major
from devstack.errors import StartError
from devstack.server import Server

DATABASE = "pitturu"
"""The database in `url`; created on the first start."""
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # A socket's path may be too long in a deep directory.
    "max_connections": "400",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
"""Fast, but unsafe on a power failure. A commit still leaves the server's memory before it is confirmed: a killed
server loses nothing. For tests only."""
PUBLIC_PLACE = Path("/var/lib")
"""The data directory of root when the account that Postgres runs as cannot access the given one."""


class Postgres(Server):
    """`with Postgres(directory) as server: server.url`. `durable=False` is for tests: fast, but unsafe on a power
    failure."""

    name: ClassVar[str] = "Postgres"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "Fast shutdown": disconnects clients.

    def __init__(self, directory: Path | str, durable: bool = True, port: int | None = None) -> None:
        super().__init__(directory, port, lent_account())
        self._options = OPTIONS if durable else OPTIONS | FORGETFUL

    @property
    def url(self) -> str:
        """`postgresql://postgres:password@127.0.0.1:port/pitturu`; the user is the superuser."""
        return self._database_url(DATABASE)

    def start(self) -> None:
        """Like Server.start; creates the database `pitturu` if it does not exist."""
        super().start()
        with psycopg.connect(self._database_url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _database_url(self, name: str) -> str:
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self.port}/{name}"

    def _command(self) -> list[str | Path]:
        place = self._place()
        binaries = postgres_binaries(self._account, place)
        data = place / "data"
        if not data.exists():
            self._create(binaries / "initdb", data)
        self._refuse_other_major(binaries, data)
        (data / "postmaster.pid").unlink(missing_ok=True)  # We hold the lock, so its process has ended.
        settings = [part for key, value in self._options.items() for part in ("-c", f"{key}={value}")]
        return [binaries / "postgres", "-D", data, "-p", str(self.port), *settings]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._database_url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _place(self) -> Path:
        """The data directory: ours, unless we are root and other accounts cannot access it."""
        if self._account is None:
            return self.directory
        place = self.directory if reachable(self.directory) else self._elsewhere()
        os.chown(place, self._account.pw_uid, self._account.pw_gid)
        return place

    def _elsewhere(self) -> Path:
        link = self.directory / "elsewhere"
        if not link.exists():
            link.unlink(missing_ok=True)
            PUBLIC_PLACE.mkdir(parents=True, exist_ok=True)
            link.symlink_to(tempfile.mkdtemp(prefix="pitturu-postgres-", dir=PUBLIC_PLACE))
        return link.resolve()

    def _create(self, initdb: Path, data: Path) -> None:
        """Create the data under another name and rename it, so that incomplete data is never used."""
        unfinished, password = data.with_name("data.unfinished"), data.with_name("password.initdb")
        shutil.rmtree(unfinished, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(self._password())
        if self._account:
            os.chown(password, self._account.pw_uid, self._account.pw_gid)
        manner = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        self._run([initdb, "-D", unfinished, f"--pwfile={password}", *manner])
        password.unlink()
        unfinished.rename(data)

    def _refuse_other_major(self, binaries: Path, data: Path) -> None:
        made_by = int((data / "PG_VERSION").read_text())
        if made_by != (ours := postgres_major(binaries)):
            raise StartError(
                f"The data in {data} was made by PostgreSQL {made_by}, and {binaries} holds {ours}. "
                f"Use version {made_by} again, or move that folder away to begin with an empty database."
            )
