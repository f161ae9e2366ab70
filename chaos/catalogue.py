"""What the shop of a run sells: the items of the plan, in the tables of the catalogue."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import psycopg

from chaos import plan

PLENTY, SCARCE_SHARE = 10_000_000, 20
"""Stock of items that never sell out, and the number of purchases per unit of the item that does."""
DETAILS: Final = {
    "mug": ("이천 도자기 머그컵", 29_000, False),
    "notebook": ("전주 한지 노트", 7_800, False),
    "apples": ("청송 사과 3kg", 23_500, True),
    "coffee": ("강릉 원두커피 500g", 18_000, False),
    "card": ("축하 카드", 1_500, False),
    "tea": ("하동 녹차 50g", 12_300, False),
    "rice": ("철원 쌀 4kg", 16_900, True),
}
"""Name, price in won, and whether it is free of VAT, of each of `plan.ITEMS`."""


@dataclass(frozen=True)
class SoldItem:
    """An item of the shop. `stock` is None for an unlimited one."""

    item_id: str
    sku: str
    stock: int | None


def put_on_sale(database: str, purchases: int) -> dict[str, SoldItem]:
    """Insert the items, each with the first line of its ledger of stock. Returns them by their names in the plan."""
    stocks = {plan.SCARCE: purchases // SCARCE_SHARE + 2, **dict.fromkeys(plan.LIMITED, PLENTY)}
    items = {name: SoldItem(str(uuid4()), name.upper(), stocks.get(name)) for name in plan.ITEMS}
    with psycopg.connect(database, autocommit=True) as connection:
        for name, one in items.items():
            row = (one.item_id, one.sku, *DETAILS[name], one.stock)
            connection.execute(
                "INSERT INTO items (id, sku, name, price, tax_free, stock) VALUES (%s, %s, %s, %s, %s, %s)", row
            )
        connection.execute(
            "INSERT INTO stock_ledger (item_id, kind, quantity) SELECT id, 'initial', stock FROM items"
            " WHERE stock IS NOT NULL"
        )
    return items
