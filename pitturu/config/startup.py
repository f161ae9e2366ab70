"""Bad settings end a program with exit status 78 (EX_CONFIG) and the list of problems on stderr.

`python -m pitturu.config.startup` does nothing else. A platform can tell by the status that starting the program again
helps only after a setting was corrected.
"""

import os
import sys

from pitturu.config.settings import BadSettings, Settings, load


def settings_or_exit() -> Settings:
    """The settings of the environment, for a command line. What a server imports must raise BadSettings instead."""
    try:
        return load()
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)


if __name__ == "__main__":
    settings_or_exit()
