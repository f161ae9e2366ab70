"""Reads files of items: CSV with a header, or a JSON list of objects, in UTF-8 with or without a byte order mark.

A file is a hostile text like any other: its size, its rows and every value are bounded. Cells are plain data: one that
begins with = or @ is text and no formula.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pitturu.domain.catalogue import LONGEST_DESCRIPTION, LONGEST_NAME, MOST_STOCK, SKU, image_problem
from pitturu.domain.money import MAX_AMOUNT
from pitturu.domain.text import UNFIT
from pitturu.portone import strict_json

LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes."""

MOST_ROWS: Final = 10_000
UNLIMITED: Final = "unlimited"

_WHOLE: Final = re.compile(r"[0-9]{1,10}")
_TRUTH: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class ItemRow:
    """An item of a file. `columns` has only what the file names; the others stay as they are."""

    line: int
    sku: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class RowError:
    """What is wrong with a line of a CSV file or an entry of a JSON list, counted from 1, and what to do."""

    line: int
    message: str


class _Invalid(Exception):
    """A value cannot be used."""


class UnreadableFile(Exception):
    """A file cannot be read at all; the message says why and what to do."""


def read(name: str, data: bytes) -> tuple[list[ItemRow], list[RowError]]:
    """The rows of a file, and what is wrong with others. Its name ends with .csv or .json. Raises UnreadableFile."""
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"The file is larger than {LARGEST_FILE // 1024**2} MiB. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = data[: error.start].count(b"\n") + 1
        message = f"Line {where} is not UTF-8. Save the file as UTF-8 (in Excel: CSV UTF-8)."
        raise UnreadableFile(message) from error
    if name.lower().endswith(".csv"):
        return _checked(_of_csv(text))
    if name.lower().endswith(".json"):
        return _checked(_of_json(text))
    raise UnreadableFile("The name of the file must end with .csv or .json.")


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, Any] | RowError]]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _require_columns(header)
        for cells in lines:
            line = lines.line_num
            if len(cells) == len(header):
                # An empty cell is a value that the file does not name.
                yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
            elif cells:
                message = f"It has {len(cells)} cells, and the header {len(header)}. Put text with commas into quotes."
                yield line, RowError(line, message)
    except csv.Error as error:
        raise UnreadableFile(f"Line {lines.line_num} is not CSV ({error}). Check its quotes.") from error


def _require_columns(header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        known = ", ".join(COLUMNS)
        raise UnreadableFile(f"The header names {unknown[0][:40]!r}, which is no column. The columns are: {known}.")
    if len(set(header)) < len(header):
        raise UnreadableFile("The header names a column twice. Remove one of them.")
    if "sku" not in header:
        raise UnreadableFile("The first line must be a header with the column sku, by which items are found.")


def _of_json(text: str) -> Iterator[tuple[int, dict[str, Any] | RowError]]:
    try:
        entries = strict_json.loads(text.encode())
    except ValueError as error:
        raise UnreadableFile(f"The file is not valid JSON: {error}.") from error
    if not isinstance(entries, list):
        raise UnreadableFile("The file must be a list of objects, one for each item.")
    for number, entry in enumerate(entries, 1):
        yield number, entry if isinstance(entry, dict) else RowError(number, "It is no object.")


def _checked(found: Iterator[tuple[int, dict[str, Any] | RowError]]) -> tuple[list[ItemRow], list[RowError]]:
    rows: list[ItemRow] = []
    errors: list[RowError] = []
    lines: dict[str, int] = {}
    for line, entry in found:
        if len(rows) + len(errors) == MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS} items. Split it.")
        row = entry if isinstance(entry, RowError) else _row(line, entry)
        if isinstance(row, RowError):
            errors.append(row)
        elif row.sku in lines:
            errors.append(RowError(line, f"The SKU {row.sku} is also at {lines[row.sku]}. Remove one of them."))
        else:
            lines[row.sku] = line
            rows.append(row)
    return rows, errors


def _row(line: int, entry: dict[str, Any]) -> ItemRow | RowError:
    wrong, columns = [], {}
    for name, value in entry.items():
        parse = COLUMNS.get(name)
        try:
            if parse is None:
                raise _Invalid(f"is no column; the columns are {', '.join(COLUMNS)}")
            columns[name] = parse(value)
        except _Invalid as error:
            wrong.append(f"{name[:40]!r} {error}" if parse is None else f"{name} {error}")
    if "sku" not in entry:
        wrong.append("sku is missing")
    return RowError(line, "; ".join(wrong) + ".") if wrong else ItemRow(line, columns.pop("sku"), columns)


def _text(least: int, most: int) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value.strip()) <= most:
            raise _Invalid(f"must be {least} to {most} characters long")
        if UNFIT.search(value):
            raise _Invalid("must not have line breaks or control characters")
        return value.strip()

    return parse


def _sku(value: Any) -> str:
    if not isinstance(value, str) or not SKU.fullmatch(value):
        raise _Invalid(
            "must be 1 to 64 letters, digits, dots, hyphens and underscores, and begin with one of the former"
        )
    return value


def _whole(least: int, most: int, example: str) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise _Invalid(f"must be a whole number from {least} to {most} without separators, like {example}")
        return number

    return parse


def _stock(value: Any) -> int | None:
    if value is None or value == UNLIMITED:
        return None
    return _whole(0, MOST_STOCK, f"120, or {UNLIMITED} (in JSON null)")(value)


def _truth(value: Any) -> bool:
    found = _TRUTH.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _Invalid("must be true or false")
    return found


def _image_url(value: Any) -> str | None:
    if value is None:
        return None
    problem = image_problem(value) if isinstance(value, str) else "It must be text."
    if problem is not None:
        raise _Invalid(f"is no address of a picture ({problem.rstrip('.')})")
    return str(value)


COLUMNS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "sku": _sku,
    "name": _text(1, LONGEST_NAME),
    "description": _text(0, LONGEST_DESCRIPTION),
    "image_url": _image_url,
    "price": _whole(1, MAX_AMOUNT, "24900"),
    "stock": _stock,
    "active": _truth,
    "returnable": _truth,
    "tax_free": _truth,
}
"""What a file may say of an item, and how it is parsed."""
