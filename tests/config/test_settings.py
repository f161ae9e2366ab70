"""Settings: all missing and invalid values are reported together."""

from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_network

import pytest

from pitturu.config.settings import BadSettings, Settings, load
from pitturu.domain.verdict import Environment

COMPLETE = {
    "PITTURU_ENV": "production",
    "DATABASE_URL": "postgresql://db/shop?sslmode=require",
    "REDIS_URL": "rediss://cache:6380/0",
    "SECRET_KEY": "Zk3vQ9xTmB7nR2pLwH5sD8fJgC4yV6qE",
    "JWT_SECRET_KEY": "9e1c7a50b3d84f2670ac95e14f8b2d63",
    "DATA_KEYS": "3q2+7wQnV8dLkzX1sYpH5tRfUeGjA9cBmWoNiTvKxZE=",
    "PUBLIC_URL": "https://pay.example.com",
    "METRICS_TOKEN": "xW2eR5tY8uI1oP4aS7dF3gH6jK9lZ0cV",
    "PORTONE_API_KEY": "imp_key",
    "PORTONE_API_SECRET": "q8Wn3Zt6" * 5,
    "PORTONE_USER_CODE": "imp12345678",
    "PORTONE_INICIS_API_KEY": "key of inicis",
}


def problems(**changes: str) -> list[str]:
    """What is wrong with a complete production environment after these changes."""
    try:
        load(COMPLETE | changes)
    except BadSettings as error:
        return error.problems
    return []


def test_a_complete_environment() -> None:
    settings = load(COMPLETE)
    assert settings.production
    assert (settings.redis_url, settings.portone_environment) == ("rediss://cache:6380/0", Environment.LIVE)


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        load({})
    named = {line.split(" ")[0] for line in refusal.value.problems}
    assert named == set(COMPLETE) - {"PITTURU_ENV"}
    for line in refusal.value.problems:
        assert " is not set: " in line
        assert line in str(refusal.value)


def test_omitting_the_environment_is_safe() -> None:
    assert load({name: value for name, value in COMPLETE.items() if name != "PITTURU_ENV"}).production


def test_development_needs_less() -> None:
    needed = {
        name: value for name, value in COMPLETE.items() if name not in ("PUBLIC_URL", "METRICS_TOKEN", "DATA_KEYS")
    }
    weak = {"SECRET_KEY": "change-me", "JWT_SECRET_KEY": "change-me", "PORTONE_BASE_URL": "http://127.0.0.1:1"}
    assert not load(needed | weak | {"PITTURU_ENV": "development"}).production


def test_several_problems_of_different_kinds_are_reported_together() -> None:
    lines = problems(SECRET_KEY="", JWT_SECRET_KEY="short", LATE_PAYMENT="maybe", LEASE="1")
    assert len(lines) == 4
    for name in ("SECRET_KEY is not set", "JWT_SECRET_KEY is a default", "LATE_PAYMENT must be", "shorter than LEASE"):
        assert any(name in line for line in lines), lines


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_POOL", "many"),
        ("DATABASE_POOL", "-1"),
        ("DATABASE_POOL", "0"),
        ("PORTONE_CONCURRENCY", "0"),
        ("MAX_BODY", "0"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONNECTIONS", "0"),
        ("WORKER_CONCURRENCY", "many"),
        ("TRUSTED_PROXIES", "-1"),
        ("RATE_LOGIN", "ten a minute"),
        ("RATE_USER", "0/minute"),
        ("RATE_SESSION", ";"),
        ("LEASE", "0"),
        ("LEASE", "-5"),
        ("LEASE", "nan"),
        ("LEASE", "inf"),
        ("LEASE", "1e30"),
        ("PORTONE_ENVIRONMENT", "staging"),
        ("WEBHOOK_NETWORKS", "203.0.113.5/24"),
        ("WEBHOOK_NETWORKS", "everybody"),
        ("PORTONE_CHANNELS", "card"),
        ("PITTURU_ENV", "prod"),
        ("LATE_PAYMENT", "ACCEPT"),
    ],
)
def test_an_invalid_value_is_named(name: str, value: str) -> None:
    lines = problems(**{name: value})
    assert len(lines) == 1
    assert name in lines[0]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_the_database_address_as_platforms_write_it(scheme: str) -> None:
    settings = load(COMPLETE | {"DATABASE_URL": f"{scheme}://user:pass@db:5432/shop?sslmode=require"})
    assert settings.sqlalchemy_url == "postgresql+psycopg://user:pass@db:5432/shop?sslmode=require"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("rediss://:pw@cache:6380", "rediss://:pw@cache:6380?ssl_cert_reqs=none"),
        ("rediss://cache/0?ssl_cert_reqs=required", "rediss://cache/0?ssl_cert_reqs=required"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
    ],
)
def test_a_platform_that_signs_its_own_certificates(given: str, read: str) -> None:
    assert load(COMPLETE | {"REDIS_URL": given, "REDIS_CERT_REQS": "none"}).redis_url == read


def test_certificates_of_redis_are_checked_by_default() -> None:
    with pytest.raises(BadSettings, match="REDIS_URL cannot be used: ssl_cert_reqs must be required or none"):
        load(COMPLETE | {"REDIS_CERT_REQS": "nobody"})
    assert load(COMPLETE).redis_url == "rediss://cache:6380/0"


