"""Servers of somebody else are looked at before anything starts."""

import pytest

from devstack.errors import StartError
from devstack.external_servers import check_postgres, check_redis, refuse_old_redis
from devstack.ports import free_port


def test_good_servers_pass(postgres_url: str, redis_url: str) -> None:
    check_postgres(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    check_redis(redis_url)


def test_an_unreachable_database_is_one_line_without_the_password() -> None:
    with pytest.raises(StartError, match=r"DATABASE_URL leads to 127\.0\.0\.1:") as caught:
        check_postgres(f"postgres://user:hidden@127.0.0.1:{free_port()}/shop")

    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["redis", "nonsense"])
def test_an_unreachable_queue_is_one_line_without_the_password(scheme: str) -> None:
    with pytest.raises(StartError, match=r"REDIS_URL leads to 127\.0\.0\.1:") as caught:
        check_redis(f"{scheme}://:hidden@127.0.0.1:{free_port()}/0")

    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "about",
    [
        {"redis_version": "6.2.0"},
        {"redis_version": "10.0.1"},
        {"redis_version": "7.2.4", "valkey_version": "7.2.0"},
        {"redis_version": "7.2.4", "valkey_version": "9.1.2"},
    ],
)
def test_new_enough_queues_pass(about: dict[str, str]) -> None:
    refuse_old_redis(about)


@pytest.mark.parametrize("about", [{"redis_version": "6.0.16"}, {"redis_version": "5.0"}, {"valkey_version": "7.1"}])
def test_old_queues_are_refused(about: dict[str, str]) -> None:
    with pytest.raises(StartError, match="or newer"):
        refuse_old_redis(about)
