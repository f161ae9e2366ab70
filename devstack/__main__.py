"""`make run`: run the whole system on this machine."""

import os
import sys
from pathlib import Path

import pitturu
from devstack.account import lent_account
from devstack.console import Console
from devstack.environment import leave_note, read
from devstack.errors import StartError
from devstack.lock import Lock
from devstack.plan import announcement, answers, programs, refuse_taken_ports, servers
from devstack.supervisor import Supervisor
from pitturu.config.settings import BadSettings, load

CHECKOUT = Path(pitturu.__file__).resolve().parent.parent


def main() -> int:
    """The exit status. A failure to start is reported as a message for the user."""
    console = Console()
    try:
        environment = read(os.environ, CHECKOUT)
        environment.home.mkdir(mode=0o711 if lent_account() else 0o700, parents=True, exist_ok=True)
        Lock(environment.home / "lock", "make run").acquire()  # Held until this process is gone.
        refuse_taken_ports(environment)
        children = servers(environment)
        load(environment.environ)
        children += programs(environment, CHECKOUT, console)
        leave_note(environment, os.environ)
    except (StartError, BadSettings) as error:
        console.say(str(error))
        return 1
    return Supervisor(children, console, answers(environment.port), announcement(environment)).run()


if __name__ == "__main__":
    sys.exit(main())
