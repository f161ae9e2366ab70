"""Foreign text made harmless: bounded and printable, so that columns, logs and terminals can take it."""


def clean(value: object, limit: int) -> str:
    """At most `limit` characters without control characters, NUL or half surrogates; "" for what is not text."""
    if not isinstance(value, str):
        return ""
    printable = "".join(sign if sign.isprintable() else " " for sign in value[: 4 * limit])
    return printable.strip()[:limit]
