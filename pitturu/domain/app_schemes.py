"""URL schemes of apps: to which a card company's app may return the buyer, and which never lead to an app of a shop."""

import re
from typing import Final

MOST: Final = 60
"""Characters of a scheme, without the `://`."""

_APP_SCHEME: Final = re.compile(rf"([a-z][a-z0-9+.-]{{0,{MOST - 1}}})(?:://)?")

FOREIGN: Final = frozenset(
    (
        *("http", "https", "ws", "wss", "ftp", "ftps", "sftp", "ssh", "telnet", "smb", "ldap", "ldaps", "nfs"),
        *("javascript", "vbscript", "livescript", "mocha", "data", "blob", "about", "file", "filesystem", "content"),
        *("view-source", "jar", "resource", "res", "chrome", "chrome-extension", "moz-extension", "safari-extension"),
        *("intent", "android-app", "ios-app", "market", "itms", "itms-apps", "itms-appss", "itms-services"),
        *("tel", "sms", "mms", "mailto", "callto", "facetime", "facetime-audio", "geo", "maps", "webcal", "calshow"),
        *("app-settings", "prefs", "app-prefs", "settings", "shortcuts", "x-callback-url", "urn", "cid", "mid", "news"),
    )
)
"""Schemes of the web, of scripts, files, browsers, telephones and stores: none of them belongs to the app of a shop."""

_OF_WINDOWS: Final = "ms-"
"""The beginning of the schemes that Windows keeps for itself."""


def scheme_of(text: str) -> str | None:
    """The scheme in `shop` or `shop://`; None if it cannot be that of an app."""
    match = _APP_SCHEME.fullmatch(text)
    if match is None or match[1] in FOREIGN or match[1].startswith(_OF_WINDOWS):
        return None
    return match[1]
