"""What production refuses: guessable and published secrets, endpoints open to all, connections that others can read."""

import base64
import re

import pytest

from devstack.environment import DEMO_KEYS
from pitturu.config.settings import load
from portone_simulator.settings import Settings as SimulatorSettings
from tests import values
from tests.config.test_checks import OUTSIDE, SHARED
from tests.config.test_settings import COMPLETE, V2, problems


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "please-CHANGE-this-before-production!!"}, "SECRET_KEY is a default"),
        ({"JWT_SECRET_KEY": "your_secret_key_goes_here_0123456789"}, "JWT_SECRET_KEY is a default"),
        ({"PORTONE_API_SECRET": "demo"}, "PORTONE_API_SECRET is a default. Copy it from PortOne's console"),
        ({"JWT_SECRET_KEY": COMPLETE["SECRET_KEY"]}, "give each its own"),
        ({"PORTONE_BASE_URL": "http://api.iamport.kr"}, "must be https://"),
        ({"WORKER_SILENCE": "59"}, "WORKER_SILENCE must be 60 or more"),
        ({"PORTONE_ENVIRONMENT": "test"}, "PITTURU_ENV=development for a staging system"),
        (OUTSIDE | {"EXTERNAL_JWT_SECRET": SHARED[:31]}, "EXTERNAL_JWT_SECRET is a default or too short"),
        (OUTSIDE | {"EXTERNAL_JWT_SECRET": COMPLETE["JWT_SECRET_KEY"]}, "EXTERNAL_JWT_SECRET and JWT_SECRET_KEY are"),
        ({"SECRET_KEY": "a" * 40}, "SECRET_KEY repeats itself"),
        ({"JWT_OLD_SECRET_KEY": "short"}, "JWT_OLD_SECRET_KEY is a default or too short"),
        ({"JWT_OLD_SECRET_KEY": COMPLETE["JWT_SECRET_KEY"]}, "JWT_OLD_SECRET_KEY and JWT_SECRET_KEY are the same"),
        ({"JWT_SECRET_KEY": "0123456789abcdef" * 2}, "JWT_SECRET_KEY repeats itself"),
        ({"RETAIN_PAID": "31536000"}, "RETAIN_PAID must be 157766400 or more in production"),
        ({"METRICS_TOKEN": "scrape"}, "METRICS_TOKEN is a default or too short"),
    ],
)
def test_production_refuses_what_everybody_can_guess(changes: dict[str, str], words: str) -> None:
    (line,) = problems(**changes)
    assert words in line


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((name, DEMO_KEYS[name]) for name in ("PORTONE_API_SECRET", "PORTONE_V2_API_SECRET")),
        ("PORTONE_API_SECRET", values.SECRET),
        ("PORTONE_V2_API_SECRET", values.V2_SECRET),
        ("PORTONE_V2_WEBHOOK_SECRETS", DEMO_KEYS["PORTONE_V2_WEBHOOK_SECRETS"]),
        ("PORTONE_V2_WEBHOOK_SECRETS", values.V2_WEBHOOK_SECRET),
        ("PORTONE_V2_WEBHOOK_SECRETS", SimulatorSettings().v2_webhook_secrets),
        ("PORTONE_V2_WEBHOOK_SECRETS", "whsec_" + "A" * 32),
        ("PORTONE_V2_WEBHOOK_SECRETS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ],
)
def test_no_secret_of_this_repository_reaches_production(name: str, secret: str) -> None:
    """Whoever reads the source could call PortOne, or sign webhooks, in the shop's name."""
    (line,) = problems(**V2 | {name: secret})
    assert line.startswith(name)
    assert secret not in line


@pytest.mark.parametrize("raw", [bytes(32), b"this is a demo key of 32 letters"])
def test_no_data_key_that_can_be_guessed_reaches_production(raw: bytes) -> None:
    (line,) = problems(DATA_KEYS=base64.b64encode(raw).decode())
    assert line == "DATA_KEYS: number 1 can be guessed. Make one with `openssl rand -base64 32`."


@pytest.mark.parametrize("name", ["CORS_ORIGINS", "REDIRECT_ORIGINS"])
@pytest.mark.parametrize(
    "origin",
    ["*", "https://*.example.com", "http://shop.example.com", "https://.*", "https://shop.example.com/path", "shop"],
)
def test_origins_are_named(name: str, origin: str) -> None:
    (line,) = problems(**{name: f"https://shop.example.com,{origin}"})
    assert line.startswith(f"{name}: {origin!r} must be an origin")
    assert load(COMPLETE | {name: origin, "PITTURU_ENV": "development"})


