"""The plan of a run, drawn from a seed before it starts: purchases, faults and kills.

Times are counted in started purchases, not in seconds, so that the plan does not depend on the machine's speed.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, Final, TypeVar

from chaos.faults import Fault, faults_of

T = TypeVar("T")

GENERATIONS: Final = ("v1", "v2")
SCARCE: Final = "mug"
LIMITED: Final = ("notebook", "apples")
UNLIMITED: Final = ("coffee", "card", "tea", "rice")
ITEMS: Final = (SCARCE, *LIMITED, *UNLIMITED)
"""What the shop sells: the mug sells out, of the notebook and the apples there are plenty, of the others any number.
Apples and rice are free of VAT."""
LINES: Final = {1: 50, 2: 18, 3: 12, 4: 8, 5: 7, 6: 5}
"""Lines of an order, and their percentages."""
METHODS: Final = {"card": 35, "naverpay": 8, "kakaopay": 13, "tosspay": 4, "trans": 13, "vbank": 17, "phone": 10}
COURSES: Final = {
    "buys": 48,
    "leaves_after_paying": 14,
    "leaves_before_paying": 6,
    "walks_away": 4,
    "declined": 3,
    "declined_then_buys": 5,
    "hasty": 3,
    "late": 4,
    "two_windows": 5,
    "wrong_money": 3,
    "gives_up": 2,
    "pends": 3,
}
"""The actions of buyers, and their percentages."""
DEPOSITS: Final = {"deposits": 55, "deposits_unseen": 20, "never_deposits": 15, "withdraws": 10}
"""The same for virtual accounts."""
RETURNS: Final = {
    "": 43,
    "part": 9,
    "pieces": 6,
    "line": 6,
    "lines_then_rest": 5,
    "part_then_rest": 7,
    "all": 9,
    "twice": 5,
    "console": 4,
    "sent_and_returned": 4,
    "sent_and_kept": 2,
}
"""The kinds of refund after a completed purchase."""
KEEPS_WHAT_IS_PAID: Final = frozenset({"buys", "declined_then_buys", "two_windows", "deposits", "pends"})
"""Courses that may be followed by a refund."""
VICTIMS: Final = {
    "web": 17,
    "web worker": 17,
    "worker": 22,
    "beat": 9,
    "valkey": 11,
    "flushall": 7,
    "postgres": 10,
    "receiver": 7,
}
"""The victims of kills, and their percentages. `web` is gunicorn's master with all of its workers, `web worker` one of
them; `valkey` restarts empty, `flushall` empties it while it runs. `receiver` is the shop's own server, which gets the
events."""
SILENCES: Final = ("loses_answer", "hangs", "loses_request", "hangs_after")
"""How the receiver of events gives no answer: after it has stored the event, or before."""
SILENT_EVERY, FIRST_SILENCES = 250, (50, 4)
"""Purchases between two silences; the first four come sooner, one in 50 purchases."""
GONE_FROM: Final = 400
"""Purchases of a run in which the receiver once answers that it wants no more events (410)."""
SWITCHES: Final[dict[str, tuple[Any, ...]]] = {
    "partial_cancel_status": ("cancelled", "paid"),
    "webhook_format": ("json", "form"),
    "v2_webhook_version": ("2024-04-25", "2024-01-01"),
    "webhook_retries": (0, 2),
}
"""Undocumented behaviour of PortOne: each run uses one of the possible variants."""


@dataclass(frozen=True)
class Line:
    """Pieces of one of ITEMS."""

    item: str
    quantity: int


@dataclass(frozen=True)
class Purchase:
    """One buyer's script. `slowness` (0 to 1) scales the buyer's pauses.

    `by_sku`: the lines name their items by SKU. An order of one line is opened without `lines` if `as_single`.
    """

    number: int
    generation: str
    method: str
    lines: tuple[Line, ...]
    by_sku: bool
    as_single: bool
    course: str
    returns: str
    double_verify: bool
    lost_answers: bool
    forged: str
    slowness: float
    faults: tuple[Fault, ...]

    @property
    def email(self) -> str:
        """Identifies this purchase's sessions for the checker."""
        return f"p{self.number}@buyers.example.org"


