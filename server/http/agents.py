"""Agents as they are now: what they carry, whether they are free and why not; status and breaks."""

from __future__ import annotations

from pydantic import BaseModel

from domain.access import Permission, Scope, allows
from domain.audience import agent_room
from domain.errors import Forbidden, NotFound
from domain.message import Envelope, Id, Millis, Record
from domain.people.state import SkillLevel
from domain.workforce.availability import Availability
from domain.workforce.commands import SetAgentStatus, StartBreak
from domain.workforce.state import AgentStatus, Break
from server.http.asked import asked
from server.http.operation import Call, operation
from server.store.roster import Colleague, load_roster

LOG_SHOWN = 200


class AgentInfo(BaseModel):
    """`load` and `capacity` are in priority weights. `availability` says whether they are given
    work by itself, why not, and when the clock changes that; `connected` since or not since
    `connected_since`."""

    id: Id
    name: str
    role: str
    team_ids: tuple[Id, ...]
    skills: tuple[SkillLevel, ...]
    languages: tuple[str, ...]
    zone: str
    status: AgentStatus
    note: str
    status_at: Millis
    on_break: Break | None
    load: int
    capacity: int
    tickets: int
    given_at: Millis
    connected: bool
    connected_since: Millis
    availability: Availability


class Agents(BaseModel):
    """Everybody whom the asker may see, by name. `now` is the server's clock."""

    now: Millis
    items: tuple[AgentInfo, ...]


class AgentsQuery(Record):
    team_id: Id | None = None


class AgentLog(BaseModel):
    """What happened to an agent's stream lately, oldest first: who set what, and when."""

    items: tuple[Envelope, ...]


def info_of(each: Colleague, now: Millis) -> AgentInfo:
    """Somebody as the answers show them."""
    user, agent = each.user, each.agent
    running = agent.on_break if agent.on_break and agent.on_break.until > now else None
    return AgentInfo(
        id=user.id,
        name=user.name,
        role=user.role,
        team_ids=each.team_ids,
        skills=user.skills,
        languages=user.languages,
        zone=user.zone,
        status=agent.status,
        note=agent.note,
        status_at=agent.status_at,
        on_break=running,
        load=agent.load,
        capacity=user.capacity,
        tickets=len({held.ticket_id for held in agent.held.values()}),
        given_at=agent.given_at,
        connected=each.connected,
        connected_since=each.since,
        availability=each.availability(now),
    )


async def visible_roster(call: Call) -> dict[Id, Colleague]:
    """Those whose work the asker may look at: all, or oneself and who shares a team."""
    if not allows(call.actor, Permission.AGENT_READ):
        raise Forbidden("You may not see how people work.")
    roster = await load_roster(call.parts.store, call.parts.clock.now())
    if call.actor.permissions.get(Permission.AGENT_READ) is Scope.ALL:
        return roster
    mine = call.actor.team_ids
    return {
        who: each
        for who, each in roster.items()
        if who == call.actor.user_id or mine.intersection(each.team_ids)
    }


@operation(
    "GET", "/api/agents", "How everybody is, and who is free", takes=AgentsQuery, answers=Agents
)
async def list_agents(call: Call, query: AgentsQuery) -> Agents:
    roster = await visible_roster(call)
    now = call.parts.clock.now()
    shown = [
        info_of(each, now)
        for each in roster.values()
        if query.team_id is None or query.team_id in each.team_ids
    ]
    return Agents(now=now, items=tuple(sorted(shown, key=lambda each: each.name.casefold())))


async def _show(call: Call, agent_id: Id) -> AgentInfo:
    found = (await visible_roster(call)).get(agent_id)
    if found is None:
        raise NotFound("There is no such agent.")
    return info_of(found, call.parts.clock.now())


@operation("GET", "/api/agents/{id}", "How somebody is", answers=AgentInfo)
async def read_agent(call: Call) -> AgentInfo:
    return await _show(call, call.id())


@operation(
    "POST",
    "/api/agents/{id}/status",
    "Say what one does, or as a supervisor what somebody else does",
    takes=asked(SetAgentStatus, "agent_id"),
    answers=AgentInfo,
)
async def set_agent_status(call: Call, given: BaseModel) -> AgentInfo:
    await call.command("agent.set_status", given, agent_id=call.id())
    return await _show(call, call.id())


@operation(
    "POST",
    "/api/agents/{id}/break",
    "Begin a break, or have it end at another time",
    takes=asked(StartBreak, "agent_id"),
    answers=AgentInfo,
)
async def start_break(call: Call, given: BaseModel) -> AgentInfo:
    await call.command("agent.start_break", given, agent_id=call.id())
    return await _show(call, call.id())


@operation("DELETE", "/api/agents/{id}/break", "End a break", answers=AgentInfo)
async def end_break(call: Call) -> AgentInfo:
    await call.command("agent.end_break", agent_id=call.id())
    return await _show(call, call.id())


@operation(
    "GET",
    "/api/agents/{id}/log",
    "What was done to somebody's status and breaks, and by whom",
    answers=AgentLog,
)
async def read_agent_log(call: Call) -> AgentLog:
    agent = await _show(call, call.id())
    room = agent_room(agent.id)
    head = (await call.parts.log.read_room(room, None, None)).seq
    found = await call.parts.log.read_gap(room, max(0, head - LOG_SHOWN), head)
    return AgentLog(items=tuple(found))


OPERATIONS = (list_agents, read_agent, set_agent_status, start_break, end_break, read_agent_log)
