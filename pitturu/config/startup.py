"""Invalid settings end a program with exit status 78 (EX_CONFIG) and the list of problems on stderr.

`python -m pitturu.config.startup` does nothing else. The status tells a platform that a restart helps only after a
setting was corrected.
"""

import os
import sys

from pitturu.config.settings import BadSettings, Settings, load


def settings_or_exit() -> Settings:
    """The settings from the environment, for command lines. A module imported by a server must raise BadSettings
    instead."""
    try:
        return load()
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)


if __name__ == "__main__":
    settings_or_exit()
