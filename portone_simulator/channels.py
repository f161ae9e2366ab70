"""The payment channels of the simulated account, and how a request selects one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Channel:
    """A contract with a PG, as `GET /users/pg` lists it."""

    pg_provider: str
    pg_id: str
    channel_name: str
    channel_key: str
    type: str = "payment"
    sandbox: bool = True


CHANNELS: Final = (
    Channel("html5_inicis", "INIpayTest", "이니시스 일반", "channel-key-inicis"),
    Channel("html5_inicis", "INIBillTst", "이니시스 정기", "channel-key-inicis-billing"),
    Channel("kakaopay", "TC0ONETIME", "카카오페이", "channel-key-kakaopay"),
    Channel("naverpay", "np_portone", "네이버페이", "channel-key-naverpay"),
    Channel("tosspay_v2", "tosspaytest", "토스페이", "channel-key-tosspay"),
    Channel("payco", "PARTNERTEST", "페이코", "channel-key-payco"),
    Channel("tosspayments", "iamporttest_3", "토스페이먼츠", "channel-key-tosspayments"),
    Channel("settle", "portone0", "헥토파이낸셜", "channel-key-settle"),
    Channel("danal_tpay", "9810030929", "다날 휴대폰", "channel-key-danal"),
    Channel("inicis_unified", "MIIiasTest", "이니시스 본인인증", "channel-key-identity", "certification"),
)


def chosen(pg: str | None, channel_key: str | None) -> Channel:
    """The channel selected by `channelKey`, or by the older `pg` ("provider" or "provider.MID").

    An unknown key selects the account's default channel; an unknown provider is accepted as it is.
    """
    by_key = next((each for each in CHANNELS if each.channel_key == channel_key), None)
    if by_key or not pg:
        return by_key or CHANNELS[0]
    provider, _, mid = pg.partition(".")
    known = next((each for each in CHANNELS if each.pg_provider == provider), None)
    return Channel(provider, mid or (known.pg_id if known else "simulator"), provider, "")
