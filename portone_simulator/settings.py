"""The switches of the simulator: the account, the webhooks, and undocumented behaviour of PortOne.

Every switch for an open question about PortOne is explained in `docs/simulator.md`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from marshmallow import Schema, validate
from marshmallow import fields as checks


def _switch(default: object, check: checks.Field[Any]) -> Any:
    return field(default=default, metadata={"check": check})


def _one_of(default: str, *others: str) -> Any:
    return _switch(default, checks.String(validate=validate.OneOf([default, *others])))


def _flag(default: bool) -> Any:
    return _switch(default, checks.Boolean())


def _text(default: str) -> Any:
    return _switch(default, checks.String(validate=validate.Length(1, 200)))


def _address() -> Any:
    return _switch(None, checks.Url(require_tld=False, schemes={"http", "https"}, allow_none=True))


def _number(default: int, low: int, high: int) -> Any:
    return _switch(default, checks.Integer(strict=True, validate=validate.Range(low, high)))


@dataclass(frozen=True)
class Settings:
    """One consistent set of switches; a change creates a new one."""

    imp_key: str = _text("imp_apikey")
    imp_secret: str = _text("imp_secret")
    inicis_api_key: str = _text("inicis_apikey")
    v2_api_secret: str = _text("v2_api_secret")
    v2_store_id: str = _text("store-11111111-2222-4333-8444-555555555555")
    v2_webhook_secrets: str = _text("whsec_cGl0dHVydS1zaW11bGF0b3Itc2VjcmV0")
    v2_webhook_version: str = _one_of("2024-04-25", "2024-01-01")
    v2_cancel: str = _one_of("at_once", "requested", "failed")
    v2_idempotent_errors: str = _one_of("stored", "forgotten")
    webhook_url: str | None = _address()
    webhook_format: str = _one_of("json", "form")
    webhook_retries: int = _number(0, 0, 5)
    webhook_first: bool = _flag(False)
    webhook_cancellation_id: str = _one_of("absent", "null")
    confirm_url: str | None = _address()
    confirm_timeout: int = _number(10, 1, 60)
    sandbox: bool = _flag(False)
    legacy_callback: bool = _flag(False)
    imp_success: bool = _flag(False)
    partial_cancel_status: str = _one_of("cancelled", "paid")
    prepare_consumed: bool = _flag(False)
    reuse_cancelled_uid: str = _one_of("refused", "allowed")
    second_approval: str = _one_of("allowed", "refused")
    list_attempts: str = _one_of("all", "latest")
    vbank_deposit: str = _one_of("exact", "any")
    late_deposit: str = _one_of("accepted", "refused")
    revoked_vbank_status: str = _one_of("cancelled", "failed")
    sandbox_vbank_refund: str = _one_of("allowed", "refused")
    vbank_api_contract: bool = _flag(True)
    vbank_change: str = _one_of("any", "settle")
    empty_vbank_dates: str = _one_of("zero", "null")
    unknown_customer: str = _one_of("refusal", "not_found")
    unknown_customer_code: int = _switch(-1, checks.Integer(strict=True, validate=validate.OneOf([-1, 1])))

    def changed(self, patch: Mapping[str, object]) -> "Settings":
        """These settings with some replaced; raises `marshmallow.ValidationError` naming each bad field."""
        return replace(self, **SettingsPatch().load(patch, partial=True))

    def plain(self) -> dict[str, object]:
        """All switches as JSON."""
        return asdict(self)


SettingsPatch: type[Schema] = Schema.from_dict(
    {switch.name: switch.metadata["check"] for switch in fields(Settings)}, name="SettingsPatch"
)
