"""The plan of a run, drawn from a seed before it starts: purchases, faults and kills.

Times are counted in started purchases, not in seconds, so that the plan does not depend on the machine's speed.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from chaos.faults import Fault, faults_of

GENERATIONS: Final = ("v1", "v2")
METHODS: Final = {"card": 40, "kakaopay": 20, "trans": 13, "vbank": 17, "phone": 10}
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
    "": 52,
    "part": 11,
    "pieces": 6,
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
VICTIMS: Final = {"web": 18, "web worker": 18, "worker": 24, "beat": 10, "valkey": 12, "flushall": 8, "postgres": 10}
"""The victims of kills, and their percentages. `web` is gunicorn's master with all of its workers, `web worker` one of
them; `valkey` restarts empty, `flushall` empties it while it runs."""
SWITCHES: Final[dict[str, tuple[Any, ...]]] = {
    "partial_cancel_status": ("cancelled", "paid"),
    "webhook_format": ("json", "form"),
    "v2_webhook_version": ("2024-04-25", "2024-01-01"),
    "webhook_retries": (0, 2),
}
"""Undocumented behaviour of PortOne: each run uses one of the possible variants."""


@dataclass(frozen=True)
class Purchase:
    """One buyer's script. `slowness` (0 to 1) scales the buyer's pauses."""

    number: int
    generation: str
    method: str
    quantity: int
    course: str
    returns: str
    scarce: bool
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
class Plan:
    """A whole run. Equal seeds and sizes give equal plans."""

    seed: int
    purchases: tuple[Purchase, ...]
    kills: tuple[Kill, ...]
    switches: dict[str, Any]


def draw(seed: int, purchases: int, kills: int) -> Plan:
    """The plan of this seed. A purchase's script does not depend on the number of purchases."""
    chance = Random(f"{seed}/switches")
    switches = {name: chance.choice(ways) for name, ways in SWITCHES.items()}
    return Plan(
        seed, tuple(_purchase(seed, number) for number in range(purchases)), _kills(seed, purchases, kills), switches
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
        quantity=chance.choice((1, 1, 2, 3)),
        course=course,
        returns=returns,
        scarce=method in ("card", "kakaopay", "trans") and chance.random() < 0.1,
        double_verify=chance.random() < 0.15,
        lost_answers=chance.random() < 0.12,
        forged=_one(chance, {"": 92, "known": 4, "stranger": 1, "unsigned": 1, "flood": 2}),
        slowness=chance.random(),
        faults=faults_of(chance, bool(returns)),
    )


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


def _one(chance: Random, odds: dict[str, int]) -> str:
    return chance.choices(list(odds), weights=list(odds.values()))[0]
