"""What PortOne V2 posts is signed: webhooks, and the question of the confirm process."""

from flask import request

from pitturu.domain.errors import NotAuthenticated
from pitturu.portone import signature
from pitturu.portone.signature import Signed
from pitturu.services import services


def require(body: bytes) -> None:
    """V2 signs the raw bytes. Raises NotAuthenticated for an invalid signature."""
    secrets = services().settings.portone_v2_webhook_secrets
    headers = Signed(*(request.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature")))
    try:
        signature.verify([signature.key_of(secret) for secret in secrets], headers, body)
    except signature.Forged as forged:
        detail = (
            f"The signature is invalid: {forged}. Compare PORTONE_V2_WEBHOOK_SECRETS with the secrets of the webhook"
            " in PortOne's console."
        )
        raise NotAuthenticated("webhook_forged", detail) from forged