@pytest.mark.parametrize(
    ("host", "fine"),
    [
        ("https://*.example.com", True),
        ("https://*.shop.co.kr", True),
        ("https://*.kr", False),
        ("https://*.co.kr", False),
        ("https://*.com", False),
        ("https://*.github.io", False),
    ],
)
def test_a_wildcard_stays_with_one_owner(host: str, fine: bool) -> None:
    lines = problems(CHECKOUT_HOSTS=host)
    assert [line for line in lines if "covers hosts of many owners" not in line] == []
    assert (lines == []) == fine


def test_the_usual_hosts_of_the_checkout_are_fine() -> None:
    assert problems(CHECKOUT_HOSTS="https://*.inicis.com,https://*.portone.io") == []


def test_an_outside_issuer_is_read_over_tls_and_means_this_service() -> None:
    (line,) = problems(**OUTSIDE, EXTERNAL_JWT_JWKS_URL="http://issuer.example/keys")
    assert line.startswith("EXTERNAL_JWT_JWKS_URL must be https://")
    (line,) = problems(EXTERNAL_JWT_ISSUER="https://issuer.example", EXTERNAL_JWT_SECRET=SHARED)
    assert line.startswith("EXTERNAL_JWT_AUDIENCE is not set")


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_REPLICA_URL"])
@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("postgresql://shop:pw@db.example.com/shop", False),
        ("postgresql://shop:pw@db.example.com/shop?sslmode=prefer", False),
        ("postgresql://10.0.0.7/shop?sslmode=disable", False),
        ("postgresql:///shop?host=db.example.com", False),
        ("postgresql://db.example.com/shop?sslmode=require", True),
        ("postgresql://db.example.com/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem", True),
        ("postgresql://localhost/shop", True),
        ("postgresql://127.0.0.1:6432/shop", True),
        ("postgresql://[::1]/shop", True),
        ("postgresql:///shop?host=/var/run/postgresql", True),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/shop", True),
    ],
)
def test_a_remote_database_is_reached_over_tls(name: str, url: str, fine: bool) -> None:
    lines = problems(**{name: url})
    assert (lines == []) == fine
    assert all(line.startswith(f"{name} must end with ?sslmode=require") and "pw" not in line for line in lines)


@pytest.mark.parametrize(
    ("mode", "url", "fine"),
    [
        ("require", "postgres://shop:pw@db.example.com/shop", True),
        ("prefer", "postgres://shop:pw@db.example.com/shop", False),
        ("require", "postgres://shop:pw@db.example.com/shop?sslmode=disable", False),
    ],
)
def test_a_platform_that_sets_the_address_leaves_tls_to_libpqs_variable(mode: str, url: str, fine: bool) -> None:
    assert (problems(DATABASE_URL=url, PGSSLMODE=mode) == []) == fine


def test_what_random_generators_make_is_accepted() -> None:
    for secret in ("f3a9c1d27b8e4056af13d9c2e7b80415", "q-ZrT8_vXw2YbN5mK0pLs7DfGh1JcV4e"):
        assert problems(SECRET_KEY=secret) == []


def test_messages_name_no_value_of_a_secret() -> None:
    weak = {"SECRET_KEY": "hunter2hunter2", "JWT_SECRET_KEY": "abcabcabc" * 5, "PORTONE_API_SECRET": "my-secret-value"}
    text = " ".join(problems(**weak))
    assert not re.search("|".join(weak.values()), text)


MAIL = {"ALERT_EMAILS": "kim@example.com", "MAIL_FROM": "pitturu@example.com"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ALERT_SLACK_URL": "http://hooks.slack.com/services/T0/B0/hidden"}, "ALERT_SLACK_URL must be https://"),
        (MAIL | {"SMTP_URL": "smtp://u:hidden@mail.example.com?tls=none"}, "SMTP_URL must use TLS in production"),
        (MAIL | {"SMTP_URL": "smtp://10.0.0.7:25?tls=none"}, "SMTP_URL must use TLS in production"),
    ],
)
def test_alerts_travel_over_tls(changes: dict[str, str], words: str) -> None:
    (line,) = problems(**changes)
    assert line.startswith(words)
    assert "hidden" not in line
    assert load(COMPLETE | changes | {"PITTURU_ENV": "development"})


@pytest.mark.parametrize(
    "url", ["smtps://u:pw@mail.example.com", "smtp://u:pw@mail.example.com:587", "smtp://localhost:25?tls=none"]
)
def test_mail_over_tls_or_to_this_machine_is_fine(url: str) -> None:
    assert problems(**MAIL, SMTP_URL=url, ALERT_SLACK_URL="https://hooks.slack.com/services/T0/B0/x") == []
