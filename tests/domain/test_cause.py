"""A user acts on an order as its buyer or as an operator."""

from pitturu.domain.cause import Origin, origin_of


def test_an_operator_is_the_buyer_of_their_own_purchase() -> None:
    assert origin_of("operator", "operator") is Origin.BUYER
    assert origin_of("operator", "hana") is Origin.OPERATOR
