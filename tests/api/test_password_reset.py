"""A forgotten password: who may not learn that there is an account, and who gets no new password by reading mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.outbound import OutboundMessage
from pitturu.store.unit_of_work import unit_of_work
from tests.api.mailbox import ADDRESS, EMAIL, NEW, RESET, Mailbox, MailboxWith
from tests.api.second_factor import Phone, bearer
from tests.api.test_auth import ask
from tests.shop import PASSWORD


@pytest.mark.parametrize("typed", ["hana", " HANA@EXAMPLE.ORG "])
def test_a_password_is_reset_once(mailbox: Mailbox, typed: str) -> None:
    mailbox.has()
    lost = mailbox.log_in(PASSWORD)
    mailbox.forgot(typed)
    token = mailbox.token()
    assert len(token) >= 43, "256 bits"
    assert mailbox.rows_with(token) == []
    assert mailbox.rows_with("example.org") == []
    assert mailbox.reset(token, 422, new_password="hanahanahana")["code"] == "password_guessable"

    assert mailbox.reset(token) == {"status": "ok"}

    assert mailbox.reset(token, 403)["code"] == "link_invalid"
    ask(mailbox.shop, "refresh", 401, refresh_token=lost["refresh_token"])
    assert mailbox.log_in(PASSWORD, 401)["code"] == "wrong_credentials"
    mailbox.log_in(NEW)
    assert "The password of your account was changed" in mailbox.texts()[-1]


def test_the_request_is_the_same_for_everybody(mailbox: Mailbox) -> None:
    """Same answer, same statements, so the same time: an account, one without an address, nobody, an outside user."""
    mailbox.has()
    mailbox.shop.login("minji")
    with mailbox.shop.app.app_context(), unit_of_work() as work:
        users.ensure(work, "ext:user-7")
    sent: list[list[str]] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent[-1].append(statement)

    with mailbox.shop.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    answers = []
    for typed in ("hana", ADDRESS, "minji", "nobody", "nobody@example.org", "ext:user-7", "한나"):
        sent.append([])
        answer = mailbox.shop.client.post(RESET, json={"account": typed})
        headers = {name: value for name, value in answer.headers if name != "X-Request-ID"}
        answers.append((answer.status_code, answer.data, headers))
    event.remove(engine, "before_cursor_execute", note)

    assert sent[0]
    assert sent == [sent[0]] * 7
    assert answers == [answers[0]] * 7
    assert len(mailbox.texts()) == 1, "the link asked for by name is replaced before it is sent"
    assert {mail["To"] for mail in mailbox.server.mails} == {ADDRESS}
    with mailbox.shop.app.app_context():
        left = db.session.query(OutboundMessage).all()
    assert {row.content.get("sealed") for row in left} == {None}
    assert len(left) == 2, "names of nobody leave nothing"


def test_a_newer_link_replaces_an_older_one(mailbox: Mailbox) -> None:
    mailbox.has()
    mailbox.forgot()
    first = mailbox.token()
    mailbox.forgot(ADDRESS)
    second = mailbox.token()
    assert mailbox.reset(first, 403)["code"] == "link_invalid"
    mailbox.reset(second)


def test_an_invented_token_and_an_old_one(mailbox: Mailbox) -> None:
    mailbox.has()
    mailbox.forgot()
    token = mailbox.token()
    assert mailbox.reset("A" * 43, 403)["code"] == "link_invalid"
    mailbox.change("new@example.org")
    mailed = mailbox.email_code("new@example.org")
    for code in (mailed, mailed.replace("-", "")):
        mailbox.reset(code.ljust(20), 403)
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=31))
    assert mailbox.reset(token, 403)["code"] == "link_invalid"
    clock.use(None)
    mailbox.log_in(PASSWORD)


def test_a_link_ends_with_the_password_and_the_address_that_it_was_made_for(mailbox: Mailbox) -> None:
    mailbox.has()
    mailbox.forgot()
    token = mailbox.token()
    mailbox.has("new@example.org")
    assert mailbox.reset(token, 403)["code"] == "link_invalid"
    mailbox.has()
    body = {"password": PASSWORD, "new_password": NEW}
    mailbox.call("POST", "/api/v1/auth/password", 200, "hana", **body)
    assert mailbox.reset(token, 403, new_password="nine loud mountains")["code"] == "link_invalid"
    assert "was changed" in mailbox.texts()[-1]
    mailbox.log_in(NEW)


def test_a_thief_who_asked_for_another_address_loses_that_too(mailbox: Mailbox) -> None:
    """The thief knew the password; the owner resets it; the thief's code must not count afterwards."""
    mailbox.has()
    mailbox.change("thief@example.org")
    code = mailbox.email_code("thief@example.org")
    mailbox.forgot()
    mailbox.reset(mailbox.token())

    headers = bearer(mailbox.log_in(NEW))
    answer = mailbox.shop.client.post(f"{EMAIL}/confirm", headers=headers, json={"email_code": code})

    assert (answer.status_code, answer.json["code"]) == (403, "wrong_email_code")


