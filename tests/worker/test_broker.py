"""Celery's configuration for each kind of broker."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from pitturu.worker.broker import broker, publisher
from pitturu.worker.celery_config import celery_settings
from tests.untrusted_server import untrusted_server
from tests.values import settings_for

BUYERS = "https://sqs.ap-northeast-2.amazonaws.com/123456789012/pitturu-buyers"
POLLED = {"max_retries", "visibility_timeout", "queue_order_strategy"}
REDIS = {"socket_connect_timeout", "socket_timeout", "socket_keepalive", "health_check_interval", "global_keyprefix"}


def configured(broker_url: str) -> dict[str, Any]:
    """The configuration for this broker."""
    return broker(settings_for(broker_url=broker_url))


def test_redis_url_and_options() -> None:
    assert configured("redis://me:p%40ss@[::1]:6380/3")["broker_url"] == "redis://me:p%40ss@[::1]:6380/3"
    assert set(configured("redis://cache")["broker_transport_options"]) == POLLED | REDIS
    assert "broker_use_ssl" not in configured("redis://cache")


def test_redis_over_tls_must_show_a_valid_certificate() -> None:
    """By default Celery accepts any certificate for rediss://."""
    strict = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
    assert configured("rediss://cache")["broker_use_ssl"] == strict
    assert configured("rediss://cache?ssl_ca_certs=/ca")["broker_use_ssl"] == strict | {"ssl_ca_certs": "/ca"}
    assert configured("rediss://cache?ssl_cert_reqs=none")["broker_use_ssl"]["ssl_cert_reqs"] is ssl.CERT_NONE
    assert configured("rediss://cache?ssl_cert_reqs=none")["broker_url"] == "rediss://cache:6379/0"


def test_sentinels_are_configured_with_the_name_of_the_master() -> None:
    config = configured("rediss+sentinel://:pw@a,b:26380/shop/2?sentinel_password=other")
    assert config["broker_url"] == "sentinel://:pw@a:26379/2;sentinel://:pw@b:26380/2"
    options = config["broker_transport_options"]
    assert set(options) == POLLED | REDIS | {"master_name", "sentinel_kwargs"}
    assert options["master_name"] == "shop"
    assert options["sentinel_kwargs"].pop("retry").get_retries() == 0
    assert options["sentinel_kwargs"] == {
        "password": "other",
        "socket_timeout": 0.5,
        "socket_connect_timeout": 0.5,
        "ssl": True,
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": True,
    }
    assert config["broker_use_ssl"]["ssl_cert_reqs"] is ssl.CERT_REQUIRED


def test_rabbitmq_has_no_visibility_timeout_and_transient_messages() -> None:
    config = configured("amqp://me:pass@mq/shop")
    assert config == {
        "broker_url": "amqp://me:pass@mq/shop",
        "broker_transport_options": {"max_retries": 0},
        "task_default_delivery_mode": "transient",
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
    }


def test_rabbitmq_over_tls_must_show_a_certificate_of_its_host() -> None:
    config = configured("amqps://mq/shop?ssl_ca_certs=/ca")
    assert config["broker_use_ssl"] == {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None, "ca_certs": "/ca"}
    assert configured("amqps://mq/shop?ssl_cert_reqs=none")["broker_use_ssl"] == {"cert_reqs": ssl.CERT_NONE}


def test_sqs_uses_existing_queues_and_a_visibility_timeout_below_its_limit_of_12_hours() -> None:
    config = configured(f"sqs://?queues={BUYERS.removesuffix('buyers')}")
    options = config["broker_transport_options"]
    assert config["broker_url"] == "sqs://"
    assert set(options) == POLLED | {
        "region",
        "predefined_queues",
        "wait_time_seconds",
        "polling_interval",
    }
    assert (options["region"], options["predefined_queues"]["buyers"]) == ("ap-northeast-2", {"url": BUYERS})
    assert list(options["predefined_queues"]) == ["buyers", "webhooks", "refunds", "housekeeping"]
    assert options["visibility_timeout"] < 12 * 3600


@pytest.mark.parametrize("url", ["redis://cache", "redis+sentinel://a/shop", "amqp://mq"])
def test_publishers_wait_at_most_half_a_second(url: str) -> None:
    assert set(publisher(settings_for(broker_url=url)).values()) == {0.5}


def test_wake_ups_use_the_broker_url_and_everything_else_redis() -> None:
    settings = settings_for(broker_url="amqp://mq/shop")
    assert celery_settings(settings)["broker_url"] == "amqp://mq/shop"
    assert celery_settings(settings)["task_publish_retry"], (
        "beat would keep the connection of a RabbitMQ that restarted"
    )
    assert settings.redis_url == "redis://localhost:1/0"


@pytest.mark.parametrize(("scheme", "path"), [("rediss", "0"), ("rediss+sentinel", "shop"), ("amqps", "shop")])
def test_nothing_is_sent_to_a_server_with_an_untrusted_certificate(scheme: str, path: str, tmp_path: Path) -> None:
    celery = Celery(set_as_current=False)
    with untrusted_server(tmp_path) as (port, received):
        celery.conf.update(broker(settings_for(broker_url=f"{scheme}://me:password@localhost:{port}/{path}")))
        with celery.connection_for_write() as connection, pytest.raises(OperationalError):
            _ = connection.default_channel
    assert received == []
