"""Users who read their mail: a shop with a real mail server."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from pitturu.extensions import db
from pitturu.store import account_emails
from pitturu.store.unit_of_work import unit_of_work
from tests.outbound.mail_server import MailServer
from tests.shop import PASSWORD, Shop

EMAIL = "/api/v1/auth/email"
RESET = "/api/v1/auth/password-reset"
ADDRESS = "Hana@example.org"
NEW = "several unrelated words"


@dataclass
class Mailbox:
    """All mailboxes behind the mail server of one shop."""

    shop: Shop
    server: MailServer

    def texts(self, address: str = ADDRESS) -> list[str]:
        """The texts that have come to this address, after workers have done all that is due."""
        self.shop.drain()
        return [mail.get_content().replace("\r\n", "\n") for mail in self.server.mails if mail["To"] == address]

    def email_code(self, address: str) -> str:
        """The code in the last mail that has one. Mails that are due at the same time come in any order."""
        codes = [re.findall(r"^([A-Z2-7]{4}-[A-Z2-7]{4})$", text, re.M) for text in self.texts(address)]
        (code,) = next(found for found in reversed(codes) if found)
        return str(code)

    def tokens(self, address: str = ADDRESS) -> list[str]:
        """The tokens in the last mail that has any."""
        tokens = [re.findall(r"/reset-password#([\w-]+)$", text, re.M) for text in self.texts(address)]
        return next((found for found in reversed(tokens) if found), [])

    def token(self, address: str = ADDRESS) -> str:
        """The only one."""
        (token,) = self.tokens(address)
        return token

    def call(self, method: str, path: str, status: int, user: str | None, **body: Any) -> Any:
        """A request, as this user or nobody."""
        headers = {} if user is None else self.shop.login(user)
        answer = self.shop.client.open(path, method=method, headers=headers, json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json

    def change(self, address: str = ADDRESS, user: str = "hana", status: int = 202, **more: Any) -> Any:
        """Enter a new address."""
        return self.call("POST", EMAIL, status, user, **{"password": PASSWORD, "email": address} | more)

    def confirm(self, code: str, user: str = "hana", status: int = 200) -> Any:
        """Enter the code."""
        return self.call("POST", f"{EMAIL}/confirm", status, user, email_code=code)

    def has(self, address: str = ADDRESS, user: str = "hana") -> None:
        """This user has verified this address."""
        self.shop.login(user)
        with self.shop.app.app_context(), unit_of_work() as work:
            account_emails.put(work, user, address)

    def forgot(self, account: str = "hana", status: int = 202) -> Any:
        """Somebody asks for a reset."""
        return self.call("POST", RESET, status, None, account=account)

    def reset(self, token: str, status: int = 200, **more: Any) -> Any:
        """Somebody follows a link."""
        return self.call("POST", f"{RESET}/confirm", status, None, **{"token": token, "new_password": NEW} | more)

    def log_in(self, password: str, status: int = 200, user: str = "hana", **more: Any) -> Any:
        """Somebody logs in."""
        body = {"username": user, "password": password, **more}
        return self.call("POST", "/api/v1/auth/login", status, None, **body)

    def rows_with(self, secret: str) -> list[str]:
        """The tables in which this text can be read."""
        with self.shop.app.app_context():
            tables = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            pattern = {"like": f"%{secret}%"}
            return [
                table
                for table in tables
                if db.session.scalar(text(f"SELECT bool_or(t::text ILIKE :like) FROM {table} t"), pattern)
            ]


MailboxWith = Callable[..., Mailbox]
