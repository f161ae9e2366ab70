"""Run a command that ends when its parent process ends, however that happens.

Called as `python -I -S parent_watch.py SIGNAL PARENT ACCOUNT COMMAND...`; the command replaces this script. ACCOUNT is
`uid:gid` to drop root's privileges, or `-`. On Linux the setting survives exec. On other systems the command may
survive a SIGKILL of its parent; the lock files then show that it is still running.

A script of its own, because code run between fork and exec may deadlock in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h. The kernel resets it when the user id changes, so privileges are dropped before."""


def main(signal_number: int, parent: int, account: str, command: list[str]) -> None:
    """Replace this process by `command`, which ends with `parent`."""
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # It ended before prctl.
            return
    try:
        os.execvp(command[0], command)  # noqa: S606 -- replacing this process without a shell is the purpose.
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
