"""Who works at this terminal, for the operator log and the timeline."""

import getpass
import os
import secrets

from pitturu.domain.operator_actions import EntryPoint, Operator


def operator() -> Operator:
    """The user of this machine, with an id for what this command does.

    The prefix cannot be part of a name that is registered here.
    """
    return Operator(f"cli:{_user()}", None, EntryPoint.TERMINAL, None, f"cli-{secrets.token_hex(8)}")


def _user() -> str:
    """The user's name, or the number of one without a name, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
