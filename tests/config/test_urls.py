"""Addresses of Redis and of brokers: what can be written, and what is said about the rest."""

import pytest

from pitturu.config import urls
from pitturu.config.settings import load
from pitturu.config.urls import AmqpAddress, RedisAddress, SqsAddress
from tests.config.test_settings import COMPLETE, problems

STRICT = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
QUEUES = "https://sqs.ap-northeast-2.amazonaws.com/123456789012/pitturu-"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("redis://cache", RedisAddress((("cache", 6379),))),
        ("redis://cache:6380/3", RedisAddress((("cache", 6380),), db=3)),
        ("redis://[::1]:6380", RedisAddress((("::1", 6380),))),
        ("redis://:p%40ss@cache/0", RedisAddress((("cache", 6379),), login={"password": "p@ss"})),
        ("redis://me:pass@cache", RedisAddress((("cache", 6379),), login={"username": "me", "password": "pass"})),
        ("rediss://cache", RedisAddress((("cache", 6379),), tls=STRICT)),
        (
            "rediss://cache?ssl_cert_reqs=none",
            RedisAddress((("cache", 6379),), tls={"ssl_cert_reqs": "none", "ssl_check_hostname": False}),
        ),
        (
            "rediss://cache?ssl_ca_certs=/etc/ca.pem",
            RedisAddress((("cache", 6379),), tls={"ssl_ca_certs": "/etc/ca.pem", **STRICT}),
        ),
        ("redis+sentinel://a,b:26380/shop", RedisAddress((("a", 26379), ("b", 26380)), "shop")),
        (
            "rediss+sentinel://:pw@a,b/shop/2?sentinel_password=other",
            RedisAddress(
                (("a", 26379), ("b", 26379)), "shop", 2, {"password": "pw"}, {"password": "other"}, tls=STRICT
            ),
        ),
    ],
)
def test_redis(url: str, meant: RedisAddress) -> None:
    assert urls.redis(url) == urls.broker(url) == meant


def test_brokers() -> None:
    assert urls.broker("amqp://me:pass@mq/shop") == AmqpAddress("amqp://me:pass@mq/shop")
    assert urls.broker("amqps://mq:5671//?ssl_ca_certs=/ca") == AmqpAddress(
        "amqps://mq:5671//", {"ssl_ca_certs": "/ca", **STRICT}
    )
    assert urls.broker(f"sqs://?queues={QUEUES}") == SqsAddress("sqs://", "ap-northeast-2", QUEUES)
    assert urls.broker(f"sqs://k:s@?queues={QUEUES}") == SqsAddress("sqs://k:s@", "ap-northeast-2", QUEUES)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("memcached://cache", "it must begin with redis://, rediss://"),
        ("redis:cache", "it must begin with"),
        ("amqp://mq", "it must begin with"),
        ("redis://", "it must name a host"),
        ("redis://:6379", "it must name a host"),
        ("redis://cache:port", "it must name a host"),
        ("redis://cache:99999", "it must name a host"),
        ("redis://cache/one", "the number of the database"),
        ("redis://cache/0/1", "the number of the database"),
        ("redis://cache/123456", "the number of the database"),
        ("redis://a,b/0", "several hosts are Sentinels"),
        ("redis://cache?timeout=5", "'timeout' is no option of redis://"),
        ("redis://cache?ssl_cert_reqs=none", "ssl_cert_reqs needs TLS: write rediss://"),
        ("rediss://cache?ssl_cert_reqs=maybe", "must be required or none"),
        ("redis://:ge#heim@cache", "write %23"),
        ("redis://:ge/heim@cache", "it must name a host"),
        ("redis://:ge[heim@cache", "special characters of a password"),
        ("redis://ca che", "there is a space in it"),
        ("redis+sentinel://a,b", "name the master after the Sentinels"),
        ("redis+sentinel://a,,b/shop", "it must name a host"),
        ("redis://cache/" + "0" * 2000, "it is longer than"),
    ],
)
def test_an_invalid_redis_url_is_explained(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        urls.redis(url)
    assert words in str(refusal.value)
    (line,) = problems(REDIS_URL=url)
    assert line.startswith("REDIS_URL cannot be used: ")
    assert "heim" not in line


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("kafka://mq", "it must begin with redis://, rediss://, redis+sentinel://, rediss+sentinel://, amqp://"),
        ("sentinel://a;sentinel://b", "it must begin with"),
        ("amqp://", "it must name a host"),
        ("amqp://mq?ssl_cert_reqs=none", "ssl_cert_reqs needs TLS: write amqps://"),
        ("amqp://mq?heartbeat=1", "'heartbeat' is no option of amqp://"),
        ("sqs://", "what your queues' addresses begin with"),
        ("sqs://?queues=https://sqs.evil.example/123456789012/x", "what your queues' addresses begin with"),
    ],
)
def test_a_broker_that_cannot_be_used_is_explained(url: str, words: str) -> None:
    line = problems(BROKER_URL=url)[0]
    assert line.startswith("BROKER_URL cannot be used: ")
    assert words in line


def test_sqs_says_which_packages_it_needs() -> None:
    (line,) = problems(BROKER_URL=f"sqs://?queues={QUEUES}")
    assert "pip install 'kombu[sqs]'" in line


def test_the_broker_is_redis_unless_said_otherwise() -> None:
    assert load(COMPLETE).broker_address == COMPLETE["REDIS_URL"]
    assert load(COMPLETE | {"BROKER_URL": "amqp://mq/shop"}).broker_address == "amqp://mq/shop"


def test_logins_are_not_printed() -> None:
    for url in ("redis+sentinel://:hidden@a/m?sentinel_password=hidden", "amqp://me:hidden@mq", "redis://:hidden@a"):
        assert "hidden" not in repr(urls.broker(url))


def test_a_replica_is_another_server() -> None:
    (line,) = problems(DATABASE_REPLICA_URL=COMPLETE["DATABASE_URL"])
    assert line.startswith("DATABASE_REPLICA_URL is DATABASE_URL")
    settings = load(COMPLETE | {"DATABASE_REPLICA_URL": "postgres://follower/shop?sslmode=require"})
    assert settings.sqlalchemy_replica_url == "postgresql+psycopg://follower/shop?sslmode=require"


def test_a_pooler_is_one_that_we_know() -> None:
    (line,) = problems(DATABASE_POOLER="session")
    assert line == "DATABASE_POOLER must be none or transaction."
