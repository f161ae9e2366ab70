"""The payment window is in the buyer's language, as far as the PG speaks it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pitturu.api.checkout import SPOKEN, WORDS
from pitturu.api.checkout_v2 import LOCALES
from pitturu.domain.languages import Language
from tests.shop import Shop
from tests.values import BUYER

SDK = Path(__file__).parents[3] / "shared/reference/openapi/browser-sdk.yml"


def opened(shop: Shop, accept: str | None = None, **wish: Any) -> dict[str, Any]:
    """The session that a browser with this Accept-Language opens."""
    body = {"item_id": shop.item(), "quantity": 1, "generation": shop.generation, **BUYER, **wish}
    headers = shop.login() | ({"Accept-Language": accept} if accept is not None else {})
    answer = shop.client.post("/api/v1/payments/sessions", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json
    return session


def words(session: dict[str, Any]) -> str:
    """What the window is told."""
    params = session["checkout"]["params"]
    return str(params.get("language") or params.get("locale"))


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        (None, None, "ko"),
        ("en", None, "en"),
        ("EN_US", "ko", "en"),
        (None, "en-GB,ko;q=0.5", "en"),
        (None, "xx, de-AT;q=0.9, ko;q=0.1", "de"),
        (None, "en;q=0, fr;q=0.2", "fr"),
        (None, "en;q=0", "ko"),
        ("xx", "en", "en"),
        ("xx", None, "ko"),
        ("ko", "en", "ko"),
        (None, "*", "ko"),
        (None, ";;;,,\x7f", "ko"),
        (None, ",".join(["xx"] * 2_000), "ko"),
    ],
)
@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_whose_language(shop: Shop, generation: str, asked: str | None, accept: str | None, language: str) -> None:
    shop.generation = generation
    session = opened(shop, accept, **({} if asked is None else {"language": asked}))

    assert session["language"] == language
    assert shop.session(session)["language"] == language


@pytest.mark.parametrize(
    ("configured", "language", "told"),
    [
        ({}, "en", "en"),
        ({}, "zh-CN", "en"),
        ({"portone_pg": "nice_v2"}, "zh-CN", "zh"),
        ({"portone_pg": "nice.nictest00m"}, "zh-CN", "zh"),
        ({"portone_pg": "nice_v2"}, "zh-TW", "en"),
        ({"portone_pg": "eximbay"}, "ja", "jp"),
        ({"portone_pg": "danal_tpay"}, "en", "ko"),
        ({"portone_channels": (("card", "channel-key-1"),)}, "en", "en"),
        ({"portone_channels": (("card", "channel-key-1"),)}, "zh-CN", "en"),
        (
            {"portone_channels": (("card", "channel-key-1"),), "window_languages": ("ko", "en", "zh-CN")},
            "zh-CN",
            "zh",
        ),
        ({"portone_channels": (("card", "channel-key-1"),), "window_languages": ("ko", "fr")}, "fr", "ko"),
    ],
)
def test_the_words_of_v1(shop_with: Callable[..., Shop], configured: dict[str, Any], language: str, told: str) -> None:
    assert words(opened(shop_with(**configured), language=language, pay_method="card")) == told


def test_kakaopay_is_korean(shop: Shop) -> None:
    assert words(opened(shop, language="en", pay_method="kakaopay")) == "ko"


@pytest.mark.parametrize(
    ("spoken", "language", "told"),
    [
        (("ko", "en"), "ko", "KO_KR"),
        (("ko", "en"), "en", "EN_US"),
        (("ko", "en"), "ja", "EN_US"),
        (("ko", "en", "zh-CN", "zh-TW"), "zh-TW", "ZH_TW"),
        (("ko",), "en", "KO_KR"),
    ],
)
def test_the_words_of_v2(shop_with: Callable[..., Shop], spoken: tuple[str, ...], language: str, told: str) -> None:
    shop = shop_with(window_languages=spoken)
    shop.generation = "v2"

    assert words(opened(shop, language=language)) == told


@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_a_buyer_who_changes_the_language_gets_the_window_in_it(shop: Shop, generation: str) -> None:
    shop.generation = generation
    session = shop.open(language="ko")
    path = f"/payments/sessions/{session['session_id']}/prepare"
    before = words(session)

    assert words(shop.post(path, {"language": "xx"})) == before
    assert words(shop.post(path, {})) == before
    english = shop.post(path, {"language": "en"})
    assert (english["status"], english["language"], words(english)) == ("prepared", "en", words(opened(shop, "en")))


@pytest.mark.parametrize("language", ["", "e" * 36, "en\n", 7, ["en"]])
def test_what_is_no_language_is_refused(shop: Shop, language: object) -> None:
    body = {"item_id": shop.item(), "quantity": 1, **BUYER, "language": language}

    assert list(shop.post("/payments/sessions", body, status=422)["errors"]) == ["language"]


def test_every_language_of_a_pg_has_a_word() -> None:
    assert {language for languages in SPOKEN.values() for language in languages} <= set(WORDS)
    assert set(LOCALES) == set(Language)


@pytest.mark.skipif(not SDK.exists(), reason="PortOne's description of its browser SDK is not here")
def test_portone_knows_every_locale() -> None:
    """The names of V2's locales, one a line with a colon."""
    named = {line.strip().removesuffix(":") for line in SDK.read_text().splitlines()}

    assert set(LOCALES.values()) <= named
