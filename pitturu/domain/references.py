"""The shop's own number of an order, with which its server finds it again."""

import re
from typing import Final

LONGEST_REFERENCE: Final = 100

REFERENCE: Final = re.compile(r"[!-~]{1,100}")
"""Printable ASCII without spaces, as order numbers are, so that a query string and a log line show it unchanged."""
