"""Settings of notices to buyers: off unless named; what cannot work is named at startup."""

from pathlib import Path

import pytest

from pitturu.domain.notices import NoticeKind
from tests.config.test_settings import problems
from tests.values import settings_for

MAIL = {"SMTP_URL": "smtps://mail.example.com", "MAIL_FROM": "shop@example.com"}
NOTICES = {"NOTICES": "all", "SHOP_NAME": "커피가게", **MAIL}
EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK = {
    "NOTICE_CHANNELS": "webhook",
    "NOTICE_WEBHOOK_URL": "https://shop.example.com/notices",
    "NOTICE_WEBHOOK_SECRETS": "whsec_xsYEWZL8t9t7EYhECkISgz8B5ECcfAHxVlsNgQIBRWw=",
}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"NOTICES": "paid,shipped"}, "NOTICES: 'shipped' must be one of all, account_issued,"),
        ({"NOTICE_CHANNELS": "fax"}, "NOTICE_CHANNELS: 'fax' must be one of email, webhook."),
        ({"NOTICE_CHANNELS": ","}, "NOTICE_CHANNELS is empty"),
        ({"SMTP_URL": ""}, "SMTP_URL is not set: NOTICES by email need it."),
        ({"SHOP_NAME": ""}, "SHOP_NAME must be the shop's name"),
        ({"SHOP_NAME": "a\nBcc: b"}, "SHOP_NAME must be the shop's name"),
        (
            {"SHOP_ORDER_URL": "https://shop.example.com/{id}"},
            "SHOP_ORDER_URL in braces: 'id' must be one of session_id",
        ),
        ({"SHOP_ORDER_URL": "javascript:alert(1)"}, "SHOP_ORDER_URL must be like"),
        ({"NOTICE_TEMPLATES": "/nowhere"}, "NOTICE_TEMPLATES: the folder /nowhere cannot be read"),
        (WEBHOOK | {"NOTICE_WEBHOOK_URL": "https://u:hidden@h.example"}, "NOTICE_WEBHOOK_URL must be like"),
        (WEBHOOK | {"NOTICE_WEBHOOK_SECRETS": ""}, "NOTICE_WEBHOOK_SECRETS is not set"),
        (WEBHOOK | {"NOTICE_WEBHOOK_SECRETS": "whsec_hidden!"}, "NOTICE_WEBHOOK_SECRETS: number 1 cannot be used"),
        (WEBHOOK | {"NOTICE_WEBHOOK_SECRETS": EXAMPLE}, "NOTICE_WEBHOOK_SECRETS: number 1 is public, so anybody could"),
        (WEBHOOK | {"NOTICE_WEBHOOK_URL": "http://h.example"}, "NOTICE_WEBHOOK_URL must be https:// in production"),
        ({"SHOP_ORDER_URL": "http://h.example"}, "SHOP_ORDER_URL must be https:// in production"),
        ({"NOTICE_LIMIT": "0"}, "NOTICE_LIMIT"),
    ],
)
def test_what_cannot_work_is_named(changes: dict[str, str], line: str) -> None:
    (found,) = problems(**NOTICES | changes)
    assert line in found
    assert "hidden" not in found


def test_a_broken_template_stops_the_start_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "paid.email.ko.txt").write_text("{{ subject }}\n\ntext")
    (found,) = problems(**NOTICES, NOTICE_TEMPLATES=str(tmp_path))
    assert found.startswith("NOTICE_TEMPLATES: paid.email.ko.txt: 'subject' is undefined.")


def test_nothing_is_needed_where_nothing_is_sent() -> None:
    assert settings_for().notice_kinds == frozenset()
    assert problems() == problems(**NOTICES) == problems(**NOTICES | WEBHOOK) == []
    assert settings_for(notices=("paid",)).notice_kinds == {NoticeKind.PAID}
