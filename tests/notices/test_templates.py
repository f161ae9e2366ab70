"""Templates of notices: what they can and cannot do, and what is said of one that is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.languages import Language
from pitturu.domain.notices import NoticeKind, NoticeWay
from pitturu.domain.provider import VirtualAccount
from pitturu.notices.facts import NoticeFacts, examples
from pitturu.notices.templates import BadTemplates, Rendered, load
from pitturu.notices.variables import variables

LINK = "https://shop.example.com/orders/{order_number}?ref={reference}"
PAID = "paid.email.ko.txt"


def rendered(facts: NoticeFacts, way: NoticeWay = NoticeWay.EMAIL, folder: str = "", link: str = LINK) -> Rendered:
    return load(folder).render(way, variables(facts, "커피가게", link))


def problems(folder: Path, name: str, source: str | bytes) -> str:
    """What is said of a folder with this template."""
    (folder / name).write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(BadTemplates) as caught:
        load(str(folder))
    return "\n".join(caught.value.problems)


def test_every_kind_is_there_in_both_languages_and_ways() -> None:
    ours = load("")
    for kind in NoticeKind:
        for way in NoticeWay:
            assert ours.languages(kind, way) == [Language.KO, Language.EN]
    assert ours.language(NoticeKind.PAID, NoticeWay.EMAIL, "ja") == Language.EN


def test_amounts_and_times_are_for_people() -> None:
    korean = rendered(examples(NoticeKind.ACCOUNT_ISSUED, "ko")[0])
    english = rendered(examples(NoticeKind.REFUNDED, "en")[0])
    assert "입금 기한: 2026년 12월 3일(목) 12:04" in korean.text
    assert "상품: 강릉 원두커피 500g 외 2건" in korean.text
    assert korean.subject == "[커피가게] 입금 계좌 안내: 36,000원"
    assert "Refunded: KRW 12,000\nStill paid: KRW 24,000\nRefunded to: 신한은행 110-***-**6789" in english.text
    assert "Refunded at: Tue, 1 December 2026, 12:04 (Korea time)" in english.text


def test_an_order_without_the_number_that_the_address_names_has_no_link() -> None:
    full, without = examples(NoticeKind.PAID, "en")
    assert "https://shop.example.com/orders/ord0example0example0example?ref=2026-001" in rendered(full).text
    assert "https://" not in rendered(without).text
    strange = rendered(replace(full, reference="a b/../&{session_id}")).text
    assert strange.endswith("?ref=a%20b%2F..%2F%26%7Bsession_id%7D")


@pytest.mark.parametrize("kind", [NoticeKind.ACCOUNT_ISSUED, NoticeKind.PAID])
@given(name=st.text(max_size=100), holder=st.text(max_size=100))
def test_nothing_that_a_stranger_typed_is_a_link_or_a_header(kind: NoticeKind, name: str, holder: str) -> None:
    """The name of the buyer may stand in the account's holder, and the mail goes to whom the buyer names."""
    account = VirtualAccount("088", "신한은행", "1-2", f"{holder} www.evil.example/x@y", None)
    facts = replace(examples(kind, "ko")[0], buyer_name=f"{name} http://evil.example", account=account)
    values = variables(facts, "커피가게", "")
    for value in (values["buyer_name"], values.get("account_holder", "")):
        assert not set(value) & set("./:@<>\r\n")
        assert len(value) <= 40
    made = rendered(facts, link="")
    assert "evil.example" not in made.text + made.html
    assert made.subject.isprintable()


def test_what_stands_in_a_name_is_text_and_no_template_and_no_html() -> None:
    facts = replace(examples(NoticeKind.PAID, "ko")[0], item_name="<b>{{ 7 * 7 }}</b>\r\nBcc: x")
    made = rendered(facts)
    assert "상품: <b>{{ 7 * 7 }}</b>  Bcc: x 외 2건" in made.text
    assert "&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;" in made.html


def test_a_shop_replaces_texts_and_adds_languages(tmp_path: Path) -> None:
    (tmp_path / PAID).write_text("감사합니다 {{ amount }}\n\n{{ buyer_name }}님, {{ item_name }}\n")
    (tmp_path / "paid.webhook.ja.txt").write_text("{{ shop_name }}\n\n{{ amount | upper }}\n")
    (tmp_path / "email.html").write_text("<p>{{ subject }}{% for p in paragraphs %}{{ p | length }}{% endfor %}</p>")
    (tmp_path / "README.md").write_text("{% broken")
    made = rendered(examples(NoticeKind.PAID, "ko")[0], folder=str(tmp_path))
    assert made == Rendered("감사합니다 36,000원", "김하나님, 강릉 원두커피 500g 외 2건", "<p>감사합니다 36,000원1</p>")
    assert load(str(tmp_path)).language(NoticeKind.PAID, NoticeWay.WEBHOOK, "ja") == "ja"
    assert rendered(examples(NoticeKind.REFUNDED, "ko")[0], folder=str(tmp_path)).subject.endswith(
        "환불 안내: 12,000원"
    )


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        (
            PAID,
            "x\n\n{{ bank }}",
            "paid.email.ko.txt: 'bank' is undefined. The variables of paid are kind",
        ),
        (PAID, "x\n\n{{ amount", "paid.email.ko.txt, line 3: "),
        (PAID, "\n\n", "needs a subject in its first line"),
        (PAID, "only a subject", "needs a subject in its first line, and a text below"),
        (PAID, b"\xff\n\nx", "paid.email.ko.txt: is not UTF-8"),
        (PAID, "x" * 20_001, "is larger than 20000 bytes"),
        (
            "payed.email.ko.txt",
            "x\n\ny",
            "payed.email.ko.txt: is no name of a template: write KIND.CHANNEL.LANGUAGE.txt",
        ),
        ("email.html", "{{ nothing }}", "email.html: 'nothing' is undefined"),
        (PAID, "x\n\n{{ amount.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        (PAID, "x\n\n{{ amount['upper'] }}", "'upper'"),
        (PAID, "x\n\n{{ amount | attr('upper') }}", "No filter named 'attr'"),
        (PAID, "x\n\n{{ amount.upper() }}", "a template calls nothing; its filters are default, e,"),
        (PAID, "x\n\n{{ range(9) }}", "a template calls nothing"),
        (PAID, "x\n\n{{ 'a' * 99999 }}", "* is not allowed"),
        (PAID, "x\n\n{{ '%9999d' % 1 }}", "% is not allowed"),
        (PAID, "x\n\n{% include '/etc/passwd' %}", "/etc/passwd"),
        (PAID, "x\n\n{% macro m() %}y{% endmacro %}{{ m() }}", "a template calls nothing"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, name: str, source: str | bytes, said: str) -> None:
    assert said in problems(tmp_path, name, source)
