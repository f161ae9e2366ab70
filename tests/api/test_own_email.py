"""The e-mail address of an account counts once a mailed code came back, and its change is reported to the old one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pitturu.domain import clock
from tests.api.mailbox import ADDRESS, EMAIL, Mailbox, MailboxWith
from tests.api.second_factor import Phone
from tests.shop import PASSWORD, Shop


def test_an_address_counts_once_its_code_came_back(mailbox: Mailbox) -> None:
    shown = mailbox.change()
    assert (shown["email"], shown["pending"], shown["available"]) == (None, ADDRESS, True)
    mailbox.forgot()
    code = mailbox.email_code(ADDRESS)
    (text,) = mailbox.texts()
    assert "hana" not in text, "whoever asked has chosen the name, and the reader may be anybody"
    assert [mailbox.rows_with(secret) for secret in (ADDRESS, code, code.replace("-", ""))] == [[], [], []]

    shown = mailbox.confirm(code.lower().replace("-", " "))

    assert (shown["email"], shown["pending"]) == (ADDRESS, None)
    assert mailbox.call("GET", EMAIL, 200, "hana") == shown
    assert mailbox.rows_with("example.org") == []
    assert mailbox.confirm(code, status=403)["code"] == "wrong_email_code", "it works once"


def test_a_change_is_reported_to_the_old_address(mailbox: Mailbox) -> None:
    mailbox.has()
    mailbox.change("new@example.org")
    assert mailbox.texts() == []
    mailbox.confirm(mailbox.email_code("new@example.org"))
    (text,) = mailbox.texts()
    assert "not the e-mail address of your account any more" in text
    assert "hana" in text

    shown = mailbox.call("DELETE", EMAIL, 200, "hana", password=PASSWORD)

    assert shown["email"] is None
    assert "not the e-mail address" in mailbox.texts("new@example.org")[-1]
    assert mailbox.rows_with("example.org") == []


def test_who_does_not_know_the_password_changes_nothing(mailbox: Mailbox) -> None:
    mailbox.has()
    wrong = {"password": "a wrong password"}
    assert mailbox.change("thief@example.org", status=403, **wrong)["code"] == "wrong_password"
    assert mailbox.call("DELETE", EMAIL, 403, "hana", **wrong)["code"] == "wrong_password"
    phone = Phone(mailbox.shop)
    phone.enrol()
    assert "two-step login of your account was switched on or off" in mailbox.texts()[-1]
    assert mailbox.change("thief@example.org", status=403)["code"] == "second_factor_needed"
    assert mailbox.change("thief@example.org", status=403, code="000000")["code"] == "wrong_code"
    assert mailbox.call("DELETE", EMAIL, 403, "hana", password=PASSWORD)["code"] == "second_factor_needed"
    assert mailbox.texts("thief@example.org") == []
    assert mailbox.call("GET", EMAIL, 200, "hana")["email"] == ADDRESS
    mailbox.change("mine@example.org", code=phone.code())
    assert mailbox.email_code("mine@example.org")


def test_codes_are_ones_own_few_tries_and_the_newest(mailbox: Mailbox) -> None:
    mailbox.change()
    first = mailbox.email_code(ADDRESS)
    mailbox.change("minji@example.org", "minji")
    assert mailbox.confirm(first, "minji", 403)["code"] == "wrong_email_code", "somebody else's"
    mailbox.change("other@example.org")
    assert mailbox.confirm(first, status=403)["code"] == "wrong_email_code", "replaced"
    for _ in range(4):
        mailbox.confirm("AAAA-AAAA", status=403)
    mailbox.confirm(mailbox.email_code("other@example.org"), status=403)
    assert mailbox.call("GET", EMAIL, 200, "hana")["email"] is None

    mailbox.confirm(mailbox.email_code("minji@example.org"), "minji")


def test_a_code_expires(mailbox: Mailbox) -> None:
    mailbox.change()
    code = mailbox.email_code(ADDRESS)
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=31))
    assert mailbox.call("GET", EMAIL, 200, "hana")["pending"] is None
    mailbox.confirm(code, status=403)


def test_nobodys_mailbox_is_flooded(mailbox_with: MailboxWith) -> None:
    """Neither by one account with many addresses, nor by many accounts with one address."""
    mailbox = mailbox_with(rate_mail="2/hour")
    for number in range(2):
        mailbox.change(f"{number}@example.org")
    assert mailbox.change("3@example.org", status=429)["code"] == "too_many_requests"
    for user in ("minji", "jiho"):
        mailbox.change("VICTIM@example.org", user)
    assert mailbox.change("victim@example.org", "sua", 429)["code"] == "too_many_requests"
    assert len(mailbox.texts("VICTIM@example.org")) == 2


def test_without_a_mail_server_it_says_so(shop_with: Callable[..., Shop], mailbox: Mailbox) -> None:
    without = Mailbox(shop_with(), mailbox.server)
    assert without.call("GET", EMAIL, 200, "hana")["available"] is False
    assert without.change(status=409)["code"] == "mail_off"
    assert without.forgot(status=409)["code"] == "mail_off"
    assert mailbox.change("no address", status=422)["errors"].keys() == {"email"}


def test_an_ended_second_factor_is_reported(mailbox: Mailbox) -> None:
    """By its owner, and at a terminal for somebody who says that the phone was lost."""
    mailbox.has()
    phone = Phone(mailbox.shop)
    headers = phone.enrol()
    phone.call(headers, "DELETE", password=PASSWORD, code=phone.code())
    assert len(mailbox.texts()) == 2
    phone.wait()
    phone.enrol(headers)
    assert mailbox.shop.app.test_cli_runner().invoke(args=["pitturu", "totp-reset", "hana"]).exit_code == 0
    assert len(mailbox.texts()) == 4
