"""Folders whose tests share one costly thing run in one process of the test run, one after the other.

A pytest plugin; tests/conftest.py names it. It does for folders what `--dist loadgroup` and the mark `xdist_group` are
for: those write the group into a test's id, which pytest computes afresh since 9.2, so that the group gets lost.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

FOLDERS = ("tests/browser/", "tests/chaos/", "tests/journeys/processes/")


class GroupedScheduling(LoadScopeScheduling):
    """Every other test goes to whichever process is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in FOLDERS if nodeid.startswith(folder)), nodeid)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """A group that is done is forgotten: xdist counts what is left of all groups again after every test."""
        super().mark_test_complete(node, item_index, duration)
        groups = self.assigned_work[node]
        group = self._split_scope(self.registered_collections[node][item_index])
        if all(groups[group].values()):
            del groups[group]


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupedScheduling | None:
    """Ours where groups are asked for."""
    return GroupedScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
