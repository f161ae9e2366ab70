"""What counts as a failed request while processes are replaced. `make rolling` is the run itself."""

import pytest

from chaos.notes import Notes
from chaos.rolling import Rollout, is_failure


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ("200", False),
        ("409", False),
        ("503", True),
        ("answer thrown away", False),
        ("RemoteDisconnected on a kept connection", False),
        ("RemoteDisconnected", True),
        ("TimeoutError on a kept connection", True),
        ("ConnectionRefusedError", True),
    ],
)
def test_only_a_connection_that_was_idle_may_end(answer: str, failed: bool) -> None:
    assert is_failure(answer) == failed


def test_a_run_without_a_whole_round_says_so() -> None:
    notes = Notes()
    notes.add("replaced", kind="web", who="web")
    notes.answer("502", 0.1)

    failures = Rollout(None, notes).failures()  # type: ignore[arg-type] # Nothing of the system is needed for the count.

    assert failures[0] == "1 answers: 502"
    assert [line.split()[6] for line in failures[1:]] == ["migration", "worker", "beat"]
