"""One JSON line for each event."""

import json
import logging

import pytest

from pitturu import logs
from tests.values import settings_for

log = logging.getLogger("pitturu.somewhere")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def configure(level: str = "INFO") -> None:
    """Twice, as when two apps are made: each line still comes once."""
    logs.configure(settings_for(log_level=level))
    logs.configure(settings_for(log_level=level))


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    log.info("stock_moved", extra={"pieces": 3, "item": "귤"})

    (line,) = lines(capsys)
    told = {"level": "INFO", "event": "stock_moved", "logger": "pitturu.somewhere", "pieces": 3, "item": "귤"}
    assert line | told == line
    assert str(line["timestamp"]).endswith("+00:00")
    assert "request_id" not in line


def test_lines_know_their_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    with logs.bind("outer"):
        with logs.bind("inner"):
            log.info("within")
        log.info("after")
    log.info("outside")

    assert [line.get("request_id") for line in lines(capsys)] == ["inner", "outer", None]


def test_an_error_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        raise ValueError("a\nb")
    except ValueError:
        log.exception("it_broke")

    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("it_broke", "ERROR")
    assert "ValueError: a\nb" in str(line["traceback"])


def test_the_level_is_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    configure("ERROR")
    log.warning("unheard")
    logging.getLogger("werkzeug").warning("unheard")

    assert lines(capsys) == []


def test_verbose_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    for name in logs.QUIET:
        logging.getLogger(name).info("story")
        logging.getLogger(name).warning("alarm")

    assert [line["event"] for line in lines(capsys)] == ["alarm"] * len(logs.QUIET)
