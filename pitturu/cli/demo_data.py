"""Demo data: the users who can log in, and the items for sale (name, price in won, stock or None)."""

from typing import Final

from pitturu.domain.roles import Role

PEOPLE: Final = (
    ("demo", "demo-pass-1234", Role.BUYER),
    ("manager", "manager-pass-1234", Role.ADMIN),
)

ITEMS: Final = (
    ("제주 감귤 5kg", 24_900, 120),
    ("강릉 원두커피 500g", 18_500, 80),
    ("전주 한지 노트", 7_800, 300),
    ("나주배 선물세트", 45_000, 40),
    ("안동 한우 국거리 600g", 38_900, 25),
    ("통영 생굴 1kg", 21_000, 15),
    ("보성 녹차 티백 50개입", 12_000, 200),
    ("이천 도자기 머그컵", 29_000, 3),
    ("담양 대나무 필통", 16_500, 2),
    ("한정판 자개 소반", 189_000, 1),
    ("온라인 한국사 강의 (1개월)", 33_000, None),
    ("전자책 「결제의 역사」", 9_900, None),
)
