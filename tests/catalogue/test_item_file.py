"""Files of items: two formats that say the same, and what is wrong with a file, line by line."""

import json

import pytest

from pitturu.catalogue import item_file
from pitturu.catalogue.item_file import LARGEST_FILE, MOST_ROWS, ItemRow, RowError, UnreadableFile

FULL = {
    "sku": "TEA-1",
    "name": '녹차, "세작"',
    "description": "=SUM(A1:A9) 는 글자입니다",
    "image_url": "/assets/items/tea.svg",
    "price": 12_000,
    "stock": None,
    "active": False,
    "returnable": True,
    "tax_free": True,
}
HEADER = ",".join(FULL)
ROW = ItemRow(2, "TEA-1", {name: value for name, value in FULL.items() if name != "sku"})
CELLS = 'TEA-1,"녹차, ""세작""",=SUM(A1:A9) 는 글자입니다,/assets/items/tea.svg,12000,unlimited,FALSE,true,True'
CSV = f"{HEADER}\n{CELLS}\n"


@pytest.mark.parametrize("data", [CSV.encode(), CSV.encode("utf-8-sig"), CSV.replace("\n", "\r\n").encode()])
def test_csv_with_and_without_a_byte_order_mark(data: bytes) -> None:
    assert item_file.read("items.CSV", data) == ([ROW], [])


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig"])
def test_json(mark: str) -> None:
    data = json.dumps([FULL], ensure_ascii=False).encode(mark)
    assert item_file.read("items.json", data) == ([ItemRow(1, ROW.sku, ROW.columns)], [])


def test_what_is_left_out_or_empty_is_not_named() -> None:
    data = b"price,sku,name,stock\n,A,,\n100,B,x,0\n\n"
    assert item_file.read("a.csv", data)[0] == [
        ItemRow(2, "A", {}),
        ItemRow(3, "B", {"price": 100, "name": "x", "stock": 0}),
    ]


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (",x,1", "sku is missing"),
        ("a b,x,1", "sku must be"),
        ("A,x,0", "price must be a whole number from 1"),
        ('A,x,"24,900"', "without separators, like 24900"),
        ("A,x,-5", "price must be"),
        ("A,x,1e3", "price must be"),
        ("A,x,٣", "price must be"),
        ("A,x,2000000001", "price must be"),
        ("A,x\x07,1", "name must not have line breaks or control"),
        ('A,"x\ny",1', "name must not have line breaks or control"),
        (f"A,{'x' * 256},1", "name must be 1 to 255 characters long"),
        ("A,x", "2 cells, and the header 3"),
        ("A,x,1,", "4 cells, and the header 3"),
    ],
)
def test_a_wrong_line_is_named_and_explained(cells: str, complaint: str) -> None:
    rows, (error,) = item_file.read("a.csv", f"sku,name,price\nGOOD,x,1\n{cells}\n".encode())
    assert [row.sku for row in rows] == ["GOOD"]
    assert (error.line in (3, 4), complaint in error.message) == (True, True), error


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("price", 1.5, "whole number"),
        ("price", True, "whole number"),
        ("price", None, "whole number"),
        ("name", None, "1 to 255"),
        ("name", ["x"], "1 to 255"),
        ("name", "\ud800", "control characters"),
        ("active", "yes", "true or false"),
        ("active", 1, "true or false"),
        ("image_url", "http://x.example/a.jpg", "https://"),
        ("image_url", 5, "must be text"),
        ("stock", -1, "unlimited"),
        ("prise", 1, "is no column; the columns are sku, name"),
    ],
)
def test_a_wrong_value_of_an_entry_is_named(name: str, value: object, complaint: str) -> None:
    rows, (error,) = item_file.read("a.json", json.dumps([{"sku": "A", name: value}]).encode())
    assert (rows, error.line) == ([], 1)
    assert name in error.message
    assert complaint in error.message


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    _, (error,) = item_file.read("a.csv", b"sku,price,active\n!,x,perhaps\n")
    assert [word in error.message for word in ("sku must", "price must", "active must")] == [True] * 3


def test_a_sku_twice_in_a_file_is_an_error() -> None:
    rows, errors = item_file.read("a.csv", b"sku\nA\nB\nA\n")
    assert ([row.sku for row in rows], errors) == (
        ["A", "B"],
        [RowError(4, "The SKU A is also at 2. Remove one of them.")],
    )


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("a.xlsx", b"", ".csv or .json"),
        ("a.csv", b"sku,name\nA,\xb0\xa8\n", "Line 2 is not UTF-8"),
        ("a.csv", b"", "column sku"),
        ("a.csv", b"name,price\n", "column sku"),
        ("a.csv", b"sku,prise\n", "'prise', which is no column"),
        ("a.csv", b"sku,sku\n", "twice"),
        ("a.csv", b'sku\n"A', "not CSV"),
        ("a.csv", b"sku\n" + b"A" * 200_000, "not CSV"),
        ("a.csv", b"sku\n" + b"A\n" * (MOST_ROWS + 1), "more than 10000 items"),
        ("a.json", b"{}", "list of objects"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.json", b'[{"sku": "A", "sku": "B"}]', "a key occurs twice"),
        ("a.json", b"[" + b"9" * 10_000 + b"]", "not valid JSON"),
        ("a.csv", b"x" * (LARGEST_FILE + 1), "larger than 10 MiB"),
    ],
)
def test_an_unreadable_file_is_one_clear_sentence(name: str, data: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableFile, match=r"[.]$") as refusal:
        item_file.read(name, data)
    assert complaint in str(refusal.value)


def test_an_entry_that_is_no_object_is_an_error() -> None:
    assert item_file.read("a.json", b'["A"]') == ([], [RowError(1, "It is no object.")])
