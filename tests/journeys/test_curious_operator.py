"""A buyer complains that somebody looked at a payment: the log says who, and that person is stopped."""

from tests.operators import id_of
from tests.shop import Json, Shop


def test_who_looked_at_a_payment_is_found_and_stopped(shop: Shop) -> None:
    session = shop.paid()
    shop.login("boss", "admin")
    shop.login("kim", "support")
    shop.get(f"/payments/{session['payment_id']}", "kim")
    shop.get(f"/operations/why/{session['merchant_uid']}", "kim")
    shop.cancel(session, status=202)

    def seen(**query: str) -> list[Json]:
        items: list[Json] = shop.get("/operations/log", "boss", query_string=query)["items"]
        return items

    lines = seen(whom="hana", who="kim")
    assert [(line["action"], line["what_id"]) for line in lines] == [
        ("read_explanation", session["session_id"]),
        ("read_payment", session["payment_id"]),
    ]

    path = f"/api/v1/operations/people/{id_of(shop.app, 'kim')}"
    assert shop.client.put(f"{path}/role", json={"role": "buyer"}, headers=shop.login("boss")).status_code == 200
    assert shop.client.delete(f"{path}/logins", headers=shop.login("boss")).json == {"ended": 1}
    shop.get(f"/payments/{session['payment_id']}", "kim", 401)

    assert shop.app.test_cli_runner().invoke(args=["pitturu", "erase", "hana"]).exit_code == 0
    (pseudonym,) = {line["whom"] for line in seen(who="kim")}
    assert pseudonym.startswith("erased-")
    assert seen(whom="hana") == []
    assert [line["action"] for line in seen(who="boss", action="change_role")] == ["change_role"]
