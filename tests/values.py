"""Builders with keyword overrides: a test states only what matters to it."""

import base64
from typing import Any

from pitturu.config.settings import Settings
from pitturu.domain.verdict import Environment

KEY, SECRET = "imp_key_for_tests", "imp_secret_for_tests"
INICIS_KEY = "inicis+key/for=tests"
"""With the signs that Base64 has: in a query each must be quoted."""
V2_SECRET, V2_STORE = "v2_secret_for_tests", "store-00000000-0000-4000-8000-000000000007"
V2_WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a secret of the tests alone").decode()
OLD_DATA_KEY, NEW_DATA_KEY = (base64.b64encode(bytes(range(start, start + 32))).decode() for start in (7, 77))
BUYER = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}


def settings_for(**changes: Any) -> Settings:
    """Settings of a development installation on a test channel, with rate limits that no test meets by chance."""
    values: dict[str, Any] = {
        "pitturu_env": "development",
        "database_url": "postgresql://localhost/unused",
        "redis_url": "redis://localhost:1/0",
        "secret_key": "k" * 40,
        "jwt_secret_key": "j" * 64,
        "public_url": "",
        "log_level": "WARNING",
        "portone_base_url": "http://127.0.0.1:1",
        "portone_api_key": KEY,
        "portone_api_secret": SECRET,
        "portone_user_code": "imp00000000",
        "portone_inicis_api_key": INICIS_KEY,
        "portone_v2_base_url": "http://127.0.0.1:1",
        "portone_v2_api_secret": V2_SECRET,
        "portone_v2_store_id": V2_STORE,
        "portone_v2_channel_key": "channel-key-inicis",
        "portone_v2_webhook_secrets": (V2_WEBHOOK_SECRET,),
        "portone_environment": Environment.TEST,
        "portone_concurrency": 50,
        "comparison_rate": 10_000,
        "rate_login": "100000/minute",
        "rate_account": "100000/minute",
        "rate_session": "100000/minute",
        "rate_webhook": "100000/minute",
        "rate_user": "100000/minute",
        "rate_key": "100000/minute",
    }
    return Settings(**(values | changes))
