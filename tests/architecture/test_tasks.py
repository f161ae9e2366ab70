"""Whoever greps for a Celery task finds it: every name stands in the source, and no task is without work."""

import ast
import inspect
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pitturu.domain.jobs import JobName
from pitturu.payments.handlers import AnyJobHandler
from pitturu.registry import HANDLERS
from pitturu.worker import tasks
from pitturu.worker.celery_config import celery_settings
from tests.architecture.sources import functions
from tests.values import settings_for
from tests.worker import toy


def literal_names(calls: Iterable[ast.AST], of: str) -> list[str]:
    """The literal NAME of every call `of(name=NAME)` among these."""
    return [
        str(keyword.value.value)
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == of
        for keyword in call.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]


def decorated() -> list[str]:
    """The names that are written out as `@celery.task(name=NAME)`."""
    decorators = [one for function in functions(Path(tasks.__file__)) for one in function.decorator_list]
    return literal_names(decorators, "celery.task")


def without_literal_name(handlers: tuple[AnyJobHandler, ...]) -> list[str]:
    """Kinds of work whose name stands neither over a task nor in their own module."""
    return [job.name for job in handlers if job.name not in {*decorated(), *named_in(job.claim.__module__)}]


def named_in(module: str) -> list[str]:
    """The names that stand in this module as `JobHandler(name=NAME)`."""
    return literal_names(ast.walk(ast.parse(inspect.getsource(sys.modules[module]))), "JobHandler")


def test_every_name_has_its_written_out_task() -> None:
    assert sorted(decorated()) == sorted([*JobName, *tasks.FORMER_NAMES])


def test_a_kind_with_a_module_and_a_line_has_its_name_in_the_module() -> None:
    assert without_literal_name((toy.HANDLER, replace(toy.HANDLER, name="made.up"))) == ["made.up"]


def test_tasks_registered_kinds_and_the_schedule_are_the_same_names() -> None:
    schedule = celery_settings(settings_for())["beat_schedule"].values()
    started = [job.name for job in HANDLERS] + [entry["task"] for entry in schedule]
    assert without_literal_name(HANDLERS) == []
    assert set(JobName) <= set(started)
    assert len(started) == len(set(started))
