"""Who acts on an order is its buyer or somebody of the shop."""

from pitturu.domain.cause import Origin, origin_of


def test_an_operator_is_the_buyer_of_his_own_purchase() -> None:
    assert origin_of("operator", "operator") is Origin.BUYER
    assert origin_of("operator", "hana") is Origin.OPERATOR
