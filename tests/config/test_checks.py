"""Settings that are refused, with messages that say what to do."""

import pytest

from pitturu.config.settings import load
from tests.config.test_settings import COMPLETE, V2, problems

SHARED = "Lr8TqZ2mW5xV9nB4cK7jH1gF6dS3aP0y"
OUTSIDE = {"EXTERNAL_JWT_ISSUER": "https://issuer.example", "EXTERNAL_JWT_AUDIENCE": "pitturu"}


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("SECRET_KEY", "openssl rand -hex 32"),
        ("JWT_SECRET_KEY", "openssl rand -hex 32"),
        ("METRICS_TOKEN", "openssl rand -hex 32"),
        ("DATA_KEYS", "openssl rand -base64 32"),
        ("PORTONE_API_KEY", "PortOne's console under 결제 연동 (integration) > 식별코드・API Keys > V1 API"),
        ("PORTONE_API_SECRET", "PortOne's console under 결제 연동 (integration) > 식별코드・API Keys > V1 API"),
        ("PORTONE_USER_CODE", "PortOne's console under 결제 연동 (integration) > 식별코드・API Keys"),
        ("PORTONE_V2_API_SECRET", "PortOne's console under 결제 연동 (integration) > 식별코드・API Keys > V2 API"),
        ("PORTONE_V2_STORE_ID", "PortOne's console under 연동 정보 (integration information), top right"),
        ("PORTONE_V2_WEBHOOK_SECRETS", "PortOne's console under 결제 연동 (integration) > webhook > module V2"),
    ],
)
def test_what_is_missing_comes_with_where_to_get_it(name: str, where: str) -> None:
    """What PortOne issues is copied from its console; only what nobody else knows is made up."""
    (line,) = (line for line in problems(**V2 | {name: ""}) if line.startswith(f"{name} is not set: "))
    assert where in line
    assert ("openssl" in line) != ("PortOne's console" in line)


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("SECRET_KEY", "short", "Make one with `openssl rand -hex 32`."),
        ("PORTONE_API_SECRET", "your_portone_api_secret_here", "식별코드・API Keys > V1 API."),
        ("PORTONE_V2_CHANNEL_KEY", "", "PortOne's console under 연동 정보 (integration information)."),
        ("PORTONE_V2_WEBHOOK_SECRETS", "whsec_short", "webhook > module V2"),
    ],
)
def test_what_is_wrong_comes_with_where_to_get_it(name: str, value: str, where: str) -> None:
    (line,) = problems(**V2 | {name: value})
    assert where in line
    assert ("openssl" in line) != ("PortOne's console" in line)


@pytest.mark.parametrize("wrong", ["short", "!" * 44, "키" * 32, COMPLETE["SECRET_KEY"]])
def test_a_data_key_that_cannot_be_used(wrong: str) -> None:
    (line,) = problems(PITTURU_ENV="development", DATA_KEYS=f"{COMPLETE['DATA_KEYS']},{wrong}")
    assert line == "DATA_KEYS: number 2 must be 32 random bytes in Base64. Make one with `openssl rand -base64 32`."


def test_a_secret_that_the_issuer_shares_is_changed_on_both_sides() -> None:
    (line,) = problems(**OUTSIDE, EXTERNAL_JWT_SECRET="short")
    assert line.endswith("Set a random one here and at the issuer, e.g. from `openssl rand -hex 32`.")


def test_a_staging_system_may_pay_with_test_money() -> None:
    assert not load(COMPLETE | {"PITTURU_ENV": "development", "PORTONE_ENVIRONMENT": "test"}).production


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
    "url",
    [
        "https://pay.example.com/",
        "https://pay.example.com/shop",
        "https://pay.example.com?x=1",
        "https://pay.example.com#top",
        "https://me:pass@pay.example.com",
        "https://pay.example.com:port",
        "https://pay example.com",
        "https://",
        "ftp://pay.example.com",
        "pay.example.com",
    ],
)
@pytest.mark.parametrize("env", ["production", "development"])
def test_the_public_address_is_an_origin(url: str, env: str) -> None:
    (line,) = problems(PUBLIC_URL=url, PITTURU_ENV=env)
    assert "PUBLIC_URL must be like https://pay.example.com" in line


