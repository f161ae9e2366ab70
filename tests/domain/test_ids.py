"""Public ids are accepted by every PG and cannot be guessed."""

from pitturu.domain import ids


def test_order_numbers_are_unique_and_match_the_accepted_pattern() -> None:
    ids_made = {ids.merchant_uid() for _ in range(1000)}
    assert len(ids_made) == 1000
    assert all(ids.ORDER_ID.fullmatch(name) for name in ids_made)


def test_each_kind_of_id_has_its_prefix() -> None:
    assert {ids.merchant_uid()[:3], ids.session_id()[:3], ids.payment_id()[:3]} == {"ord", "ses", "pay"}
