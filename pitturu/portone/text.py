"""Sanitises text from outside: bounded and printable, so that columns, logs and terminals can hold it."""


def clean(value: object, limit: int) -> str:
    """At most `limit` characters without control characters, NUL or unpaired surrogates; "" if it is no text."""
    if not isinstance(value, str):
        return ""
    printable = "".join(sign if sign.isprintable() else " " for sign in value[: 4 * limit])
    return printable.strip()[:limit]
