"""The line that a request of an operator adds to the operator log.

It begins when the permission is checked, the view completes it, and whoever ends the request's transaction writes it.
So no view can forget it, nothing is done without its line, and nothing that was read leaves before it is committed.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request

from pitturu import logs
from pitturu.domain.operator_actions import EntryPoint, Operator, OperatorAction, Thing
from pitturu.store import operator_log, users
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

if TYPE_CHECKING:
    from pitturu.api.caller import Caller

LINE: Final = "pitturu.operator_line"
"""Its key in the WSGI environment."""


Concerned = tuple[str | None, Thing | None]
"""The user concerned, and the thing."""


@dataclass
class _Line:
    caller: "Caller"
    action: OperatorAction
    concerned: Sequence[Concerned] = ((None, None),)
    detail: str | None = None


def begin(caller: "Caller", action: OperatorAction) -> None:
    """This request does this, if it succeeds."""
    request.environ[LINE] = _Line(caller, action)


def about(whom: str | None = None, what: Thing | None = None, detail: str | None = None) -> None:
    """Complete the line: the user concerned, the thing, and a detail without personal data, which cannot be erased.

    Raises KeyError if none has begun.
    """
    about_each([(whom, what)], detail)


def about_each(concerned: Sequence[Concerned], detail: str | None = None) -> None:
    """Complete a request that does the same to several things: each of them has a line of its own, so that no number
    of them hides one. Without any it is one line about nothing.

    Raises KeyError if none has begun.
    """
    line: _Line = request.environ[LINE]
    line.concerned, line.detail = concerned or [(None, None)], detail


def discard() -> None:
    """Write no line after all: nothing was there to be shown."""
    request.environ.pop(LINE, None)


def write(work: UnitOfWork) -> None:
    """Add the line to this transaction, if one has begun.

    What a key of the shop's server reads leaves none: the log is about what people look at, and the access log has each
    request with the key's name.
    """
    line: _Line | None = request.environ.pop(LINE, None)
    if line is None or (line.caller.key is not None and line.action.reads):
        return
    if line.caller.outside:
        # A user with a row is listed, and can be limited.
        users.ensure(work, line.caller.username)
    role = None if line.caller.key else line.caller.role
    operator = Operator(line.caller.username, role, EntryPoint.HTTP, _address(), logs.request_id())
    for whom, what in line.concerned:
        operator_log.write(work, operator, line.action, whom, what, line.detail)


def commit() -> None:
    """Write the line and end the transaction in which the data was read."""
    if LINE in request.environ:
        with unit_of_work() as work:
            write(work)


def _address() -> str | None:
    """The client's address, behind proxies of ours the one that they report; None for what is none."""
    try:
        return str(ipaddress.ip_address(request.remote_addr or ""))
    except ValueError:
        return None
