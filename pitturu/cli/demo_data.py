"""Demo data: the users who can log in, and the items for sale."""

from typing import Final, NamedTuple

from pitturu.domain.roles import Role

PEOPLE: Final = (
    ("demo", "demo-pass-1234", Role.BUYER),
    ("manager", "manager-pass-1234", Role.ADMIN),
)


class DemoItem(NamedTuple):
    """An item; its picture is the storefront's file of the same name. `price` in won, `stock` None is unlimited."""

    sku: str
    picture: str
    name: str
    price: int
    stock: int | None
    description: str
    tax_free: bool = False
    returnable: bool = True


ITEMS: Final = (
    DemoItem(
        "FRUIT-01", "tangerine", "제주 감귤 5kg", 24_900, 120, "서귀포 농가에서 딴 노지 감귤입니다.", tax_free=True
    ),
    DemoItem("COFFEE-01", "coffee", "강릉 원두커피 500g", 18_500, 80, "주문 다음 날 볶아 보내는 중배전 원두입니다."),
    DemoItem("PAPER-01", "notebook", "전주 한지 노트", 7_800, 300, "전주 한지로 만든 무지 노트, 96쪽."),
    DemoItem("FRUIT-02", "pear", "나주배 선물세트", 45_000, 40, "크고 단 나주배 여덟 개를 담았습니다.", tax_free=True),
    DemoItem(
        "MEAT-01", "beef", "안동 한우 국거리 600g", 38_900, 25, "1등급 한우 양지와 사태, 냉장 배송.", tax_free=True
    ),
    DemoItem("SEA-01", "oyster", "통영 생굴 1kg", 21_000, 15, "아침에 깐 굴을 그날 보냅니다.", tax_free=True),
    DemoItem("TEA-01", "tea", "보성 녹차 티백 50개입", 12_000, 200, "보성에서 기른 찻잎만 담은 티백입니다."),
    DemoItem("POT-01", "mug", "이천 도자기 머그컵", 29_000, 3, "물레로 빚어 두 번 구운 머그컵, 350ml."),
    DemoItem("BAMBOO-01", "pencils", "담양 대나무 필통", 16_500, 2, "담양 대나무를 깎아 만든 필통입니다."),
    DemoItem("TABLE-01", "table", "한정판 자개 소반", 189_000, 1, "장인이 자개를 하나씩 붙인 소반, 단 한 점."),
    DemoItem(
        *("COURSE-01", "course", "온라인 한국사 강의 (1개월)", 33_000, None, "고조선부터 현대까지 40강, 한 달 수강권."),
        returnable=False,
    ),
    DemoItem(
        *("BOOK-01", "book", "전자책 「결제의 역사」", 9_900, None, "조개껍데기에서 간편결제까지, 전자책(EPUB)."),
        tax_free=True,
        returnable=False,
    ),
)
