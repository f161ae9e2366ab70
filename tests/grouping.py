"""Runs the tests of some folders, and those of each other file, in one process of the test run: they share fixtures and
apps, which every further process would make again, and need one message instead of one each.

A pytest plugin; tests/conftest.py names it. It does for them what `--dist loadgroup` does for the mark
`xdist_group`, which writes the group into a test's id: pytest computes ids again since 9.2, so the group is lost.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = (
    *("tests/browser/console/", "tests/browser/", "tests/journeys/processes/"),
    *("tests/deploy/test_package.py", "tests/outbound/", "tests/portone_simulator/v2/", "tests/worker/"),
    *("tests/monitoring/test_tracing.py", "tests/payments/test_machine.py"),
)
"""Those that take the longest come first, so that no process is left with one of them at the end."""


class GroupedScheduling(LoadScopeScheduling):
    """Groups these folders; every other file runs in any free process, those with the most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid.partition("::")[0])

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give this process the next of the groups, and a file when all are given away. Xdist would begin with the
        group of the most tests, which is not the longest."""
        if left := [group for group in TOGETHER if group in self.workqueue]:
            self.workqueue.move_to_end(left[0], last=False)
        super()._assign_work_unit(node)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Remove a finished group, since xdist counts the remaining tests of all groups after every test."""
        super().mark_test_complete(node, item_index, duration)
        groups = self.assigned_work[node]
        group = self._split_scope(self.registered_collections[node][item_index])
        if all(groups[group].values()):
            del groups[group]


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupedScheduling | None:
    """Use this scheduler with `--dist loadgroup`."""
    return GroupedScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