def test_the_public_address_is_https_in_production_only() -> None:
    (line,) = problems(PUBLIC_URL="http://pay.example.com")
    assert "PUBLIC_URL must be https://" in line
    assert problems(PUBLIC_URL="http://127.0.0.1:8080", PITTURU_ENV="development") == []
    assert problems(PUBLIC_URL="https://[2001:db8::1]:8443") == []


@pytest.mark.parametrize(
    "keys", [{}, {"EXTERNAL_JWT_SECRET": SHARED, "EXTERNAL_JWT_JWKS_URL": "https://issuer.example/keys"}]
)
def test_an_outside_issuer_has_exactly_one_kind_of_key(keys: dict[str, str]) -> None:
    (line,) = problems(**OUTSIDE, **keys)
    assert "exactly one" in line


@pytest.mark.parametrize("env", ["production", "development"])
def test_no_external_issuer_has_our_name(env: str) -> None:
    ours = OUTSIDE | {"EXTERNAL_JWT_ISSUER": "pitturu", "EXTERNAL_JWT_SECRET": SHARED}
    (line,) = problems(**ours, PITTURU_ENV=env)
    assert "EXTERNAL_JWT_ISSUER must not be pitturu" in line


@pytest.mark.parametrize("prefix", ["guest:", "key:shop-"])
def test_users_of_an_issuer_are_no_guests_and_no_keys(prefix: str) -> None:
    (line,) = problems(**OUTSIDE, EXTERNAL_JWT_SECRET=SHARED, EXTERNAL_JWT_PREFIX=prefix)
    assert "EXTERNAL_JWT_PREFIX" in line


ROLES = {"EXTERNAL_JWT_ROLE_CLAIM": "roles", "EXTERNAL_JWT_ROLES": "team=support,chief=admin"}


def test_roles_of_an_outside_issuer() -> None:
    assert problems(**OUTSIDE, **ROLES, EXTERNAL_JWT_SECRET=SHARED) == []
    assert load(COMPLETE | OUTSIDE | ROLES | {"EXTERNAL_JWT_SECRET": SHARED}).external_jwt_roles == (
        ("team", "support"),
        ("chief", "admin"),
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"EXTERNAL_JWT_ROLES": ""}, "need each other"),
        ({"EXTERNAL_JWT_ROLE_CLAIM": ""}, "need each other"),
        ({"EXTERNAL_JWT_ROLES": "team=operator"}, "team=operator must give one of the roles buyer, viewer,"),
        ({"EXTERNAL_JWT_ROLES": "=admin"}, "=admin must give one of the roles"),
        ({"EXTERNAL_JWT_ROLES": "admin"}, "write name=value pairs"),
    ],
)
def test_roles_that_nobody_could_have(changes: dict[str, str], complaint: str) -> None:
    (line,) = problems(**OUTSIDE | ROLES | changes, EXTERNAL_JWT_SECRET=SHARED)
    assert complaint in line


def test_roles_need_an_issuer() -> None:
    (line,) = problems(**ROLES)
    assert "name the issuer" in line


@pytest.mark.parametrize("host", ["https://pg.example.com", "https://*.pg.example.com:8443", "http://127.0.0.1:9090"])
def test_hosts_of_the_checkout(host: str) -> None:
    changes = {"CHECKOUT_HOSTS": f"{host}, https://other.example", "PITTURU_ENV": "development"}
    assert load(COMPLETE | changes).checkout_hosts[0] == host


