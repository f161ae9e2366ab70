"""The exception of this package."""


class StartError(Exception):
    """Something cannot start. Its text is a message for the user: what happened, what to do next."""