def test_who_reads_the_mail_does_not_have_the_phone(mailbox: Mailbox) -> None:
    mailbox.has()
    phone = Phone(mailbox.shop)
    phone.enrol()
    mailbox.forgot()
    token = mailbox.token()

    assert mailbox.reset(token, 401)["code"] == "second_factor_needed"
    assert mailbox.reset(token, 401, code="000000")["code"] == "wrong_code"
    mailbox.log_in(PASSWORD, code=phone.code())
    assert mailbox.reset(token, 401, code=phone.code())["code"] == "wrong_code", "each works once"
    phone.wait()
    mailbox.reset(token, code=phone.code())

    phone.wait()
    assert mailbox.log_in(NEW, 401)["code"] == "second_factor_needed"
    mailbox.log_in(NEW, code=phone.code())


def test_an_operators_mailbox_is_no_way_to_the_role(mailbox_with: MailboxWith) -> None:
    """Whoever reads it would enrol a phone of their own, and be the operator."""
    mailbox = mailbox_with(operator_second_factor="required")
    mailbox.shop.login("boss", "admin")
    mailbox.has("boss@example.org", "boss")
    mailbox.forgot("boss")
    assert mailbox.tokens("boss@example.org") == []
    assert "Ask another admin" in mailbox.texts("boss@example.org")[-1]

    mailbox.has("minji@example.org", "minji")
    mailbox.forgot("minji")
    token = mailbox.token("minji@example.org")
    mailbox.shop.promote("minji", "finance")
    assert mailbox.reset(token, 403)["code"] == "reset_needs_second_factor", "promoted since"

    phone = Phone(mailbox.shop, "boss", "admin")
    phone.enrol()
    mailbox.forgot("boss")
    token = mailbox.token("boss@example.org")
    assert mailbox.reset(token, 401)["code"] == "second_factor_needed"
    mailbox.reset(token, code=phone.code())


def test_one_address_of_several_accounts(mailbox: Mailbox) -> None:
    mailbox.has()
    mailbox.has(ADDRESS.lower(), "minji")
    mailbox.forgot(ADDRESS)
    first, second = mailbox.tokens()
    mailbox.reset(second)
    mailbox.log_in(PASSWORD)
    mailbox.log_in(NEW, user="minji")
    mailbox.reset(first)


def test_two_who_follow_the_same_link_at_once(mailbox: Mailbox, threads: ThreadPoolExecutor) -> None:
    mailbox.has()
    mailbox.forgot()
    token, words = mailbox.token(), ["six quiet rivers of ink", "nine loud mountains", "four blue wooden chairs"]

    def follow(new: str) -> int:
        body = {"token": token, "new_password": new}
        return mailbox.shop.app.test_client().post(f"{RESET}/confirm", json=body).status_code

    statuses = list(threads.map(follow, words))

    assert sorted(statuses) == [200, 403, 403]
    mailbox.log_in(words[statuses.index(200)])


def test_requests_are_few_by_name_and_by_address(mailbox_with: MailboxWith) -> None:
    mailbox = mailbox_with(rate_mail="2/hour", rate_login="5/hour")
    mailbox.has()
    for typed in ("hana", "HANA"):
        mailbox.forgot(typed)
    answers = [mailbox.forgot("hana", 429), *(mailbox.forgot("nobody", status) for status in (202, 429))]

    assert [answer.get("code") for answer in answers] == ["too_many_requests", None, "too_many_requests"]
    assert "5 per 1 hour" in answers[-1]["detail"]
    assert len(mailbox.texts()) == 1


def test_guessing_codes_behind_a_link_is_slow(mailbox_with: Callable[..., Mailbox]) -> None:
    mailbox = mailbox_with(rate_account="6/hour")
    mailbox.has()
    Phone(mailbox.shop).enrol()
    mailbox.forgot()
    token = mailbox.token()
    statuses = [
        mailbox.shop.client.post(f"{RESET}/confirm", json={"token": token, "new_password": NEW, "code": "000000"})
        for _ in range(4)
    ]
    assert statuses[0].status_code == 401
    assert statuses[-1].status_code == 429
