"""`flask pitturu notices`: what buyers read, and whether it arrives; `doctor` says whether notices can leave."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pitturu.cli import doctor
from pitturu.services import services_of
from tests.operators import actions
from tests.outbound.notices import Recipients, recipients


@pytest.fixture
def people() -> Iterator[Recipients]:
    with recipients() as both:
        yield both


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["pitturu", "notices", *words])


def lines(app: Flask) -> dict[str, doctor.Line]:
    """What the doctor says of notices."""
    found = doctor.examine(services_of(app).settings, services_of(app).open_gateway)
    return {line.what: line for line in found if line.what.startswith("Notices")}


def test_a_preview_sends_nothing(app_with: Callable[..., Flask], people: Recipients) -> None:
    app = app_with(**people.settings())
    shown = run(app, "preview", "account_issued", "--language", "en").output
    assert shown.startswith("[커피가게] Where to transfer KRW 36,000\n\nAn account was issued for your order.")
    assert run(app, "preview", "paid", "--html").output.startswith("<!doctype html>")
    assert "알림" not in run(app, "preview", "shipped").output
    assert (people.subjects, people.sender.requests) == ([], [])


def test_a_broken_template_is_named_also_while_notices_are_off(app_with: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "paid.email.ko.txt").write_text("{{ nothing }}\n\ntext")
    result = run(app_with(notice_templates=str(tmp_path)), "preview", "paid")
    assert result.exit_code == 1
    assert "NOTICE_TEMPLATES: paid.email.ko.txt: 'nothing' is undefined." in result.output


def test_an_example_is_sent_in_both_ways(app_with: Callable[..., Flask], people: Recipients) -> None:
    app = app_with(**people.settings("email", "webhook"))
    assert "Accepted (250" in run(app, "test", "paid", "me@example.com").output
    assert "Accepted (HTTP 200)" in run(app, "test", "paid", "010-1111-2222", "--channel", "webhook").output
    assert (people.mail.mails[0]["To"], people.posted[0]["data"]["telephone"]) == ("me@example.com", "010-1111-2222")
    assert actions(app) == ["test_notices"] * 2
    people.mail.on_rcpt = "550 5.1.1 <me@example.com> no such user"
    refused = run(app, "test", "paid", "me@example.com")
    assert (refused.exit_code, "me@example.com" in refused.output) == (1, False)


def test_the_doctor_says_whether_notices_can_leave(app_with: Callable[..., Flask], people: Recipients) -> None:
    assert lines(app_with()) == {}
    well = lines(app_with(**people.settings("email", "webhook")))
    assert [line.well for line in well.values()] == [True, True]
    wrong = {"smtp_url": "smtp://127.0.0.1:1?tls=none", "notice_webhook_url": "https://nowhere.invalid/"}
    ill = lines(app_with(**people.settings("email", "webhook", **wrong)))
    assert [line.well for line in ill.values()] == [False, False]
    assert "Check SMTP_URL" in ill["Notices by email"].words
    assert "The host of NOTICE_WEBHOOK_URL is unknown" in ill["Notices by webhook"].words
    assert people.mail.mails == []
