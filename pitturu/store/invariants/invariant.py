"""What an invariant is: its query, its advice for the operator, and in which audits it is checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """FULL checks every row; RECENT those that changed since the last audit, wait for work, or were found before."""

    RECENT = "recent"
    FULL = "full"


OURS: Final = "Only a bug or a manual change of the database can cause this: keep the rows and report it."


@dataclass(frozen=True)
class Invariant:
    """`sql` may use :limit (the time before which no row may be due any more), :horizon (the time by which
    every row is due again) and :sandbox (whether payments of test channels are the accepted ones here).

    One that `sees_all` reads a whole table, so recent audits leave it out.
    """

    name: str
    sql: str
    advice: str
    sees_all: bool = False
