"""Where to get the value of a setting, as instructions for the administrator.

Values that PortOne issues come with the page of its console that shows them. Those pages are called by their Korean
names.
"""

from typing import Final

RANDOM: Final = "Make one with `openssl rand -hex 32`."

DATA_KEY: Final = "Make one with `openssl rand -base64 32`."

SHARED_WITH_ISSUER: Final = "Set a random one here and at the issuer, e.g. from `openssl rand -hex 32`."

STANDARD_WEBHOOK: Final = 'Make one with `echo "whsec_$(openssl rand -base64 32)"`.'

USER_CODE: Final = "Copy it from PortOne's console under 결제 연동 (integration) > 식별코드・API Keys."

V1_API: Final = "Copy it from PortOne's console under 결제 연동 (integration) > 식별코드・API Keys > V1 API."

V2_API: Final = (
    "Issue one in PortOne's console under 결제 연동 (integration) > 식별코드・API Keys > V2 API, which shows it once."
)

STORE_ID: Final = "Copy it from PortOne's console under 연동 정보 (integration information), top right."

CHANNEL_KEY: Final = "Each channel has its key in PortOne's console under 연동 정보 (integration information)."

V2_WEBHOOK: Final = (
    "Copy it from PortOne's console under 결제 연동 (integration) > webhook > module V2, where it is issued; live and"
    " test have secrets of their own."
)
