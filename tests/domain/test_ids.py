"""Public ids are accepted by every PG and cannot be guessed."""

from pitturu.domain import ids


def test_order_numbers_are_unique_and_match_the_accepted_pattern() -> None:
    ids_made = {ids.merchant_uid() for _ in range(1000)}
    assert len(ids_made) == 1000
    assert all(ids.ORDER_ID.fullmatch(name) for name in ids_made)


def test_each_kind_of_id_has_its_prefix() -> None:
    assert {ids.merchant_uid()[:3], ids.session_id()[:3], ids.payment_id()[:3]} == {"ord", "ses", "pay"}


def test_a_customer_keeps_an_id_without_a_name() -> None:
    assert ids.customer_id("hana") == ids.customer_id("hana") != ids.customer_id("duri")
    assert {len(ids.customer_id(name)) for name in ("hana", "하나", "h" * 64)} == {20}
    assert ids.ORDER_ID.fullmatch(ids.customer_id("hana@example.org"))
