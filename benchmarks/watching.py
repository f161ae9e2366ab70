"""Measures other processes: statements and commits in Postgres, processor time and memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import psutil
import psycopg

COUNTED: Final = """
SELECT coalesce(sum(calls) FILTER (WHERE query !~ '^(BEGIN|COMMIT|ROLLBACK)'), 0),
       coalesce(sum(calls) FILTER (WHERE query ~ '^COMMIT'), 0)
FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query !~ 'pg_stat_statements'
"""


@dataclass
class Work:
    """The totals of an interval."""

    statements: int = 0
    commits: int = 0


@contextmanager
def statements(database: str) -> Iterator[Work]:
    """Count the statements and commits in this database until the block ends."""
    work = Work()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        yield work
        row = connection.execute(COUNTED).fetchone()
        work.statements, work.commits = (int(row[0]), int(row[1])) if row else (0, 0)


@dataclass
class Family:
    """A program and its descendant processes."""

    pid: int
    _begun: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._begun = self._processor()

    def seconds(self) -> float:
        """Processor time used since the previous call."""
        before, self._begun = self._begun, self._processor()
        return self._begun - before

    def memory(self) -> int:
        """Bytes of memory (RSS) of the largest process: the cost of one more of them, at most."""
        return max(process.memory_info().rss for process in self._members())

    def _processor(self) -> float:
        return sum(times.user + times.system for times in (one.cpu_times() for one in self._members()))

    def _members(self) -> Iterable[psutil.Process]:
        parent = psutil.Process(self.pid)
        return [parent, *parent.children(recursive=True)]
