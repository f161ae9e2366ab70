"""KG Inicis among the PGs: PortOne V1 withdraws its virtual accounts only with a key that Inicis issues to the shop."""

from typing import Final

CODES: Final = frozenset({"html5_inicis", "inicis"})
"""PortOne's codes of KG Inicis: the current payment window and the older one."""


def is_inicis(pg: str) -> bool:
    """Whether `pg` is KG Inicis: PortOne's code, which a dot and a merchant id may follow."""
    return pg.partition(".")[0] in CODES