def test_an_address_that_names_its_driver_is_left_alone() -> None:
    settings = load(COMPLETE | {"DATABASE_URL": "postgresql+psycopg://db/shop?sslmode=require"})
    assert settings.sqlalchemy_url == "postgresql+psycopg://db/shop?sslmode=require"


def test_lists_pairs_and_networks() -> None:
    settings = load(
        COMPLETE
        | {
            "CORS_ORIGINS": "https://a.example, https://b.example,,",
            "PORTONE_CHANNELS": "card=channel-key-1, kakaopay=pg:kakaopay.TC0ONETIME",
            "WEBHOOK_NETWORKS": "203.0.113.0/24,2001:db8::/32",
        }
    )
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.portone_channels == (("card", "channel-key-1"), ("kakaopay", "pg:kakaopay.TC0ONETIME"))
    assert settings.webhook_networks == (ip_network("203.0.113.0/24"), ip_network("2001:db8::/32"))


def test_there_may_be_no_proxy_and_several_rates() -> None:
    settings = load(COMPLETE | {"TRUSTED_PROXIES": "0", "RATE_LOGIN": "10/minute;100/hour"})
    assert (settings.trusted_proxies, settings.rate_login) == (0, "10/minute;100/hour")


def test_an_empty_variable_is_an_unset_one() -> None:
    """`NAME=` in an env file means the default, not an empty text."""
    assert load(COMPLETE | {"LATE_PAYMENT": "", "LEASE": ""}).lease == timedelta(seconds=90)


def test_unknown_variables_are_ignored() -> None:
    assert load(COMPLETE | {"PATH": "/bin", "EDITOR": "vi"}) == load(COMPLETE)


def test_every_option_has_a_reason() -> None:
    assert [option.name for option in fields(Settings) if len(option.metadata["reason"].split()) < 2] == []


def test_nothing_that_prints_settings_prints_a_secret() -> None:
    for shown in (repr(load(COMPLETE)), str(load(COMPLETE)), f"{load(COMPLETE)}"):
        assert [value for name, value in COMPLETE.items() if name != "PITTURU_ENV" and value in shown] == []


def test_settings_are_not_changed_by_accident() -> None:
    with pytest.raises(AttributeError):
        load(COMPLETE).lease = timedelta(0)  # type: ignore[misc]


V2 = {
    "PORTONE_V2_API_SECRET": "h7Qz2LmX" * 5,
    "PORTONE_V2_STORE_ID": "store-1",
    "PORTONE_V2_CHANNEL_KEY": "channel-key-1",
    "PORTONE_V2_WEBHOOK_SECRETS": "whsec_" + "Kq7ZtW2xB9mN4vP6rS1dF3gH5jL8cY0e",
}
V1 = ("PORTONE_API_KEY", "PORTONE_API_SECRET", "PORTONE_USER_CODE", "PORTONE_INICIS_API_KEY")


def test_a_shop_may_run_either_generation_or_both() -> None:
    assert load(COMPLETE).generations == ("v1",)
    assert load(COMPLETE | V2).generations == ("v1", "v2")
    only_v2 = {name: value for name, value in COMPLETE.items() if name not in V1}
    assert load(only_v2 | V2 | {"PORTONE_GENERATION": "v2"}).generations == ("v2",)


def test_the_generation_that_sessions_are_opened_with_needs_its_keys() -> None:
    lines = problems(PORTONE_GENERATION="v2")
    for name in ("PORTONE_V2_API_SECRET", "PORTONE_V2_STORE_ID", "PORTONE_V2_WEBHOOK_SECRETS"):
        assert any(line.startswith(f"{name} is not set") for line in lines), lines


@pytest.mark.parametrize("name", V2)
def test_a_generation_that_was_begun_is_completed(name: str) -> None:
    (line, *_) = problems(**{key: value for key, value in V2.items() if key != name})
    assert name in line


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_short", "whsec_!!!!", V2["PORTONE_V2_WEBHOOK_SECRETS"] + ",whsec_x"]
)
def test_an_invalid_webhook_secret_is_named(secret: str) -> None:
    (line,) = problems(**V2 | {"PORTONE_V2_WEBHOOK_SECRETS": secret})
    assert "PORTONE_V2_WEBHOOK_SECRETS: number" in line


def test_a_channel_of_no_method_is_named() -> None:
    (line,) = problems(**V2, PORTONE_V2_CHANNELS="credit=channel-key-2")
    assert "credit is no method" in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PAY_METHODS": "card,naver"}, "PAY_METHODS: naver is no method"),
        ({"PAY_METHODS": "card,card"}, "names a method twice"),
        ({"PAY_METHODS": "card,naverpay"}, "add naverpay=channelKey to PORTONE_CHANNELS or PORTONE_V2_CHANNELS"),
        ({"PORTONE_CHANNELS": "naver=channel-key-1"}, "PORTONE_CHANNELS: naver is no method"),
        ({"NAVERPAY_CATEGORY": "product"}, "NAVERPAY_CATEGORY must be"),
        ({"CARD_INSTALLMENTS": "3=1000"}, "CARD_INSTALLMENTS cannot be used: 3=1000 must be of 50000 won"),
    ],
)
def test_methods_that_could_not_be_offered_are_named(given: dict[str, str], words: str) -> None:
    (line,) = problems(**V2, **given)
    assert words in line


def test_each_generation_offers_something() -> None:
    lines = problems(**V2, PAY_METHODS="naverpay", PORTONE_CHANNELS="naverpay=channel-key-1")
    assert any("leaves nothing to pay with through v2" in line for line in lines)
