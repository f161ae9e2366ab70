"""Two beats, as in every deployment: each has its own heartbeat, and their duplicate messages have one effect."""

from tests.journeys.processes.buyer import Buyer
from tests.journeys.processes.consistency import quiet
from tests.system import System
from tests.waiting import until

BEATS = "SELECT count(*) FROM heartbeats WHERE name LIKE 'beat:%%' AND seen_at > now() - interval '7 seconds'"


def test_two_beats_sweep_and_nothing_is_done_twice(system: System, buyer: Buyer) -> None:
    with system.another("beat"):
        until(lambda: system.rows(BEATS) == [(2,)], "both beats are seen")
        unheard = buyer.prepared()
        buyer.pay_without_webhook(unheard)
        # No browser and no webhook tells of this money: a sweep alone finds the deadline, and there are two of them.
        system.rows("UPDATE payment_sessions SET due_at = now() WHERE session_id = %s", unheard["session_id"])
        buyer.wait_for(unheard, "paid")
        quiet(system)

        assert buyer.owned() == 1
        statuses = [line["to"] for line in buyer.payment(unheard)["timeline"] if line["to"]]
        assert statuses.count("paid") == 1
        system.kill("beat")
        until(lambda: system.rows(BEATS) == [(1,)], "one of them is left")
        until(system.ready, "which is enough")
