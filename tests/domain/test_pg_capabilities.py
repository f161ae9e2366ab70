"""What each PG can cancel, by the table."""

from datetime import UTC, datetime

import pytest

from pitturu.domain.pg_capabilities import CancelOptions, Impossible, cancel_options

PAID = datetime(2026, 1, 31, 14, 59, tzinfo=UTC)
"""One minute before the month ends in Korea."""
SAME_MONTH = datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 1, 31, 15, tzinfo=UTC)


def options(pg: str, method: str, now: datetime = SAME_MONTH, cancels: int = 0) -> CancelOptions:
    return cancel_options(pg, method, PAID, cancels, now)


@pytest.mark.parametrize("pg", ["danal_tpay", "mobilians", "KSNET", "tosspayments", "a_pg_of_tomorrow"])
def test_phone_payments_are_cancelled_in_full_only(pg: str) -> None:
    found = options(pg, "phone")
    assert (found.possible, found.partial_possible, found.reason) == (True, False, Impossible.PARTIAL)


@pytest.mark.parametrize("pg", ["kcp", "KCP_V2", "html5_inicis", "inicis", "INICIS_V2", ""])
def test_a_pg_that_may_cancel_a_part_of_a_phone_payment(pg: str) -> None:
    found = options(pg, "phone")
    assert (found.possible, found.partial_possible, found.reason) == (True, True, None)


@pytest.mark.parametrize("pg", ["danal_tpay", "html5_inicis", "INICIS_V2", "a_pg_of_tomorrow"])
def test_phone_payments_of_a_past_month_are_not_cancelled(pg: str) -> None:
    assert options(pg, "phone").possible
    found = options(pg, "phone", NEXT_MONTH)
    assert (found.refusal, found.partial_refusal) == (Impossible.PERIOD_OVER, Impossible.PERIOD_OVER)


@pytest.mark.parametrize("pg", ["kcp", "kcp_quick", "KCP_V2"])
def test_kcp_refunds_phone_payments_of_a_past_month_to_an_account(pg: str) -> None:
    assert not options(pg, "phone").account_required
    found = options(pg, "phone", NEXT_MONTH)
    assert (found.possible, found.account_required, found.tel_required) == (True, True, False)


def test_the_month_of_another_year_is_another_month() -> None:
    assert not options("danal_tpay", "phone", datetime(2027, 1, 15, tzinfo=UTC)).possible


@pytest.mark.parametrize(
    ("pg", "method", "account", "tel"),
    [
        ("html5_inicis", "vbank", True, False),
        ("", "vbank", True, False),
        ("naverpay", "vbank", True, False),
        ("KSNET", "vbank", True, False),
        ("smartro", "vbank", True, True),
        ("SMARTRO_V2", "vbank", True, True),
        ("smartro_v2", "trans", True, True),
        ("smartro", "trans", False, False),
        ("smartro_v2", "card", False, False),
        ("html5_inicis", "trans", False, False),
    ],
)
def test_where_a_refund_needs_an_account(pg: str, method: str, account: bool, tel: bool) -> None:
    found = options(pg, method)
    assert (found.account_required, found.tel_required) == (account, tel)


@pytest.mark.parametrize("method", ["card", "trans", "vbank", "kakaopay"])
def test_ksnet_allows_nine_partial_cancels(method: str) -> None:
    assert options("ksnet", method, cancels=8).partial_possible
    found = options("ksnet", method, cancels=9)
    assert (found.possible, found.partial_refusal) == (True, Impossible.PARTIALS_USED_UP)


@pytest.mark.parametrize(
    ("pg", "last", "over"),
    [
        ("ksnet", datetime(2026, 7, 31, tzinfo=UTC), datetime(2026, 8, 4, tzinfo=UTC)),
        ("NAVERPAY", datetime(2029, 1, 29, tzinfo=UTC), datetime(2029, 2, 1, tzinfo=UTC)),
        ("paypal_v2", datetime(2026, 7, 29, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)),
    ],
)
def test_periods_of_a_pg(pg: str, last: datetime, over: datetime) -> None:
    assert options(pg, "card", last).possible
    assert options(pg, "card", over).refusal is Impossible.PERIOD_OVER


@pytest.mark.parametrize("pg", ["html5_inicis", "nice_v2", "WELCOME", "danal", "a_pg_of_tomorrow", ""])
@pytest.mark.parametrize("method", ["card", "trans", "kakaopay", "point", "a_method_of_tomorrow", ""])
def test_what_no_source_states_is_possible(pg: str, method: str) -> None:
    found = options(pg, method, datetime(2036, 1, 1, tzinfo=UTC), cancels=100)
    assert (found.reason, found.account_required) == (None, False)
