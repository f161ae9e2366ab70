"""Root directories in place of a container's file system: made, copied, and entered by a program.

A program in one has the process ids and the network of this machine, and mounts that end with it.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

MIRROR: Final = "http://deb.debian.org/debian"
AUTHORITIES: Final = "/run/authorities.crt"
NETWORK: Final = {
    "/etc/resolv.conf": "/etc/resolv.conf",
    "/etc/pip.conf": "/etc/pip.conf",
    "/etc/ssl/certs/ca-certificates.crt": AUTHORITIES,
}
"""How this machine reaches mirrors, and where it is mounted while steps are run. An engine does so with the first."""
OF_PIP: Final = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "http_proxy", "https_proxy", "no_proxy")


def base(folder: Path, suite: str) -> Path:
    """The suite's smallest system, in place of the image that FROM names; kept for the next run."""
    if not (folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", suite, folder, MIRROR], check=True)
    return folder


def copied(root: Path, new: Path) -> Path:
    """A copy of a root, in place of an older one."""
    shutil.rmtree(new, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", root, new], check=True)
    return new


def command(
    root: Path,
    words: Sequence[str],
    environ: Mapping[str, str],
    directory: str,
    user: str = "0:0",
    sealed: bool = False,
) -> list[str]:
    """The command line that runs `words` in this root.

    A sealed root is read-only but for /tmp and /dev/shm. Otherwise this machine's network is lent to it.
    """
    mounts = [f"mount --bind {_quoted(root)} {_quoted(root)}"]
    if sealed:
        mounts += [f"mount -o remount,bind,ro {_quoted(root)}", f"mount -t tmpfs none {_quoted(root)}/tmp"]
        mounts += [f"mount -t tmpfs none {_quoted(root)}/dev/shm"]
    else:
        mounts += [
            f"mount --bind {ours} {_quoted(root)}{place}" for ours, place in NETWORK.items() if Path(ours).exists()
        ]
    mounts += [f"mount -t proc proc {_quoted(root)}/proc", f"mount --bind /dev/null {_quoted(root)}/dev/null"]
    inside = ["env", "-i", f"--chdir={directory}", *(f"{name}={value}" for name, value in environ.items()), *words]
    entered = ["chroot", f"--userspec={user}", str(root), "/usr/bin/env", *inside[1:]]
    return ["unshare", "--mount", "sh", "-c", f"{' && '.join(mounts)} && exec {shlex.join(entered)}"]


def run(root: Path, script: str, environ: Mapping[str, str], directory: str) -> None:
    """Run a shell script in this root as its root. Raises CalledProcessError."""
    lent = {name: os.environ[name] for name in OF_PIP if name in os.environ}
    lent_files = [root / place[1:] for ours, place in NETWORK.items() if Path(ours).exists()]
    new = [path for path in lent_files if not path.exists()]
    for path in new:
        path.touch()
    defaults = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "PIP_CERT": AUTHORITIES}
    words = ["sh", "-c", script]
    subprocess.run(command(root, words, defaults | lent | dict(environ), directory), check=True)
    for path in new:
        path.unlink()


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
