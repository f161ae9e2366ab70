"""Names that leave the house fit every PG and cannot be guessed."""

from pitturu.domain import ids


def test_order_numbers_fit_every_pg() -> None:
    made = {ids.merchant_uid() for _ in range(1000)}
    assert len(made) == 1000
    assert all(ids.ORDER_ID.fullmatch(name) for name in made)


def test_each_kind_of_name_is_told_apart_by_its_prefix() -> None:
    assert {ids.merchant_uid()[:3], ids.session_id()[:3], ids.payment_id()[:3]} == {"ord", "ses", "pay"}
