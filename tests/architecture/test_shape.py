"""Small files, small functions, types everywhere."""

from tests.architecture.sources import PACKAGE, files, functions, place, python_files

FILE_LINES, FUNCTION_LINES = 250, 40


def test_the_repository_is_seen() -> None:
    assert PACKAGE / "__init__.py" in python_files()


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in python_files()}

    assert [f"{place(path)} has {count} lines" for path, count in lengths.items() if count >= FILE_LINES] == []


def test_functions_fit_on_a_page() -> None:
    lengths = [
        (place(path, one.lineno), one.name, (one.end_lineno or one.lineno) - one.lineno + 1)
        for path in python_files()
        for one in functions(path)
    ]

    assert [f"{where} {name} has {count} lines" for where, name, count in lengths if count >= FUNCTION_LINES] == []


def test_every_function_says_what_it_returns() -> None:
    silent = [
        f"{place(path, one.lineno)} {one.name}"
        for path in files(".py")
        if PACKAGE in path.parents
        for one in functions(path)
        if one.returns is None
    ]

    assert silent == []
