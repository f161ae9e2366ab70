"""The mails to users about their own accounts, in Korean and English: which of both somebody reads is not known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pitturu.accounts.password_reset import Link
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.outbound.account_mail import MailKind
from pitturu.outbound.message import Notice

PAGE: Final = "/reset-password"
"""The page that takes a token. It is in the fragment of the address, which browsers send to no server."""


def verify_email(settings: Settings, code: str, until: datetime) -> Notice:
    """The code that verifies an address. The user's name is not in it: whoever asked may have chosen it, and the
    reader may have asked for nothing."""
    return _notice(
        settings,
        ("이메일 확인 코드", "Your e-mail code"),
        f"이메일 주소를 확인하는 코드예요. {_time(until)}까지 내 계정 페이지에 입력해 주세요.",
        "This code verifies your e-mail address. Enter it on the page of your account in time.",
        code,
        "요청하지 않으셨다면 이 메일을 무시해 주세요. 코드를 다른 사람에게 알려 주지 마세요.",
        "If you did not ask for it, ignore this mail. Give the code to nobody.",
    )


def password_reset(settings: Settings, links: Sequence[Link], until: datetime) -> Notice:
    """The links that set a new password, of each account with this address."""
    return _notice(
        settings,
        ("비밀번호 재설정", "Reset your password"),
        f"새 비밀번호를 정하려면 {_time(until)}까지 아래 주소를 열어 주세요. 한 번만 쓸 수 있어요.",
        "To choose a new password, open the address below in time. It works once.",
        *(_link(settings, link) for link in links),
        "요청하지 않으셨다면 이 메일을 무시해 주세요. 비밀번호는 바뀌지 않아요.",
        "If you did not ask for it, ignore this mail. Your password stays as it is.",
    )


def changed(settings: Settings, kind: MailKind, username: str, at: datetime) -> Notice:
    """Something about the account was changed."""
    subjects, korean, english = _CHANGES[kind]
    return _notice(
        settings,
        subjects,
        f"{korean} ({_time(at)})",
        english,
        *([] if kind is MailKind.ERASED else [username]),
        "직접 하신 일이 아니라면 바로 상점에 연락해 주세요.",
        "If it was not you, contact the shop at once.",
    )


_CHANGES: Final = {
    MailKind.PASSWORD_CHANGED: (
        ("비밀번호가 바뀌었어요", "Your password was changed"),
        "계정의 비밀번호가 바뀌었고, 다른 기기에서 모두 로그아웃됐어요.",
        "The password of your account was changed, and all other devices were logged out.",
    ),
    MailKind.EMAIL_CHANGED: (
        ("이메일 주소가 바뀌었어요", "Your e-mail address was changed"),
        "이 주소는 더 이상 계정의 이메일이 아니에요.",
        "This is not the e-mail address of your account any more.",
    ),
    MailKind.FACTOR_CHANGED: (
        ("2단계 인증이 바뀌었어요", "Your two-step login was changed"),
        "계정의 2단계 인증을 켰거나 껐어요.",
        "The two-step login of your account was switched on or off.",
    ),
    MailKind.ERASED: (
        ("계정을 삭제했어요", "Your account was erased"),
        "계정을 삭제했어요. 법에 따라 보관해야 하는 결제 기록만 기한까지 보관해요.",
        "Your account was erased. Only records of payments that the law demands are kept, for as long as it demands.",
    ),
}


def _link(settings: Settings, link: Link) -> str:
    if link.token is None:
        korean = "2단계 인증이 없는 운영자 계정은 메일로 재설정할 수 없어요. 다른 관리자에게 문의해 주세요."
        english = "An operator's account without a second factor cannot be reset by mail. Ask another admin."
        return f"{link.username}\n{korean}\n{english}"
    return f"{link.username}\n{settings.public_url}{PAGE}#{link.token}"


def _notice(settings: Settings, subjects: tuple[str, str], *paragraphs: str) -> Notice:
    host = urlsplit(settings.public_url).hostname or "pitturu"
    return Notice(f"[{host}] {' · '.join(subjects)}", "\n\n".join(paragraphs))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SEOUL):%Y-%m-%d %H:%M} KST"
