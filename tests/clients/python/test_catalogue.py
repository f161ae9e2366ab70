"""A shop's server reads and manages items."""

import pytest
from pitturu_client import Conflict, NotFound, Pitturu, catalogue
from pitturu_client.errors import StockChanged

from tests.clients.python.conftest import Served


def test_an_item_is_created_sold_and_retired(admin: Pitturu, served: Served) -> None:
    created = admin.catalogue.create(sku="COFFEE-500", name="강릉 원두커피", price=12_000, stock=3, tax_free=True)
    anybody = Pitturu(served.url)

    assert anybody.items.get(created.id).tax_free
    assert [item.sku for item in anybody.items.list()] == ["COFFEE-500"]
    with pytest.raises(Conflict) as taken:
        admin.catalogue.create(sku="COFFEE-500", name="다른 커피", price=1, stock=None)
    assert taken.value.code == "sku_taken"
    assert admin.catalogue.change(created.id, price=13_000).price == 13_000
    assert not admin.catalogue.change(created.id, active=False).active
    with pytest.raises(NotFound):
        anybody.items.get(created.id)
    assert [item.id for item in admin.catalogue.all(active=False)] == [created.id]
    assert [*admin.catalogue.all(active=True)] == []
    anybody.close()


def test_the_stock_is_corrected(admin: Pitturu) -> None:
    item = admin.catalogue.create(sku="CUP", name="컵", price=5_000, stock=3)

    assert admin.catalogue.add_stock(item.id, 2, "입고").stock == 5
    assert admin.catalogue.set_stock(item.id, 4, seen=5, reason="재고 조사").stock == 4
    with pytest.raises(StockChanged):
        admin.catalogue.set_stock(item.id, 9, seen=5, reason="재고 조사")
    assert admin.catalogue.get(item.id).stock == 4


def test_every_page_is_read(admin: Pitturu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAGE", 2)
    for number in range(3):
        admin.catalogue.create(sku=f"SKU-{number}", name="귤", price=1, stock=None)

    assert [item.sku for item in admin.catalogue.all(search="SKU-")] == ["SKU-2", "SKU-1", "SKU-0"]
    assert {item.sku for item in admin.items.list()} == {"SKU-0", "SKU-1", "SKU-2"}
