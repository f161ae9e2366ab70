"""PortOne's list of payments, page by page, in either generation; V1's numbered pages are read without a gap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.provider_listing import EventFeed, Page, PaymentList
from pitturu.portone import v1_listing
from pitturu.portone.reading import Unreadable
from tests.fake_portone import PortOne
from tests.portone.generations import Buyer, Maker, refusal

DAY = timedelta(days=1)
V1_ONLY = pytest.mark.parametrize("generation", ["v1"], indirect=True)


@pytest.fixture
def payment_list(make: Maker) -> Any:
    """A gateway, of which a test reads the lists."""
    return make()


def window(days: float = 1, size: int = 2) -> Page:
    """From `days` ago until tomorrow."""
    now = datetime.now(UTC)
    return Page(now - days * DAY, now + DAY, size=size)


def walked(payment_list: PaymentList, page: Page) -> list[ProviderPayment]:
    """Everything until it is over, in order."""
    found: list[ProviderPayment] = []
    for _ in range(50):
        payments, cursor = payment_list.payments(page)
        found += payments
        if not cursor:
            return found
        page = Page(page.since, page.until, cursor, page.size)
    raise AssertionError("The list never ends.")


def several(buyer: Buyer, count: int) -> list[str]:
    """Orders that are paid, one after the other."""
    return [buyer.pays(merchant_uid=f"order{number}") for number in range(count)]


def test_both_generations_can_be_read(payment_list: Any, generation: str) -> None:
    assert isinstance(payment_list, EventFeed) == (generation == "v2")


def test_every_payment_is_listed_whatever_became_of_it(payment_list: Any, buyer: Buyer) -> None:
    paid, cancelled, failed = several(buyer, 3)[0], buyer.pays(merchant_uid="gone"), buyer.opens(merchant_uid="no")
    buyer.does("console-cancel", cancelled)
    buyer.does("decline", failed)

    listed = {one.provider_id: one.status for one in walked(payment_list, window())}

    assert len(listed) == 5
    assert (listed[paid], listed[failed]) == (ProviderStatus.PAID, ProviderStatus.FAILED)
    assert listed[cancelled] is ProviderStatus.CANCELLED


def test_pages_join_without_a_gap(payment_list: Any, buyer: Buyer) -> None:
    names = several(buyer, 5)

    assert [one.provider_id for one in walked(payment_list, window(size=2))] == names


def test_what_lies_outside_the_window_is_not_listed(payment_list: Any, buyer: Buyer) -> None:
    several(buyer, 1)
    past = datetime(2020, 1, 1, tzinfo=UTC)

    assert walked(payment_list, Page(past, past + DAY)) == []


def test_a_listed_payment_says_what_the_single_one_says(payment_list: Any, buyer: Buyer) -> None:
    name = buyer.pays()
    buyer.does("console-cancel", name, amount=400)

    (listed,) = walked(payment_list, window())

    assert (listed.provider_id, listed.amount, listed.cancelled_amount, listed.pay_method) == (
        name,
        15_400,
        400,
        "card",
    )


@V1_ONLY
def test_a_window_of_more_than_90_days_is_split(payment_list: Any, buyer: Buyer, fresh_portone: PortOne) -> None:
    early = buyer.pays(merchant_uid="early")
    fresh_portone.control("POST", "clock", {"advance": 200 * 86_400})
    late = buyer.pays(merchant_uid="late")
    now = datetime.now(UTC)

    listed = walked(payment_list, Page(now - DAY, now + 201 * DAY))

    assert [one.provider_id for one in listed] == [early, late]
    assert len(fresh_portone.calls("/payments/status/all")) == 3


def test_lists_meet_and_none_is_wider_than_90_days() -> None:
    page = window(days=200)
    place, asked = v1_listing.place(page), []
    while True:
        query = place.call(page).query
        asked.append((int(query["from"]), int(query["to"])))
        following = place.after(page, 1)
        if following is None:
            break
        place = following

    assert asked[0][0] <= page.since.timestamp() < page.until.timestamp() <= asked[-1][1] + 1
    assert all(until - since < 90 * 86_400 for since, until in asked)
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(asked))


@V1_ONLY
def test_a_list_that_shrinks_while_it_is_read_hides_nothing(
    payment_list: Any, buyer: Buyer, fresh_portone: PortOne
) -> None:
    """A cancel is filed under the moment of the cancel: two leave the first page, and the others move up."""
    names = several(buyer, 6)
    page = Page(datetime.now(UTC) - DAY, datetime.now(UTC) + timedelta(minutes=1), size=2)
    first, cursor = payment_list.payments(page)
    fresh_portone.control("POST", "clock", {"advance": 3_600})
    for name in names[:2]:
        buyer.does("console-cancel", name)

    rest = walked(payment_list, Page(page.since, page.until, cursor, 2))

    assert {one.provider_id for one in (*first, *rest)} == set(names)


@V1_ONLY
def test_a_page_that_is_gone_is_not_the_end(payment_list: Any, buyer: Buyer) -> None:
    names = several(buyer, 2)
    beyond = v1_listing.Place(int(datetime.now(UTC).timestamp()) - 600, number=3, total=6)

    listed = walked(payment_list, Page(window().since, window().until, beyond.cursor, 2))

    assert [one.provider_id for one in listed] == names


@V1_ONLY
def test_a_refusal_is_not_an_empty_list(payment_list: Any, fresh_portone: PortOne) -> None:
    fresh_portone.faults({"kind": "status", "status": 429, "retry_after": 7, "endpoint": "payments.status"})

    error = refusal(lambda: payment_list.payments(window()))

    assert (error.reaction, error.retry_after) == (Reaction.TRY_AGAIN, timedelta(seconds=7))


def test_a_wrong_key_needs_an_operator(make: Maker) -> None:
    gateway: Any = make("another secret")

    with pytest.raises(GatewayError) as caught:
        gateway.payments(window())

    assert caught.value.reaction is Reaction.CALL_HUMAN


@pytest.mark.parametrize("answer", [[], {}, {"list": []}, {"list": [], "total": "1"}, {"list": [], "total": -1}])
def test_invalid_pages(answer: object) -> None:
    with pytest.raises(Unreadable):
        v1_listing.read(answer)


def test_a_list_that_keeps_shrinking_ends() -> None:
    page, place = window(size=1), v1_listing.Place(0, number=50, total=10_000)
    for total in range(5_000, 5_000 - v1_listing.MOST_STEPS_BACK - 1, -1):
        following = place.after(page, total)
        assert following is not None
        place = following

    assert place.number > 50 - v1_listing.MOST_STEPS_BACK
