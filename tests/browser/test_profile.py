"""The profile: an e-mail address, a forgotten password, a copy of one's data, and the end of the account."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.browser.conftest import Visit
from tests.browser.test_login import enter
from tests.browser.visitor import Visitor
from tests.outbound.mail_server import MailServer, mail_server
from tests.shop import PASSWORD
from tests.system import System
from tests.waiting import until

NEW = "several unrelated words"
HANA = "hana@example.org"


@pytest.fixture
def mails(system: System) -> Iterator[MailServer]:
    """The mailboxes of all visitors."""
    with mail_server(port=system.mail_port) as server:
        yield server


def found(mails: MailServer, pattern: str) -> str:
    """What matches in the last mail, once there is such a mail."""
    texts: list[str] = []

    def arrived() -> bool:
        texts[:] = [one[1] for mail in mails.mails if (one := re.search(pattern, mail.get_content()))]
        return bool(texts)

    until(arrived, "the mail has come")
    return texts[-1]


def field(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f"[name={name}]")


def verify(visitor: Visitor, mails: MailServer) -> None:
    """Enter an address and its code."""
    visitor.go("/account")
    field(visitor, "email").fill(HANA)
    field(visitor, "email_password").fill(PASSWORD)
    visitor.button("확인 코드 받기").click()
    field(visitor, "email_code").fill(found(mails, r"([A-Z2-7]{4}-[A-Z2-7]{4})"))
    visitor.button("확인하기").click()
    expect(visitor.page.get_by_text(f"확인한 주소: {HANA}")).to_be_visible()


def test_a_forgotten_password(visit: Visit, mails: MailServer, axe: Callable[..., None]) -> None:
    visitor = visit(phone=True)
    verify(visitor, mails)
    axe(visitor.page)
    name = visitor.username or ""

    visitor.button("로그아웃").click()
    visitor.page.get_by_role("link", name="로그인").click()
    visitor.page.get_by_role("link", name="비밀번호를 잊으셨나요?").click()
    axe(visitor.page)
    field(visitor, "account").fill(HANA)
    visitor.button("링크 받기").click()
    expect(visitor.page.get_by_text("메일을 보냈어요")).to_be_visible()

    link = found(mails, r"(http\S+/reset-password#\S+)")
    token = urlsplit(link).fragment
    asked: list[Request] = []
    visitor.page.on("request", lambda request: asked.append(request))
    visitor.page.goto("about:blank")
    visitor.page.goto(link)
    field(visitor, "new_password").fill(NEW)
    assert token not in visitor.page.url, "nobody reads it in the address bar or the history"
    assert [one.url for one in asked if token in one.url or token in str(one.headers)] == [], "servers neither"
    axe(visitor.page)
    visitor.button("비밀번호 바꾸기").click()
    visitor.page.locator("main").get_by_role("link", name="로그인하기").click()
    enter(visitor, name, NEW, "로그인")
    expect(visitor.button("로그아웃")).to_be_visible()

    with visitor.watch.expecting("403"):
        visitor.page.goto(link)
        field(visitor, "new_password").fill("nine loud mountains")
        visitor.button("비밀번호 바꾸기").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("이미 썼거나 시간이 지난 링크예요.")
    visitor.button("링크 다시 받기").click()
    expect(field(visitor, "account")).to_be_visible()


def test_ones_data_and_the_end(
    visit: Visit, mails: MailServer, item: Callable[..., str], axe: Callable[..., None], tmp_path: Path
) -> None:
    visitor = visit()
    visitor.account.paid(item_id=item(name="감귤"))
    verify(visitor, mails)

    visitor.button("내 정보 내려받기").click()
    field(visitor, "copy_password").fill(PASSWORD)
    axe(visitor.page)
    with visitor.page.expect_download() as download:
        visitor.button("내려받기").click()
    download.value.save_as(tmp_path / "copy.json")
    copy = json.loads((tmp_path / "copy.json").read_text())
    assert (copy["account"]["email"], copy["orders"][0]["lines"][0]["item_name"]) == (HANA, "감귤")

    visitor.button("계정 삭제").click()
    button = visitor.button("영구 삭제")
    field(visitor, "erase_password").fill(PASSWORD)
    field(visitor, "erase_username").fill("somebody")
    expect(button).to_be_disabled()
    field(visitor, "erase_username").fill(visitor.username or "")
    axe(visitor.page)
    button.click()

    expect(visitor.page.get_by_text("계정을 삭제했어요.")).to_be_visible()
    expect(visitor.page.get_by_role("link", name="로그인")).to_be_visible()
    found(mails, "(Your account was erased)")
    visitor.go("/history")
    visitor.page.wait_for_url("**/login?next=*")
