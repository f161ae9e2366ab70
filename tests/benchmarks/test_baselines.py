"""What the bars compare with has not changed unnoticed."""

import re
from hashlib import sha256
from pathlib import Path

from benchmarks import baselines

SOURCES = Path(baselines.__file__).parent
DECISION = SOURCES.parent.parent / "docs/decisions/0045-what-each-mechanism-earns.md"


def test_the_baselines_are_those_of_the_decision() -> None:
    written = dict(re.findall(r"^\| `(\w+\.py)` \| `([0-9a-f]{64})` \|", DECISION.read_text(), re.M))
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in SOURCES.glob("*.py")}

    assert written == found, (
        f"A baseline was changed. Measure the bars with the old source and with the new one, and write both figures"
        f" and the new hash into {DECISION.name}."
    )
