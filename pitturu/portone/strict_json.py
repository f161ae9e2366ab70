"""A strict JSON parser: input that two parsers could read differently is refused."""

import json
from typing import Any, NoReturn


def loads(data: bytes) -> Any:
    """The value, or ValueError: also for invalid UTF-8, duplicate keys, NaN, and nesting deeper than Python's stack."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dictionary. Raises ValueError when a key occurs twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
