"""Form bodies and query strings in PHP's notation: `extra[requester]=customer`, `imp_uid[]=a&imp_uid[]=b`."""

import re
from collections.abc import Iterable
from typing import Any, Final

MAX_DEPTH: Final = 5
"""No regular request is nested deeper."""

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """One dictionary from flat pairs; lists where the keys in brackets are empty or count 0, 1, 2…"""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.match(key)
        steps = _STEP.findall(match[2]) if match else []
        if match is None or len(steps) > MAX_DEPTH:
            tree[key] = value
        else:
            _plant(tree, [match[1], *steps], value)
    return {key: _with_lists(value) for key, value in tree.items()}


def _plant(tree: dict[str, Any], steps: list[str], value: str) -> None:
    branch = tree
    for step in steps[:-1]:
        below = branch.setdefault(step or str(len(branch)), {})
        if not isinstance(below, dict):
            return
        branch = below
    branch[steps[-1] or str(len(branch))] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    below = {key: _with_lists(inner) for key, inner in value.items()}
    counted = all(key == str(position) for position, key in enumerate(below))
    return list(below.values()) if counted else below
