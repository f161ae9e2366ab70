"""The one error this package raises on purpose."""


class StartError(Exception):
    """Something cannot start. Its text is meant for the person at the keyboard: what happened, what to do next."""