@dataclass(frozen=True)
class Kill:
    """A kill when purchase number `at` starts. `which` (0 to 1) selects one of several processes."""

    at: int
    victim: str
    which: float
    seconds_away: float


@dataclass(frozen=True)
class Silence:
    """From purchase number `at` on, the next request to the receiver of events gets this fault."""

    at: int
    kind: str


@dataclass(frozen=True)
class Plan:
    """A whole run. Equal seeds and sizes give equal plans."""

    seed: int
    purchases: tuple[Purchase, ...]
    kills: tuple[Kill, ...]
    silences: tuple[Silence, ...]
    switches: dict[str, Any]


def draw(seed: int, purchases: int, kills: int) -> Plan:
    """The plan of this seed. A purchase's script does not depend on the number of purchases."""
    chance = Random(f"{seed}/switches")
    switches = {name: chance.choice(ways) for name, ways in SWITCHES.items()}
    return Plan(
        seed=seed,
        purchases=tuple(_purchase(seed, number) for number in range(purchases)),
        kills=_kills(seed, purchases, kills),
        silences=_silences(seed, purchases),
        switches=switches,
    )


def _purchase(seed: int, number: int) -> Purchase:
    chance = Random(f"{seed}/{number}")
    generation, method = chance.choice(GENERATIONS), _one(chance, METHODS)
    course = _one(chance, DEPOSITS if method == "vbank" else COURSES)
    if course == "pends" and generation == "v1":
        course = "buys"
    returns = _one(chance, RETURNS) if course in KEEPS_WHAT_IS_PAID else ""
    return Purchase(
        number=number,
        generation=generation,
        method=method,
        lines=_lines(chance, scarce=method in ("card", "kakaopay", "trans") and chance.random() < 0.1),
        by_sku=chance.random() < 0.5,
        as_single=chance.random() < 0.5,
        course=course,
        returns=returns,
        double_verify=chance.random() < 0.15,
        lost_answers=chance.random() < 0.12,
        forged=_one(chance, {"": 92, "known": 4, "stranger": 1, "unsigned": 1, "flood": 2}),
        slowness=chance.random(),
        faults=faults_of(chance, bool(returns)),
    )


def _lines(chance: Random, *, scarce: bool) -> tuple[Line, ...]:
    """One line in half of the orders, and up to one of each item, in any order."""
    items = [SCARCE] if scarce else []
    items += chance.sample([*LIMITED, *UNLIMITED], k=_one(chance, LINES) - len(items))
    chance.shuffle(items)
    return tuple(Line(item, chance.choice((1, 1, 2, 3))) for item in items)


def _silences(seed: int, purchases: int) -> tuple[Silence, ...]:
    """Faults of the receiver, each kind once if there are enough, in order."""
    chance = Random(f"{seed}/silences")
    every, first = FIRST_SILENCES
    number = max(min(purchases // every, first), purchases // SILENT_EVERY)
    kinds = [*chance.sample(SILENCES, k=min(number, len(SILENCES)))]
    kinds += [chance.choice(SILENCES) for _ in range(number - len(kinds))]
    silences = [Silence(int(purchases * (place + chance.random()) / number), kind) for place, kind in enumerate(kinds)]
    if purchases >= GONE_FROM:
        silences.append(Silence(purchases // 4, "gone"))
    return tuple(sorted(silences, key=lambda one: one.at))


def _kills(seed: int, purchases: int, kills: int) -> tuple[Kill, ...]:
    """Kills at random points of the run, every kind of victim at least once if there are enough kills."""
    chance = Random(f"{seed}/kills")
    victims = chance.sample(list(VICTIMS), k=min(kills, len(VICTIMS)))
    victims += [_one(chance, VICTIMS) for _ in range(kills - len(victims))]
    step = purchases / (kills + 1)
    moments = [int(step * (number + 0.5 + chance.random())) for number in range(kills)]
    return tuple(
        Kill(at, victim, chance.random(), round(chance.uniform(0.1, 1.5), 2))
        for at, victim in zip(moments, victims, strict=True)
    )


def _one(chance: Random, odds: dict[T, int]) -> T:
    return chance.choices(list(odds), weights=list(odds.values()))[0]
