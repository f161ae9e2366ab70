"""Languages of payment windows."""

import pytest

from pitturu.domain.languages import Language, language_of, shown_in


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *((language, language) for language in Language),
        ("KO_KR", "ko"),
        ("en-US", "en"),
        (" EN ", "en"),
        ("zh", "zh-CN"),
        ("ZH_CN", "zh-CN"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh_TW", "zh-TW"),
        ("jp", "ja"),
        ("JA_JP", "ja"),
        ("AR_001", "ar"),
        ("xx", None),
        ("*", None),
        ("", None),
        ("-", None),
        ("<script>", None),
        ("한국어", None),
    ],
)
def test_tags(tag: str, language: str | None) -> None:
    assert language_of(tag) == language


@pytest.mark.parametrize(
    ("wanted", "spoken", "shown"),
    [
        ("ko", ["ko", "en"], "ko"),
        ("en", ["ko", "en"], "en"),
        ("zh-CN", ["ko", "en"], "en"),
        ("zh-CN", ["ko", "en", "zh-CN"], "zh-CN"),
        ("zh-CN", ["ko"], "ko"),
        ("en", [], "ko"),
        (None, ["ko", "en"], "ko"),
    ],
)
def test_a_window_falls_back_to_english_and_then_to_korean(wanted: str | None, spoken: list[str], shown: str) -> None:
    assert shown_in(wanted, spoken) == shown
