"""Who is there: clients, agents at their desks, agents with a phone, supervisors."""

# pyright: basic
# ruff: noqa: ANN401
# Neither locust's users nor python-socketio's client have types.

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import gevent
from locust import task

from domain.audience import WALLBOARD, staff_room, team_room, ticket_room, user_room
from loadtests.live.person import Away, Person, Refused

MESSAGES = 15
"""So many a client writes into one ticket before the next."""
AT_ONCE = 4
"""So many tickets an agent works on."""


class Client(Person):
    """Opens a ticket, talks in it, reads the answers, and has another question in the end."""

    role = "client"
    pause = 4.0
    ticket = ""

    def arrive(self) -> None:
        super().arrive()
        self.follow(user_room(self.own_id))
        self._ask_for_help()

    @task
    def talk(self) -> None:
        if len(self.said.get(self.ticket, ())) >= MESSAGES:
            self._ask_for_help()
        room = self.rooms.get(ticket_room(self.ticket))
        if room is None:
            return
        _attempt(self.signal, room.name)
        _attempt(self.say, self.ticket)
        self.read(self.ticket, room)

    def part(self) -> None:
        for ticket in self.said:
            _attempt(self.command, "ticket.set_status", ticket_id=ticket, status="resolved")

    def _ask_for_help(self) -> None:
        title = f"Load {self.director.run} {random.randrange(10**6)}"
        body = "The parcel was delivered, but nobody was at home."
        self.ticket = self.command("ticket.open", title=title, body=body)["ticket_id"]
        self.said[self.ticket] = []
        self.follow(ticket_room(self.ticket))


class Staff(Person):
    """Sees the inbox live, and knows which of its tickets belong to this run."""

    abstract = True
    role = "agent"

    def arrive(self) -> None:
        super().arrive()
        teams = [each["id"] for each in self.fetch("GET", "/api/auth/me")["teams"]]
        self.inboxes = [team_room(each) for each in teams]
        self.follow(*self.inboxes, user_room(self.own_id))

    def waiting(self) -> list[str]:
        """The tickets of this run that nobody owns, as the inbox shows them now."""
        return [ticket for ticket, row in self._ours() if row["owner_id"] is None]

    def open(self) -> list[str]:
        """All tickets of this run that are not closed."""
        return [ticket for ticket, _ in self._ours()]

    def _ours(self) -> list[tuple[str, dict[str, Any]]]:
        rooms = [self.rooms[each] for each in self.inboxes if each in self.rooms]
        return [
            (ticket, row)
            for room in rooms
            for ticket, (_, row) in room.rows.items()
            if row is not None and self.director.run in row["title"]
        ]


class Agent(Staff):
    """Takes tickets from the inbox and answers them; one word in five is for colleagues only."""

    pause = 2.0

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.mine: list[str] = []

    @task
    def work(self) -> None:
        self.act()  # locust would add the task of a subclass to this one.

    def act(self) -> None:
        """One turn of the work."""
        if len(self.mine) < AT_ONCE:
            self.take()
        if self.mine:
            _attempt(self.answer, random.choice(self.mine))

    def take(self) -> None:
        """Own one more ticket; where none waits, help with a colleague's."""
        free = [each for each in self.waiting() if each not in self.director.taken]
        if free:
            ticket = random.choice(free)
            self.director.taken.add(ticket)
            given = {"ticket_id": ticket, "agent_id": self.own_id}
            _attempt(self.command, "ticket.assign", allowed=("conflict",), **given)
        else:
            others = [each for each in self.open() if each not in self.mine]
            if not others:
                return
            ticket = random.choice(others)
        self.mine.append(ticket)
        _attempt(self.follow, staff_room(ticket))

    def answer(self, ticket: str) -> None:
        room = self.rooms.get(staff_room(ticket))
        if room is None:
            return
        self.signal(room.name)
        self.say(ticket, visibility=random.choice(("private", *["public"] * 4)))
        self.read(ticket, room)


class MobileAgent(Agent):
    """Is there for moments: the phone wakes, is up to date, sends what was written meanwhile,
    and sleeps. The network is such that every fourth message is sent twice."""

    pause = 1.0

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.outbox: list[str] = []

    def act(self) -> None:
        if self.awake:
            self._in_the_hand()
        else:
            self._in_the_pocket()

    def _in_the_hand(self) -> None:
        super().act()
        if random.random() < 0.3:
            self.sleep()

    def _in_the_pocket(self) -> None:
        if self.mine and random.random() < 0.7:
            self.outbox.append(random.choice(self.mine))
        if random.random() < 0.4:
            _attempt(self.wake)
            self._send_outbox()

    def _send_outbox(self) -> None:
        while self.outbox:
            ticket = self.outbox.pop(0)
            repeats = 2 if random.random() < 0.25 else 1
            _attempt(self.say, ticket, repeats=repeats)

    def on_stop(self) -> None:
        if not self.awake:
            _attempt(self.wake)
        _attempt(self._send_outbox)
        super().on_stop()


class Supervisor(Staff):
    """Watches the wallboard, goes through lists, looks into a conversation and leaves it."""

    role = "supervisor"
    pause = 5.0

    def arrive(self) -> None:
        super().arrive()
        self.follow(WALLBOARD)

    @task(3)
    def look_into_one(self) -> None:
        tickets = self.open()
        if not tickets:
            return
        room = staff_room(random.choice(tickets))
        _attempt(self.follow, room)
        self.signal(room, "viewing")
        gevent.sleep(random.uniform(2.0, 4.0))
        if room in self.rooms:
            self._check_ticket(self.rooms[room])
            self.unfollow(room)

    @task(2)
    def go_through_a_list(self) -> None:
        status = random.choice(("open", "in_progress", "pending"))
        _attempt(self.fetch, "GET", "/api/tickets", params={"status": status, "limit": 50})

    @task(1)
    def set_a_priority(self) -> None:
        if tickets := self.open():
            priority = random.choice(("low", "medium", "high"))
            ticket = random.choice(tickets)
            _attempt(self.command, "ticket.set_priority", ticket_id=ticket, priority=priority)


def _attempt(act: Any, *args: Any, **named: Any) -> None:
    """What is refused or never answered is counted already; the day goes on."""
    with suppress(Refused, Away):
        act(*args, **named)
