"""The demo's own doors: who may be whom, the nodes that may be killed, the simulated people.

There are none outside the demo. They open for a browser on this machine and on our own pages:
whatever other page is open in it must neither get a session nor end a process.
"""

from __future__ import annotations

import asyncio
import os
import signal
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel
from starlette.requests import Request

from domain.errors import Conflict, Forbidden, NotFound
from domain.message import Id, Millis, Record
from domain.people.state import CLIENT, User
from domain.ticket.state import Status
from server.auth.answers import Grant
from server.auth.throttle import Quota
from server.composition import Parts
from server.demo.notes import Notes
from server.demo.people import PASSWORD, LogIn, log_ins
from server.demo.pulse import people_about
from server.http.auth import where_of
from server.http.operation import Call, Who, operation
from server.processes.status import Phase, ProcessState, read_processes
from server.settings import Settings
from server.store.documents import find
from server.store.models import TicketHeader
from server.store.people import fetch_user_by_email

NODES = "node-"
OWN_DEATH_SECONDS = 0.1
"""So long a node that was told to die still has to answer."""
SESSIONS = Quota("sessions of the demo", 120, 60_000)
SWITCHES = Quota("switches", 60, 60_000)
KILLS = Quota("kills", 1, 2_000)
"""Two at once would leave no node."""
DEMO = "demo"
"""Whose quotas they are: all who look at it together."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ACTIVE = [status.value for status in Status if status.active]


class Person(BaseModel):
    """Somebody whom a visitor may be."""

    key: str
    name: str
    role: str
    email: str
    face: Id | None
    """Whom they are known as to the others, which their face is drawn from everywhere; None
    before they have moved in."""


class Node(BaseModel):
    """A node as the supervisor sees it; `here` for the one that answers this."""

    name: str
    pid: int | None
    phase: Phase
    restarts: int
    since: Millis
    here: bool


class Traffic(BaseModel):
    """Whether simulated people shall be about, and how many are."""

    on: bool
    people: int


class Tour(BaseModel):
    """The ticket that the tour goes through, where there is one: `client` asks, `agent` has it."""

    ticket_id: Id | None


class Demo(BaseModel):
    """What the demo's page shows."""

    people: tuple[Person, ...]
    nodes: tuple[Node, ...]
    traffic: Traffic
    story: Tour


class Become(Record):
    key: str


class Switch(Record):
    on: bool


class Switched(BaseModel):
    on: bool


class Killed(BaseModel):
    name: str
    pid: int


@operation("GET", "/api/demo", "Look at the demo", answers=Demo, who=Who.ANYBODY)
async def look(call: Call) -> Demo:
    _admit(call.request, call.parts.settings)
    return Demo(
        people=await _people(call.parts),
        nodes=tuple(_node(each, call.parts.settings.node) for each in _nodes()),
        traffic=Traffic(
            on=await Notes(call.parts.store).traffic_on(),
            people=await people_about(call.parts.redis),
        ),
        story=Tour(ticket_id=await _tour(call.parts)),
    )


@operation(
    "POST",
    "/api/demo/session",
    "Become one of the demo's people",
    takes=Become,
    answers=Grant,
    who=Who.ANYBODY,
)
async def become(call: Call, asked: Become) -> Grant:
    _admit(call.request, call.parts.settings)
    person = _person(asked.key)
    await call.parts.throttle.spend(SESSIONS, DEMO)
    return await call.parts.auth.login(email=person.email, password=PASSWORD, where=where_of(call))


@operation(
    "POST",
    "/api/demo/traffic",
    "Let simulated people come or go",
    takes=Switch,
    answers=Switched,
    who=Who.ANYBODY,
)
async def switch_traffic(call: Call, asked: Switch) -> Switched:
    _admit(call.request, call.parts.settings)
    await call.parts.throttle.spend(SWITCHES, DEMO)
    await Notes(call.parts.store).set_traffic(on=asked.on)
    return Switched(on=asked.on)


@operation(
    "POST",
    "/api/demo/nodes/{name}/kill",
    "End a node by SIGKILL; another must be running",
    answers=Killed,
    who=Who.ANYBODY,
)
async def kill_node(call: Call) -> Killed:
    _admit(call.request, call.parts.settings)
    await call.parts.throttle.spend(KILLS, DEMO)
    name = call.request.path_params["name"]
    nodes = {each.name: each for each in _nodes()}
    node = nodes.pop(name, None)
    if node is None:
        raise NotFound("There is no such node.")
    if not node.running or node.pid is None:
        raise Conflict("This node is not running at the moment.")
    if not any(each.running for each in nodes.values()):
        raise Conflict("This is the only node that runs: nobody would answer.")
    if node.pid == os.getpid():
        asyncio.get_running_loop().call_later(OWN_DEATH_SECONDS, _kill, node.pid)
    else:
        _kill(node.pid)
    return Killed(name=name, pid=node.pid)


OPERATIONS = (look, become, switch_traffic, kill_node)


def _admit(request: Request, settings: Settings) -> None:
    """Raise Forbidden for who is on another machine, and for what another site's page asks.

    A name that another site points at this machine is another site too: the Host tells.
    """
    here = settings.origins[: len(settings.origins) - len(settings.allowed_origins)]
    names = _LOCAL | {urlsplit(origin).hostname for origin in here}
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "none")
    own_page = (origin is None or origin in here) and site in ("none", "same-origin")
    if not (_is_here(request) and host in names and own_page):
        raise Forbidden("The demo's doors open for its own pages on this machine only.")


def _is_here(request: Request) -> bool:
    try:
        return bool(request.client) and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _person(key: str) -> LogIn:
    for each in log_ins():
        if each.key == key:
            return each
    raise NotFound("There is nobody of that key in the demo.")


async def _people(parts: Parts) -> tuple[Person, ...]:
    emails = [each.email for each in log_ins()]
    users = await find(parts.store, User, {"state.email": {"$in": emails}})
    faces = {e.email: (e.contact_id if e.role == CLIENT else None) or e.id for e in users}
    return tuple(Person(**each._asdict(), face=faces.get(each.email)) for each in log_ins())


def _nodes() -> list[ProcessState]:
    return [each for name, each in sorted(read_processes().items()) if name.startswith(NODES)]


def _node(state: ProcessState, here: str) -> Node:
    return Node(**state.model_dump(), here=state.name == here)


async def _tour(parts: Parts) -> Id | None:
    client = await fetch_user_by_email(parts.store, _person("client").email)
    agent = await fetch_user_by_email(parts.store, _person("agent").email)
    return await _newest_of(parts, client, agent) or await _newest_of(parts, client, None)


async def _newest_of(parts: Parts, client: User | None, agent: User | None) -> Id | None:
    """The client's active ticket that was opened last, of those that an agent owns."""
    if client is None or client.contact_id is None:
        return None
    where = {"state.requester_id": client.contact_id, "state.status": {"$in": _ACTIVE}}
    owned = {"state.owner_id": agent.id} if agent else {}
    found = parts.store[TicketHeader].find({**where, **owned}, {"_id": 1})
    newest = await found.sort("state.opened_at", -1).limit(1).to_list()
    return newest[0]["_id"] if newest else None


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