@pytest.mark.parametrize(
    "host", ["*", "'unsafe-inline'", "https://a.example; script-src *", "https://a.example/path", "data:"]
)
@pytest.mark.parametrize("name", ["CHECKOUT_HOSTS", "IMAGE_ORIGINS", "POSTCODE_HOSTS"])
def test_nothing_but_hosts_reaches_the_policy(name: str, host: str) -> None:
    (line,) = problems(**{name: host})
    assert name in line


def test_pictures_are_loaded_over_https_only() -> None:
    (line,) = problems(IMAGE_ORIGINS="http://cdn.example.com", PITTURU_ENV="development")
    assert "must be like https://cdn.example.com" in line


@pytest.mark.parametrize("url", ["https://a;script-src/x.js", "https://me@cdn.example/x.js", "//cdn.example/x.js"])
def test_where_the_script_comes_from_reaches_the_policy_too(url: str) -> None:
    for name in ("PORTONE_SCRIPT_URL", "POSTCODE_SCRIPT_URL"):
        assert name in problems(**{name: url})[0]


@pytest.mark.parametrize("name", ["CHECKOUT_HOSTS", "PORTONE_SCRIPT_URL"])
def test_production_pays_over_https(name: str) -> None:
    (line,) = problems(**{name: "http://cdn.example"})
    assert "must be https:// in production" in line
    assert load(COMPLETE | {name: "http://cdn.example", "PITTURU_ENV": "development"})


def test_which_pages_are_served() -> None:
    assert problems(STOREFRONT="maybe") == ["STOREFRONT must be on, console or off."]


INICIS = ("html5_inicis", "html5_inicis.MOI1234567", "inicis")


@pytest.mark.parametrize("pg", INICIS)
def test_accounts_of_inicis_can_be_withdrawn_or_production_does_not_start(pg: str) -> None:
    """Each way out is named, and is one."""
    keyless = {"PORTONE_INICIS_API_KEY": ""}
    for changes in (
        {"PORTONE_PG": pg},
        {"PORTONE_PG": "kcp", "PORTONE_CHANNELS": f"vbank=pg:{pg}"},
        {"PORTONE_PG": pg, "PORTONE_CHANNELS": "card=channel-key-1"},
    ):
        (line,) = problems(**changes, **keyless)
        assert line.startswith("PORTONE_INICIS_API_KEY is not set: ")
        assert "PORTONE_CHANNELS=vbank=channelKey" in line
        assert "set it to none" in line
        assert problems(**changes, PORTONE_INICIS_API_KEY="none") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"PORTONE_PG": "kcp"},
        {"PORTONE_PG": "inicis_unified"},
        {"PORTONE_CHANNELS": "vbank=channel-key-1"},
        {"PORTONE_CHANNELS": "vbank=pg:tosspayments"},
        {"PITTURU_ENV": "development"},
    ],
)
def test_where_no_key_is_needed_or_nobody_can_know_it_is_not_asked_for(changes: dict[str, str]) -> None:
    assert problems(**changes, PORTONE_INICIS_API_KEY="") == []


@pytest.mark.parametrize("scheme", ["https", "javascript", "myshop://", "My-Shop", "my shop"])
def test_schemes_of_apps(scheme: str) -> None:
    (line,) = problems(APP_SCHEMES=f"myshop,{scheme}")
    assert line.startswith(f"APP_SCHEMES: {scheme!r} is no scheme of an app")
    assert problems(APP_SCHEMES="myshop,my-store.v2") == []


@pytest.mark.parametrize(("languages", "says"), [("ko,xx", "'xx' must be one of ko, en,"), ("en", "must contain ko")])
def test_languages_of_windows(languages: str, says: str) -> None:
    (line,) = problems(WINDOW_LANGUAGES=languages)
    assert line.startswith("WINDOW_LANGUAGES")
    assert says in line
    assert problems(WINDOW_LANGUAGES="ko,en,zh-CN") == []


def test_the_confirm_process_of_v2_is_on_or_off() -> None:
    assert problems(PORTONE_V2_CONFIRM="maybe") == ["PORTONE_V2_CONFIRM must be on or off."]
