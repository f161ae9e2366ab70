"""The error log in processes of other kinds: a child of a fork, and one that gevent has patched."""

import subprocess
import sys

from flask import Flask

from pitturu.services import services_of
from tests.monitoring.test_error_log import stored


def test_a_fork_writes_its_own_errors_only(app: Flask) -> None:
    """The child of a process with errors that wait, and with a thread, starts without either."""
    script = """
import logging, os, sys
from pitturu.monitoring import error_log
from tests.values import settings_for
error_log.install(settings_for(database_url=sys.argv[1]))
log = logging.getLogger("pitturu.forked")
log.error("of_the_parent")
child = os.fork()
if child == 0:
    log.error("of_the_child")
    logging.shutdown()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    url = services_of(app).settings.database_url
    subprocess.run([sys.executable, "-c", script, url], check=True, timeout=60)
    counts, lines = stored(app)
    assert {event: one.count for event, one in counts.items()} == {"of_the_parent": 1, "of_the_child": 1}
    assert len(lines) == 2


def test_greenlets_log_and_a_greenlet_writes(app: Flask) -> None:
    """The web's processes run patched by gevent: the thread is a greenlet there, and others go on while it writes."""
    script = """
from gevent import monkey
monkey.patch_all()
import gevent, logging, sys
from pitturu.monitoring import error_log
from tests.values import settings_for
error_log.install(settings_for(database_url=sys.argv[1]))
log = logging.getLogger("pitturu.green")
gevent.joinall([gevent.spawn(log.error, "it_broke") for _ in range(50)])
for handler in logging.getLogger().handlers:
    if isinstance(handler, error_log.ErrorLog):
        with gevent.Timeout(30):
            while handler._tallies:
                gevent.sleep(0.01)
        assert handler._writer.is_alive()
"""
    url = services_of(app).settings.database_url
    subprocess.run([sys.executable, "-c", script, url], check=True, timeout=60)
    assert stored(app)[0]["it_broke"].count == 50
