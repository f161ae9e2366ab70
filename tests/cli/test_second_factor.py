"""`flask pitturu totp-reset`, for a lost phone."""

from tests.api.second_factor import Phone
from tests.api.test_auth import ask
from tests.shop import Shop


def reset(shop: Shop, name: str) -> tuple[int, str]:
    done = shop.app.test_cli_runner().invoke(args=["pitturu", "totp-reset", name])
    return done.exit_code, done.output


def test_a_reset_removes_the_second_factor_and_ends_the_logins(shop: Shop) -> None:
    phone, other = Phone(shop), Phone(shop, "minji")
    phone.enrol()
    tokens = phone.login(code=phone.code())
    theirs = other.login()

    code, said = reset(shop, "hana")

    assert code == 0
    assert "hana: The second factor is removed, with its recovery codes; 3 logins have ended." in said
    ask(shop, "refresh", 401, refresh_token=tokens["refresh_token"])
    ask(shop, "refresh", refresh_token=theirs["refresh_token"])
    phone.login()


def test_without_one_it_says_so(shop: Shop) -> None:
    shop.login("hana")

    assert "hana: There was no second factor; 1 logins have ended." in reset(shop, "hana")[1]


def test_an_unknown_user(shop: Shop) -> None:
    assert reset(shop, "nobody") == (1, "Error: There is no user nobody.\n")
