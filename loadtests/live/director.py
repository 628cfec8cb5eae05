"""What all people of one process share: the tally, the log-ins, the pace, and what is done when."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import gevent
import requests
from gevent.lock import RLock

from loadtests.live.people import LogIn
from loadtests.live.scenarios import FASTER, Act, Scenario
from loadtests.live.tally import Tally


class Present(Protocol):
    """Somebody whose connection can be cut."""

    def drop(self) -> None: ...


@dataclass
class Killer:
    """How a node is killed: by the operator's command or URL, else by the demo's own door."""

    command: str = ""
    url: str = ""

    def __call__(self, hosts: list[str]) -> str:
        """Kill one; says what was done. Raises where nobody could be killed."""
        if self.command:
            subprocess.run(self.command, shell=True, check=True)
            return self.command
        if self.url:
            requests.post(self.url, timeout=10).raise_for_status()
            return self.url
        return self._of_the_demo(hosts[0])

    def _of_the_demo(self, host: str) -> str:
        demo = requests.get(f"{host}/api/demo", timeout=10)
        if demo.status_code != 200:
            raise RuntimeError("nobody said how to kill a node: --kill-command or --kill-url")
        running = [each["name"] for each in demo.json()["nodes"] if each["phase"] == "running"]
        name = random.choice(running)
        requests.post(f"{host}/api/demo/nodes/{name}/kill", timeout=10).raise_for_status()
        return name


@dataclass
class Director:
    """One for each process; the `leading` one also does what is done only once."""

    scenario: Scenario
    hosts: list[str]
    people: Mapping[str, list[LogIn]]
    run: str
    """Stands in the titles of this run's tickets, so that nobody speaks in others'."""
    seconds: float
    killer: Killer = field(default_factory=Killer)
    tally: Tally = field(default_factory=Tally)
    leading: bool = True
    arrived: int = 0
    begun: bool = False
    judged: bool = False
    pace: float = 1.0
    present: set[Present] = field(default_factory=set[Present])
    taken: set[str] = field(default_factory=set[str])
    """The tickets that an agent of this process works on."""
    _tokens: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _locks: dict[str, RLock] = field(default_factory=dict[str, RLock])
    _turn: dict[str, int] = field(default_factory=dict[str, int])
    _acting: list[Any] = field(default_factory=list[Any])

    def begin(self) -> None:
        """Everybody is there: measure, and do what the scenario says when it says it."""
        self.tally.measuring = True
        for share, act in self.scenario.acts:
            self._acting.append(gevent.spawn_later(share * self.seconds, self._do, act))

    def end(self) -> None:
        for each in self._acting:
            each.kill()
        self.tally.measuring = False
        self.pace = 1.0

    def next_person(self, role: str) -> LogIn:
        """The log-ins of a role in turn."""
        self._turn[role] = self._turn.get(role, -1) + 1
        people = self.people[role]
        return people[self._turn[role] % len(people)]

    def grant(self, person: LogIn, log_in: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """One session a person, however many connections they have; renewed before it ends."""
        with self._locks.setdefault(person.email, RLock()):
            kept = self._tokens.get(person.email)
            if kept is None or kept["until"] < time.time():
                kept = log_in()
                self._tokens[person.email] = kept
            return kept

    def _do(self, act: Act) -> None:
        now = time.time()
        match act:
            case Act.FASTER | Act.CALM:
                self.pace = FASTER if act is Act.FASTER else 1.0
            case Act.DROP:
                for each in list(self.present):
                    each.drop()
            case Act.KILL:
                if self.leading:
                    self._kill(now)
                return
        if self.leading:
            self.tally.mark(now, act.value)

    def _kill(self, now: float) -> None:
        try:
            self.tally.mark(now, f"killed: {self.killer(self.hosts)}")
        except Exception as error:
            self.tally.check("errors")
            self.tally.mark(now, f"no node could be killed: {error}")
