"""Settings: what is missing or wrong is named all at once, and no installation starts on a broken chain of times."""

from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_network

import pytest

from pitturu.domain.verdict import Environment
from pitturu.settings import BadSettings, Settings, load

COMPLETE = {
    "PITTURU_ENV": "production",
    "DATABASE_URL": "postgresql://db/shop",
    "REDIS_URL": "rediss://cache:6380/0",
    "SECRET_KEY": "a" * 40,
    "JWT_SECRET_KEY": "b" * 40,
    "PUBLIC_URL": "https://pay.example.com",
    "METRICS_TOKEN": "c" * 40,
    "PORTONE_API_KEY": "imp_key",
    "PORTONE_API_SECRET": "d" * 40,
    "PORTONE_USER_CODE": "imp12345678",
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


def test_forgetting_the_environment_is_safe() -> None:
    assert load({name: value for name, value in COMPLETE.items() if name != "PITTURU_ENV"}).production


def test_development_needs_less() -> None:
    needed = {name: value for name, value in COMPLETE.items() if name not in ("PUBLIC_URL", "METRICS_TOKEN")}
    weak = {"SECRET_KEY": "change-me", "JWT_SECRET_KEY": "change-me", "PORTONE_BASE_URL": "http://127.0.0.1:1"}
    assert not load(needed | weak | {"PITTURU_ENV": "development"}).production


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "please-CHANGE-this-before-production!!"}, "SECRET_KEY is a default"),
        ({"JWT_SECRET_KEY": "your_secret_key_goes_here_0123456789"}, "JWT_SECRET_KEY is a default"),
        ({"PORTONE_API_SECRET": "demo"}, "PORTONE_API_SECRET is a default"),
        ({"JWT_SECRET_KEY": COMPLETE["SECRET_KEY"]}, "give each its own"),
        ({"PORTONE_BASE_URL": "http://api.iamport.kr"}, "must be https://"),
    ],
)
def test_production_refuses_what_everybody_can_guess(changes: dict[str, str], words: str) -> None:
    (line,) = problems(**changes)
    assert words in line


def test_several_problems_of_different_kinds_are_told_together() -> None:
    lines = problems(SECRET_KEY="", JWT_SECRET_KEY="short", LATE_PAYMENT="maybe", LEASE="1")
    assert len(lines) == 4
    for name in ("SECRET_KEY is not set", "JWT_SECRET_KEY is a default", "LATE_PAYMENT must be", "shorter than LEASE"):
        assert any(name in line for line in lines), lines


CHAIN = ["PORTONE_READ_TIMEOUT", "TASK_SOFT_LIMIT", "TASK_HARD_LIMIT", "LEASE", "VISIBILITY_TIMEOUT"]


@pytest.mark.parametrize(
    ("shorter", "seconds", "longer"),
    [
        ("PORTONE_READ_TIMEOUT", 40, "TASK_SOFT_LIMIT"),
        ("PORTONE_CONNECT_TIMEOUT", 15, "TASK_SOFT_LIMIT"),
        ("TASK_SOFT_LIMIT", 60, "TASK_HARD_LIMIT"),
        ("TASK_HARD_LIMIT", 90, "LEASE"),
        ("LEASE", 3600, "VISIBILITY_TIMEOUT"),
        ("VISIBILITY_TIMEOUT", 3 * 3600, "PortOne's 3 hours"),
    ],
)
def test_the_chain_of_times_breaks_at_each_link(shorter: str, seconds: float, longer: str) -> None:
    """Equal is too long already; a moment less is enough."""
    (line,) = problems(**{shorter: str(seconds)})
    assert shorter in line
    assert f"must be shorter than {longer}" in line
    assert problems(**{shorter: str(seconds - 0.5)}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_POOL", "many"),
        ("DATABASE_POOL", "-1"),
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
def test_a_value_that_makes_no_sense_is_named(name: str, value: str) -> None:
    lines = problems(**{name: value})
    assert len(lines) == 1
    assert name in lines[0]


@pytest.mark.parametrize(
    "keys", [{}, {"EXTERNAL_JWT_SECRET": "s", "EXTERNAL_JWT_JWKS_URL": "https://issuer.example/keys"}]
)
def test_an_outside_issuer_has_exactly_one_kind_of_key(keys: dict[str, str]) -> None:
    (line,) = problems(EXTERNAL_JWT_ISSUER="https://issuer.example", **keys)
    assert "exactly one" in line


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_the_database_address_as_platforms_write_it(scheme: str) -> None:
    settings = load(COMPLETE | {"DATABASE_URL": f"{scheme}://user:pass@db:5432/shop?sslmode=require"})
    assert settings.sqlalchemy_url == "postgresql+psycopg://user:pass@db:5432/shop?sslmode=require"


def test_an_address_that_names_its_driver_is_left_alone() -> None:
    settings = load(COMPLETE | {"DATABASE_URL": "postgresql+psycopg://db/shop"})
    assert settings.sqlalchemy_url == "postgresql+psycopg://db/shop"


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


def test_an_empty_variable_is_an_unset_one() -> None:
    """`NAME=` in an env file means the default, not an empty text."""
    assert load(COMPLETE | {"LATE_PAYMENT": "", "LEASE": ""}).lease == timedelta(seconds=90)


def test_other_programs_variables_are_none_of_ours() -> None:
    assert load(COMPLETE | {"PATH": "/bin", "EDITOR": "vi"}) == load(COMPLETE)


@pytest.mark.parametrize("knob", fields(Settings), ids=lambda knob: knob.name)
def test_every_knob_has_a_reason(knob: object) -> None:
    assert len(knob.metadata["reason"].split()) >= 2  # type: ignore[attr-defined]


def test_settings_are_not_changed_by_accident() -> None:
    with pytest.raises(AttributeError):
        load(COMPLETE).lease = timedelta(0)  # type: ignore[misc]
