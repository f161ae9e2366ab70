"""The switches of the simulator: the account, the webhooks, and undocumented behaviour of PortOne.

Every switch for an open question about PortOne is explained in `docs/simulator.md`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from marshmallow import fields as checks
from marshmallow import validate

from portone_simulator.checked import address, checked, flag, number, one_of, schema_of, text


@dataclass(frozen=True)
class Settings:
    """One consistent set of switches; a change creates a new one."""

    imp_key: str = text("imp_apikey")
    imp_secret: str = text("imp_secret")
    inicis_api_key: str = text("inicis_apikey")
    v2_api_secret: str = text("v2_api_secret")
    v2_store_id: str = text("store-11111111-2222-4333-8444-555555555555")
    v2_webhook_secrets: str = text("whsec_cGl0dHVydS1zaW11bGF0b3Itc2VjcmV0")
    v2_webhook_version: str = one_of("2024-04-25", "2024-01-01")
    v2_cancel: str = one_of("at_once", "requested", "failed")
    v2_idempotent_errors: str = one_of("stored", "forgotten")
    webhook_url: str | None = address()
    webhook_format: str = one_of("json", "form")
    webhook_retries: int = number(0, 0, 5)
    webhook_first: bool = flag(False)
    webhook_cancellation_id: str = one_of("absent", "null")
    confirm_url: str | None = address()
    confirm_timeout: int = number(10, 1, 60)
    sandbox: bool = flag(False)
    legacy_callback: bool = flag(False)
    imp_success: bool = flag(False)
    hub_easy_pay: str = one_of("method", "card")
    partial_cancel_status: str = one_of("cancelled", "paid")
    prepare_consumed: bool = flag(False)
    reuse_cancelled_uid: str = one_of("refused", "allowed")
    second_approval: str = one_of("allowed", "refused")
    list_attempts: str = one_of("all", "latest")
    vbank_deposit: str = one_of("exact", "any")
    late_deposit: str = one_of("accepted", "refused")
    revoked_vbank_status: str = one_of("cancelled", "failed")
    sandbox_vbank_refund: str = one_of("allowed", "refused")
    vbank_api_contract: bool = flag(True)
    cash_receipts: str = one_of("later", "with_payment", "unsupported")
    cash_receipt_after_cancel: str = one_of("kept", "follows")
    vbank_change: str = one_of("any", "settle")
    empty_vbank_dates: str = one_of("zero", "null")
    unknown_customer: str = one_of("refusal", "not_found")
    unknown_customer_code: int = checked(-1, checks.Integer(strict=True, validate=validate.OneOf([-1, 1])))

    def changed(self, patch: Mapping[str, object]) -> "Settings":
        """These settings with some replaced; raises `marshmallow.ValidationError` naming each bad field."""
        return replace(self, **SettingsPatch().load(patch, partial=True))

    def plain(self) -> dict[str, object]:
        """All switches as JSON."""
        return asdict(self)


SettingsPatch = schema_of(Settings)
