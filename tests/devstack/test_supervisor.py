"""`make run` keeps its children alive, ends them in order, and says in one line what went wrong."""

import signal

import psutil
import pytest

from tests.devstack.supervised import POLITE, SERVE, STUBBORN, scene


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_children_in_the_opposite_order(number: signal.Signals) -> None:
    with scene(first=POLITE, second=POLITE) as play:
        play.until("all is well", "first     | up", "second    | up")
        play.process.send_signal(number)

        assert play.end() == 0
        assert play.where("second    | bye") < play.where("first     | bye") < play.where("stopped")


def test_a_dead_child_is_started_again() -> None:
    with scene(web=SERVE, worker=f"import os; print('pid', os.getpid(), flush=True); {SERVE}") as play:
        play.until("worker    | pid", "all is well")
        pid = int(play.lines[play.where("worker    | pid")].split()[-1])
        psutil.Process(pid).kill()
        play.until("worker ended with exit status -9; starting it again")
        play.until("worker    | pid")
        play.process.terminate()

        assert play.end() == 0


def test_a_child_that_keeps_failing_ends_everything_and_its_output_is_shown() -> None:
    with scene(web=POLITE, worker="print('no such broker'); raise SystemExit(3)") as play:
        assert play.end() == 1
        assert play.where("worker ended with exit status 3, for the 5th time") < play.where("web       | bye")
        assert "no such broker" in "\n".join(play.lines[play.where("5th time") :])


def test_children_start_after_the_steps_before_them() -> None:
    with scene(step_one="print('migrated')", web=SERVE) as play:
        play.until("web       | up")
        play.process.terminate()

        assert play.where("step_one  | migrated") < play.where("web       | up")


def test_a_failed_step_stops_what_runs_and_starts_nothing_more() -> None:
    with scene(database=POLITE, step_one="raise SystemExit('the disk is full')", web=SERVE) as play:
        assert play.end() == 1
        assert "the disk is full" in "\n".join(play.lines[play.where("step_one failed (exit status 1)") :])
        assert not [line for line in play.lines if line.startswith("web")]


def test_a_second_interrupt_does_not_wait() -> None:
    with scene(stubborn=STUBBORN) as play:
        play.until("stubborn  | up", "all is well")
        play.process.send_signal(signal.SIGINT)
        play.until("stopping everything")
        play.process.send_signal(signal.SIGINT)

        assert play.end() == 130


def test_a_command_that_does_not_exist_is_named() -> None:
    with scene(web="import os; os.execvp('/nowhere/gunicorn', ['x'])") as play:
        assert play.end() == 1
        assert "No such file or directory" in "\n".join(play.lines)
