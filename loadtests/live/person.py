"""A person at a real socket: cursors, repeats with the same id, and a check of all they heard."""

# pyright: basic
# ruff: noqa: ANN401
# Neither locust's users nor python-socketio's client have types.

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

import gevent
import socketio
from gevent.event import Event
from gevent.lock import RLock
from locust.clients import HttpSession
from locust.contrib.socketio import SocketIOClient, SocketIOUser
from locust.exception import StopUser

from loadtests.live.director import Director
from loadtests.live.followed import Envelope, Followed, HoleError

ASK_AGAIN = 10.0
"""Seconds after which a client repeats what was not answered."""
PATIENCE = 60.0
HEAL = 10.0
"""What the product promises: so long after the end everybody has everything."""
GAP = 1.0
STAMP = "load "
"""How a message's body begins; the time at which it was sent follows, in milliseconds."""


class Refused(Exception):
    """The server said no for good."""


class Away(Exception):
    """There was no answer for too long."""


class Person(SocketIOUser):
    """One connection of one person, who comes back by themselves.

    locust's own client is the connection. Its rows `WSC` say how long one try took; what a person
    waits for, repeats and all, is in the tally.
    """

    abstract = True
    role = "client"
    options: ClassVar[dict[str, Any]] = {"reconnection": False, "handle_sigint": False}
    pause = 4.0
    """Seconds between two acts of a calm person."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.director: Director = environment.director
        self.tally = self.director.tally
        self.who = self.director.next_person(self.role)
        self.url = random.choice(self.director.hosts)
        self.http = HttpSession(self.url, environment.events.request, self)
        self.user: dict[str, Any] = {}
        self.rooms: dict[str, Followed] = {}
        self.said: dict[str, list[str]] = {}
        """By ticket, the ids of the messages that were acknowledged."""
        self.awake = True
        self._online = Event()
        self._cut = Event()
        self._lost_at: float | None = None
        self._token = ""
        self._returning: Any = None
        self._coming = RLock()

    # A person's day.

    def wait_time(self) -> float:
        return random.uniform(0.5, 1.5) * self.pause / self.director.pace

    def on_start(self) -> None:
        try:
            self.arrive()
        except (Refused, Away) as error:
            self._error(f"could not begin: {error}")
            raise StopUser from None
        finally:
            self.director.arrived += 1

    def arrive(self) -> None:
        """Log in and be connected."""
        self.director.present.add(self)
        grant = self.director.grant(self.who, self._log_in)
        self.user = grant["user"]
        self.wake()

    def on_stop(self) -> None:
        """The run is over: be sure of everything that was heard, and go."""
        try:
            self.awake = True
            self._online.wait(PATIENCE)
            self.check()
            self.part()
        except (Refused, Away) as error:
            self._error(f"could not end: {error}")
        finally:
            self.director.present.discard(self)
            self.awake = False
            self.sio.disconnect()

    def part(self) -> None:
        """What is left to do before one goes."""

    # Coming, going, coming back.

    def wake(self) -> None:
        """Be connected, and up to date in every room, from now on."""
        self.awake = True
        if self._lost_at is None and self.rooms:
            self._lost_at = time.time()
        self._return()
        if not self._online.is_set():
            raise Away("the connection")

    def sleep(self) -> None:
        """Put the phone into the pocket: the connection ends, and what happens is not heard."""
        with self._coming:
            self.awake = False
            self.sio.disconnect()
            self._online.clear()

    def drop(self) -> None:
        """Lose the connection without a farewell."""
        if self.awake and self.sio.connected:
            with suppress(OSError, AttributeError):  # It may be going at this very moment.
                self.sio.eio.ws.sock.shutdown(socket.SHUT_RDWR)

    def _gone(self, sio: SocketIOClient, *_: Any) -> None:
        if sio is not self.sio:
            return
        self._online.clear()
        self._cut.set()
        if self.awake:
            self._lost_at = self._lost_at or time.time()
            if self._returning is None or self._returning.dead:
                self._returning = gevent.spawn_later(random.uniform(0.0, 1.0), self._return)

    def _return(self) -> None:
        """Connect and join every room by its cursor, again and again until it is done."""
        with self._coming:
            if not (self._online.is_set() and self.sio.connected):
                self._come()

    def _come(self) -> None:
        deadline = time.time() + PATIENCE
        while self.awake and time.time() < deadline:
            if self._connect() and self._enter(list(self.rooms)) and self.sio.connected:
                now = time.time()
                if self._lost_at is not None:
                    self.tally.took("resume", now, (now - self._lost_at) * 1_000)
                    self.tally.count("resumes", now)
                    self._lost_at = None
                self._online.set()
                return
            gevent.sleep(random.uniform(0.2, 1.0))
            self.url = random.choice(self.director.hosts)
        if self.awake:
            self._error("the connection did not come back")

    def _connect(self) -> bool:
        if self.sio.connected and not self._cut.is_set():
            return True
        try:
            token = self.director.grant(self.who, self._log_in)["access_token"]
        except (Refused, Away):
            return False
        self.sio.disconnect()
        self.sio = self._fresh()
        self._cut.clear()
        self._token = token
        auth = {"token": token, "protocol": 1, "client": "load"}
        try:
            self.sio.connect(self.url, auth=auth, transports=["websocket"], wait_timeout=10)
        except Exception:  # locust notes a failed try in its row, and swallows most.
            return False
        return self.sio.connected

    def _fresh(self) -> SocketIOClient:
        """A client for one connection: one that connects again takes the end of its last
        connection for that of the next."""
        sio = SocketIOClient(self.environment.events.request, **self.options)
        sio.eio.start_background_task = gevent.spawn  # A thread a message would be waste.
        sio.on("event", self._heard)
        sio.on("left", self._left)
        sio.on("disconnect", partial(self._gone, sio))
        for unused in ("signal", "access", "closing"):
            sio.on(unused, lambda *_: None)
        return sio

    # Rooms.

    def follow(self, *names: str) -> None:
        """Be in more rooms, now and after every return."""
        for name in names:
            self.rooms.setdefault(name, Followed(name))
        deadline = time.time() + PATIENCE
        while not (self._online.wait(1.0) and self._enter(list(names))):
            if time.time() > deadline:
                raise Away(f"joining {names[0]}")

    def unfollow(self, name: str) -> None:
        self.rooms.pop(name, None)
        self.ask("leave", {"rooms": [name]})

    def _enter(self, names: list[str]) -> bool:
        """Join rooms; whether all are up to date."""
        waiting = names
        for _ in range(50):
            if not waiting:
                return True
            asked = [self.rooms[name].cursor() for name in waiting[:50]]
            again: list[str] = []
            answer = self.ask("join", {"rooms": asked}, partial(self._take, again))
            if answer is None:
                return False
            if not answer["ok"]:
                again = waiting[:50]
                gevent.sleep(_retry_after(answer["error"]))
            elif again:
                gevent.sleep(0.05)
            waiting = again + waiting[50:]
        return False

    def _take(self, again: list[str], answer: dict[str, Any]) -> None:
        """Enter the rooms of an answer at the very place where it came; the names of those to ask
        for again go to `again`."""
        for told in answer.get("rooms", ()):
            room = self.rooms.get(told["room"])
            if room is None:
                continue
            if error := told.get("error"):
                if error["retryable"]:
                    again.append(room.name)
                else:
                    del self.rooms[room.name]
                    self._error(f"join: {error['code']}")
                continue
            try:
                known = room.snapshots
                for envelope in room.enter(told):
                    self.tally.count("replayed", time.time())
                    self.hear(room, envelope)
                if known and room.snapshots > known:
                    self.tally.check("snapshots")
            except HoleError:
                self.tally.check("holes")
            if told["more"]:
                again.append(room.name)

    def _heard(self, envelope: Envelope) -> None:
        room = self.rooms.get(envelope["room"])
        if room is None:
            return
        now = time.time()
        for new in room.take(envelope):
            self._measure(new, now)
            self.hear(room, new)
        if room.early:
            gevent.spawn_later(GAP, self._mend, room)

    def hear(self, room: Followed, envelope: Envelope) -> None:
        """Something new came, live or by a replay."""

    def _measure(self, envelope: Envelope, now: float) -> None:
        for event in envelope["events"]:
            body = event.get("body", "") if event["type"] == "message.posted" else ""
            if body.startswith(STAMP) and envelope["actor"]["id"] != self.own_id:
                sent = float(body.split(" ", 2)[1])
                self.tally.took("delivery", now, now * 1_000 - sent)
                self.tally.count("deliveries", now)

    @property
    def own_id(self) -> str:
        """Under which this person acts."""
        return self.user["contact_id"] or self.user["id"]

    def _mend(self, room: Followed) -> None:
        if room.early and self.rooms.get(room.name) is room and self._online.is_set():
            self.tally.check("gaps asked for")
            self._enter([room.name])

    def _left(self, notice: dict[str, Any]) -> None:
        room = self.rooms.get(notice["room"])
        if room is None:
            return
        if notice["reason"] == "resync":
            gevent.spawn(self._enter, [room.name])
        else:
            del self.rooms[room.name]

    # Commands.

    def say(self, ticket: str, **fields: Any) -> None:
        """Reply, and remember that it was acknowledged."""
        result = self.command("ticket.reply", ticket_id=ticket, **self._words(fields))
        self.said.setdefault(ticket, []).append(result["message_id"])

    def _words(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "body": f"{STAMP}{time.time() * 1_000:.1f} It says that it was delivered.",
            **fields,
        }

    def command(
        self, kind: str, repeats: int = 1, allowed: Collection[str] = (), **fields: Any
    ) -> dict[str, Any]:
        """Have something done once, however often it must be sent; raises Refused, Away.

        `repeats` sends it so often even where the first is answered, as an outbox may. A refusal
        with an `allowed` code is no error: somebody else was quicker.
        """
        self._renew()
        command = {"type": kind, "command_id": str(uuid4()), **fields}
        began = time.time()
        while time.time() < began + PATIENCE:
            if not self._online.wait(1.0):
                continue
            answer = self.ask("command", command, name=kind)
            if answer is None:
                continue
            if answer["ok"]:
                for _ in range(repeats - 1):
                    again = self.ask("command", command, name=kind)
                    if again and again["ok"] and again["result"] != answer["result"]:
                        self.tally.check("doubled")
                now = time.time()
                self.tally.took("ack", now, (now - began) * 1_000)
                self.tally.count("acks", now)
                return answer["result"]
            if not answer["error"]["retryable"]:
                if answer["error"]["code"] not in allowed:
                    self._error(f"{kind}: {answer['error']['code']}")
                raise Refused(answer["error"]["message"])
            gevent.sleep(_retry_after(answer["error"]))
        self._error(f"{kind}: no answer in {PATIENCE:.0f} s")
        raise Away(kind)

    def ask(
        self,
        event: str,
        payload: dict[str, Any],
        heard: Callable[[dict[str, Any]], Any] = lambda _: None,
        name: str = "",
    ) -> dict[str, Any] | None:
        """Ask once; None where the connection went or nobody answered. `heard` is called with the
        answer before anything that comes after it."""
        done, told = Event(), list[dict[str, Any]]()

        def answered(answer: dict[str, Any]) -> None:
            told.append(answer)
            heard(answer)
            done.set()

        # As `SocketIOClient.call`, which would wait out its time where the connection is gone,
        # hide that it had no answer, and add a row for the sending.
        with self.environment.events.request.measure("WSC", name or event):
            socketio.Client.emit(self.sio, event, payload, callback=answered)
            gevent.wait([done, self._cut], timeout=ASK_AGAIN, count=1)
            if not told:
                raise Away(event)
        return told[0] if told else None

    def _renew(self) -> None:
        """Hand over a fresh token on the live connection before the old one ends."""
        token = self.director.grant(self.who, self._log_in)["access_token"]
        if token != self._token and self._online.is_set():
            self._token = token
            self.ask("renew", {"token": token})

    def signal(self, room: str, kind: str = "typing") -> None:
        if self._online.is_set():
            self.ask("signal", {"room": room, "type": kind, "active": True})

    def read(self, ticket: str, room: Followed) -> None:
        """Have read as far as one was told."""
        if self._online.is_set() and room.seq is not None:
            self.ask("mark", {"ticket_id": ticket, "delivered": room.seq, "read": room.seq})

    # HTTP.

    def _log_in(self) -> dict[str, Any]:
        asked = {"email": self.who.email, "password": self.who.password}
        told = self.fetch("POST", "/api/auth/login", json=asked)
        return {**told, "until": time.time() + 300}

    def fetch(self, method: str, path: str, name: str = "", **more: Any) -> Any:
        """Ask over HTTP, again where the server is away or says wait; raises Refused, Away."""
        deadline = time.time() + PATIENCE
        while time.time() < deadline:
            headers = {}
            if path != "/api/auth/login":
                token = self.director.grant(self.who, self._log_in)["access_token"]
                headers["Authorization"] = f"Bearer {token}"
            answer = self.http.request(
                method, path, name=name or path, headers=headers, timeout=ASK_AGAIN, **more
            )
            if answer.status_code and answer.status_code < 400:
                return answer.json()
            if answer.status_code not in (0, 429, 502, 503, 504):
                raise Refused(f"{path}: {answer.status_code}")
            gevent.sleep(
                float(answer.headers.get("Retry-After", 0) if answer.headers else 0) or 0.5
            )
            self.http.base_url = self.url = random.choice(self.director.hosts)
        raise Away(path)

    # The check.

    def check(self) -> None:
        """Compare every ticket's room with the log, and every inbox with what it is now."""
        for room in list(self.rooms.values()):
            if room.is_feed:
                self._check_feed(room)
            else:
                self._check_ticket(room)

    def _check_ticket(self, room: Followed) -> None:
        ticket = room.name.split(":")[1]
        log = list(self._log(ticket))
        self._until(lambda: not room.behind(log))
        verdict = room.compare(log, self.said.get(ticket, ()))
        self.tally.check("rooms")
        for name, count in verdict._asdict().items():
            self.tally.check(name, count)

    def _log(self, ticket: str) -> Iterable[Envelope]:
        after: int | None = 0
        while after is not None:
            path = f"/api/tickets/{ticket}/log"
            page = self.fetch("GET", path, name="/api/tickets/…/log", params={"after": after})
            yield from page["items"]
            after = page["next"]

    def _check_feed(self, room: Followed) -> None:
        """Rows must become at least as new as a fresh look shows them."""
        fresh = Followed(room.name)
        self.ask("join", {"rooms": [{"room": room.name}]}, lambda told: self._look(fresh, told))
        mine = self.director.run
        due = {
            ticket: seq
            for ticket, (seq, row) in fresh.rows.items()
            if row is not None and mine in row["title"]
        }

        def stale() -> list[str]:
            return [t for t, seq in due.items() if room.rows.get(t, (0, None))[0] < seq]

        self._until(lambda: not stale())
        self.tally.check("rows compared", len(due))
        self.tally.check("stale", len(stale()))

    def _look(self, fresh: Followed, answer: dict[str, Any]) -> None:
        for told in answer.get("rooms", ()):
            if "error" not in told:
                fresh.enter(told)

    def _until(self, true: Callable[[], bool]) -> None:
        deadline = time.time() + HEAL
        while not true() and time.time() < deadline:
            gevent.sleep(0.1)

    def _error(self, what: str) -> None:
        self.tally.count("errors", time.time())
        self.tally.check("errors")
        self.tally.check(f"error: {type(self).__name__}, {what}")


def _retry_after(error: dict[str, Any]) -> float:
    fields = error.get("fields") or {}
    return float(fields.get("retry_after", 0.2)) + random.uniform(0.0, 0.2)
