"""Which certificate authorities are trusted, where a network has one of its own, like a company's proxy."""

import os
import ssl
from typing import Final

VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""They name a file of authorities: the variables of requests, then OpenSSL's. The first one that is set counts."""


def bundle() -> str | None:
    """The file of trusted authorities; None for the usual ones."""
    return next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)


def context() -> ssl.SSLContext:
    """A context for clients that checks the certificate and the name of the host. Raises OSError for a missing file."""
    return ssl.create_default_context(cafile=bundle())
