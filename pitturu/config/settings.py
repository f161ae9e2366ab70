"""The settings as they were read, with what follows from them.

`load()` reads the environment once. Missing and invalid settings are reported together, with what to do about each.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import cached_property

from marshmallow import EXCLUDE, Schema, ValidationError

from pitturu.config import checks, urls
from pitturu.config.fields import reader
from pitturu.config.options import Options
from pitturu.domain import installments, pay_methods
from pitturu.domain.decision import Policy
from pitturu.domain.decision.cancel_policy import CancelPolicy
from pitturu.domain.escrow import Party
from pitturu.domain.notices import NoticeKind
from pitturu.domain.provider import Generation, PayMethod


class BadSettings(Exception):
    """The settings are missing or invalid; `problems` has one line for each thing to correct."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("pitturu cannot start:\n" + "\n".join(f"  - {line}" for line in problems))
        self.problems = problems


@dataclass(frozen=True, repr=False)
class Settings(Options):
    """The options, and values computed from several of them."""

    def __repr__(self) -> str:
        """Shows no values: many are secrets, and the text may be logged."""
        return f"Settings({self.pitturu_env})"

    @property
    def production(self) -> bool:
        """Whether default secrets and open access are refused."""
        return self.pitturu_env == "production"

    @property
    def second_factor_required(self) -> bool:
        """Whether a role above buyer takes effect only in a login that passed a second factor."""
        return (self.operator_second_factor or ("required" if self.production else "optional")) == "required"

    @property
    def generations(self) -> tuple[Generation, ...]:
        """The generations whose keys are set: sessions can be paid through these."""
        keys = {Generation.V1: self.portone_api_key, Generation.V2: self.portone_v2_api_secret}
        return tuple(generation for generation, key in keys.items() if key)

    def channels(self, generation: Generation) -> dict[str, str]:
        """The channel of each method that has its own."""
        return dict(self.portone_v2_channels if generation is Generation.V2 else self.portone_channels)

    def offered(self, generation: Generation) -> tuple[PayMethod, ...]:
        """The methods that a session of this generation can be paid with, in the order to show them."""
        return pay_methods.offered(self.pay_methods, self.channels(generation))

    @cached_property
    def installments(self) -> tuple[installments.Installment, ...] | None:
        """The instalments that cards may be paid in; None where the PG decides. Raises ValueError (see `checks`)."""
        return installments.rules(self.card_installments)

    @property
    def escrow_sender(self) -> Party:
        """Who sends the goods of escrow payments."""
        values = self.escrow_sender_name, self.escrow_sender_tel, self.escrow_sender_address
        return Party(*values, self.escrow_sender_postcode)

    @cached_property
    def policy(self) -> Policy:
        """The rules that decisions about money are made by."""
        return Policy(
            environment=self.portone_environment,
            late_accepted=self.late_payment == "accept",
            vbank_due=self.vbank_due,
            deposit_grace=self.deposit_grace,
            deposit_recheck=self.deposit_recheck,
            late_look=self.late_look,
        )

    @cached_property
    def cancel_policy(self) -> CancelPolicy:
        """The rules that requested cancels are decided by."""
        return CancelPolicy(self.cancel_window, self.cancel_approval_above)

    @property
    def vbank_pg(self) -> str | None:
        """PortOne's code of the PG for V1's virtual accounts; None if a channel key is configured for them."""
        channel = dict(self.portone_channels).get(PayMethod.VBANK)
        if channel is None:
            return self.portone_pg
        return channel.removeprefix("pg:") if channel.startswith("pg:") else None

    @property
    def longest_call(self) -> timedelta:
        """The maximum duration of a call to PortOne, even if the answer arrives byte by byte."""
        return self.portone_connect_timeout + self.portone_read_timeout

    @property
    def longest_batch_call(self) -> timedelta:
        """The maximum duration of a call about several orders: one about each may follow it within the same lease."""
        return min(timedelta(seconds=5), (self.lease - self.longest_call) / 2)

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with an explicit driver, also for `postgres://` as some platforms write it."""
        return urls.with_driver(self.database_url)

    @property
    def sqlalchemy_replica_url(self) -> str:
        """The replica's URL in the same form; empty without a replica."""
        return urls.with_driver(self.database_replica_url)

    @cached_property
    def notice_kinds(self) -> frozenset[NoticeKind]:
        """What buyers are notified of."""
        return frozenset(NoticeKind) if "all" in self.notices else frozenset(map(NoticeKind, self.notices))

    @property
    def order_url(self) -> str:
        """The address of a buyer's page of an order, with names in braces; "" if there is none."""
        ours = f"{self.public_url}/history" if self.public_url and self.storefront == "on" else ""
        return self.shop_order_url or ours

    @property
    def broker_address(self) -> str:
        """The URL of the message broker."""
        return self.broker_url or self.redis_url


_Schema = Schema.from_dict({option.name: reader(option) for option in fields(Settings)}, name="Environment")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (or the mapping given). Raises BadSettings with every problem at once."""
    given = os.environ if environ is None else environ
    known = {option.name: given[option.name.upper()] for option in fields(Settings) if given.get(option.name.upper())}
    try:
        settings = Settings(**_Schema(unknown=EXCLUDE).load(known))
    except ValidationError as error:
        texts = error.messages_dict.items()
        raise BadSettings([f"{name.upper()}: {' '.join(map(str, words))}" for name, words in texts]) from error
    settings = replace(settings, redis_url=urls.with_cert_reqs(settings.redis_url, settings.redis_cert_reqs))
    problems = checks.about(settings)
    if problems:
        raise BadSettings(problems)
    return settings
