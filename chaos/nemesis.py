"""Kills processes as planned, and restarts them a moment later, as a platform would."""

import contextlib
import time
from typing import Any

import psutil
import redis

from chaos.notes import Notes
from chaos.plan import Kill
from chaos.system import Process, StartError, System

TIMEOUT = 5.0
"""Seconds until a process that ended by itself is restarted."""


class Nemesis:
    """Used from the main thread only: children end with the thread that started them."""

    def __init__(self, system: System, kills: tuple[Kill, ...], notes: Notes) -> None:
        self._system, self._notes = system, notes
        self._kills = list(kills)
        self._away: dict[str, float] = {}

    def due(self, begun: int) -> bool:
        """Whether the next kill is due."""
        return bool(self._kills) and self._kills[0].at <= begun

    def kill_next(self) -> None:
        """Execute the next kill of the plan."""
        kill = self._kills.pop(0)
        who = self._kill(kill)
        self._notes.add("kill", victim=kill.victim, who=who, purchase=kill.at)

    def restart_due(self) -> None:
        """Restart processes whose pause is over, and those that ended by themselves."""
        now = time.monotonic()
        for name, child in self._system.children.items():
            if child.exited() is not None and name not in self._away:
                self._notes.add("ended by itself", who=name, status=child.exited())
                self._away[name] = now + TIMEOUT
        for name in [name for name, at in self._away.items() if at <= now]:
            self._start(name)

    def restart_all(self) -> None:
        """Restart everything."""
        for name in list(self._away):
            self._start(name)

    def _kill(self, kill: Kill) -> str:
        if kill.victim == "flushall":
            with contextlib.suppress(redis.RedisError):
                self._system.empty_queue()
            return "valkey"
        names = self._system.named(kill.victim.split()[0])
        name = names[int(kill.which * len(names))]
        if name in self._away:
            # Who is dead already is started, and dies while starting.
            self._start(name)
        if kill.victim == "web worker":
            return self._kill_one(name, kill.which)
        self._system.children[name].kill()
        if kill.victim == "valkey":
            self._system.forget_queue()
        self._away[name] = time.monotonic() + kill.seconds_away
        return name

    def _kill_one(self, name: str, which: float) -> str:
        """Kill one of gunicorn's workers; its master starts another one."""
        child: Any = self._system.children[name]
        workers = child.processes() if isinstance(child, Process) else []
        if workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                workers[int(which * 97) % len(workers)].kill()
        return name

    def _start(self, name: str) -> None:
        del self._away[name]
        try:
            self._system.children[name].start()
        except StartError as error:
            self._notes.add("could not start", who=name, why=str(error))
            self._away[name] = time.monotonic() + TIMEOUT
