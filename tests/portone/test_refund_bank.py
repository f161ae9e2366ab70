"""`refund_bank` for every PG of PortOne's table, bank by bank."""

import pytest

from pitturu.domain.banks import BANKS, BankNotSupported, refund_bank

THREE_DIGITS = ("tosspayments", "danal", "nice", "kicc", "smartro", "settle")


def banks(codes: str) -> list[str]:
    """Codes as PortOne lists them, one after the other."""
    return codes.split()


COMMON = banks("002 003 004 007 011 012 020 023 027 031 032 034 037 039 045 048 071 081 088 089 090 092")
TABLE = {
    **{pg: {bank: bank[1:] for bank in COMMON} for pg in ("html5_inicis", "inicis")},
    **{pg: {bank: f"BK{bank[1:]}" for bank in COMMON} for pg in ("kcp", "kcp_billing", "kcp_quick")},
    **{pg: {bank: bank for bank in COMMON} for pg in THREE_DIGITS},
    "nice_v2": {bank: bank for bank in banks("003 004 011 020 023 031 032 034 071 081 088 089")},
    "welcome": {bank: bank for bank in banks("003 004 007 020 031 032 034 037 039 081 088 089")},
    "daou": {
        "004": "04",
        "023": "11",
        "003": "03",
        "011": "08",
        "032": "15",
        "088": "10",
        "020": "09",
        "071": "31",
        "081": "12",
    },
}


@pytest.mark.parametrize("pg", TABLE)
def test_every_bank_of_the_table_is_spelled_as_the_pg_wants_it(pg: str) -> None:
    assert {bank: refund_bank(pg, bank) for bank in TABLE[pg]} == TABLE[pg]


@pytest.mark.parametrize("pg", TABLE)
def test_a_bank_missing_in_the_pgs_table_is_refused(pg: str) -> None:
    for bank in set(BANKS) - set(TABLE[pg]):
        with pytest.raises(BankNotSupported):
            refund_bank(pg, bank)


@pytest.mark.parametrize("pg", ["smartro_v2", "INICIS_V2", "a_pg_of_tomorrow"])
def test_a_pg_without_a_table_is_sent_any_bank(pg: str) -> None:
    assert {bank: refund_bank(pg, bank) for bank in BANKS} == {bank: bank for bank in BANKS}


@pytest.mark.parametrize("pg", [*TABLE, "a_pg_of_tomorrow"])
def test_what_is_no_bank_is_refused(pg: str) -> None:
    for bank in ("", "88", "BK88", "999", "０８８", "088 "):
        with pytest.raises(BankNotSupported):
            refund_bank(pg, bank)
