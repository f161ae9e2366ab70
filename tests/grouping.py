"""Runs the tests of some folders and files in one process of the test run, because they share a costly fixture.

A pytest plugin; tests/conftest.py names it. It does for them what `--dist loadgroup` does for the mark
`xdist_group`, which writes the group into a test's id: pytest computes ids again since 9.2, so the group is lost.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = ("tests/browser/", "tests/chaos/", "tests/journeys/processes/", "tests/deploy/test_package.py")


class GroupedScheduling(LoadScopeScheduling):
    """Groups these folders and files; every other test runs in any free process."""

    def _split_scope(self, nodeid: str) -> str:
        return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)

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
