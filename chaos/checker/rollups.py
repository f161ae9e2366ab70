"""Rollups: the hourly counts say what the lines of the timeline and of the webhooks say, each line once."""

from collections.abc import Iterator
from typing import Final, LiteralString

import psycopg

from chaos.checker.snapshot import Snapshot

DIFFERENCES: Final[dict[str, LiteralString]] = {
    "timeline": """
        SELECT hour, measure, lines, won, count, sum FROM (
            SELECT date_trunc('hour', at, 'UTC') AS hour, count(*) AS lines, sum(abs(amount)) AS won,
                CASE WHEN kind = 'status' THEN 'transition' WHEN amount > 0 THEN 'received'
                    ELSE 'refunded' END AS measure
            FROM payment_events WHERE kind IN ('status', 'money') GROUP BY hour, measure) line
        FULL JOIN (SELECT hour, measure, sum(count) AS count, sum(sum) AS sum FROM hourly_rollups
            WHERE measure IN ('transition', 'received', 'refunded') GROUP BY hour, measure) rollup USING (hour, measure)
        WHERE lines IS DISTINCT FROM count OR won IS DISTINCT FROM sum""",
    "webhooks": """
        SELECT hour, 'webhook', lines, 0, count, 0 FROM (
            SELECT date_trunc('hour', finished_at, 'UTC') AS hour, count(*) AS lines FROM webhook_outcomes
            GROUP BY hour) line
        FULL JOIN (SELECT hour, sum(count) AS count FROM hourly_rollups WHERE measure = 'webhook'
            GROUP BY hour) rollup USING (hour)
        WHERE lines IS DISTINCT FROM count""",
    "totals": """
        SELECT NULL, measure, total.count, total.sum, hours.count, hours.sum FROM (
            SELECT measure, sum(count) AS count, sum(sum) AS sum FROM rollup_totals GROUP BY measure) total
        FULL JOIN (SELECT measure, sum(count) AS count, sum(sum) AS sum FROM hourly_rollups GROUP BY measure) hours
            USING (measure)
        WHERE total.count IS DISTINCT FROM hours.count OR total.sum IS DISTINCT FROM hours.sum""",
}


def rollup_differences(snapshot: Snapshot) -> Iterator[str]:
    """An hour's count differs from the lines that it counts, or a total from its hours."""
    with psycopg.connect(snapshot.database) as connection:
        for name, query in DIFFERENCES.items():
            for hour, measure, lines, amount, count, total in connection.execute(query):
                yield f"{name}, {measure} at {hour}: {lines} lines of {amount}, counted {count} of {total}"
