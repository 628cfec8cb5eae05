"""Folding an agent's events into what they carry and say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.message import Event, Meta
from domain.routing.events import Ended
from domain.workforce import events as worked
from domain.workforce.events import AgentEvent
from domain.workforce.lately import carried
from domain.workforce.state import LET_GO_KEPT, Agent, Break, Held


def evolve(agent: Agent, event: Event, meta: Meta) -> Agent:
    """The agent after one event; an unknown event moves only `seq`, `head` and `at`."""
    moved: dict[str, Any] = {"seq": meta.seq, "head": meta.seq, "at": meta.at}
    if isinstance(event, AgentEvent):
        moved["lately"] = carried(agent.lately, agent.load, event.worked)
    return agent.model_copy(update=moved | _changed(agent, event, meta))


def fold(agent: Agent, events: Iterable[Event], meta: Meta) -> Agent:
    """The agent after a whole commit; one without events moves `seq` only."""
    for event in events:
        agent = evolve(agent, event, meta)
    return agent.model_copy(update={"seq": meta.seq})


def _changed(agent: Agent, event: Event, meta: Meta) -> dict[str, Any]:
    held = agent.held
    match event:
        case worked.AgentReserved():
            hold = _hold(event, confirmed=event.confirmed)
            return {"held": {**held, event.reservation: hold}, "given_at": meta.at}
        case worked.AgentConfirmed():
            before = held.get(event.reservation)
            # An offer is confirmed when it is made, and once more when it is accepted.
            accepted = before is not None and before.confirmed
            return {
                "held": {**held, event.reservation: _hold(event, confirmed=True)},
                "missed": 0 if accepted else agent.missed,
            }
        case worked.AgentReweighed():
            confirmed = event.reservation in held and held[event.reservation].confirmed
            return {"held": {**held, event.reservation: _hold(event, confirmed=confirmed)}}
        case worked.AgentReleased():
            return {
                "held": {key: value for key, value in held.items() if key != event.reservation},
                "let_go": (*agent.let_go, event.reservation)[-LET_GO_KEPT:],
                "missed": _missed(agent.missed, event.outcome),
            }
        case worked.AgentStatusSet():
            said = {"status": event.status, "note": event.note, "status_at": meta.at}
            return {**said, "missed": 0}
        case worked.BreakStarted():
            since = agent.on_break.since if agent.on_break else meta.at
            return {"on_break": Break(since=since, until=event.until, seq=meta.seq), "missed": 0}
        case worked.BreakEnded():
            return {"on_break": None}
        case worked.ShiftEnding():
            return {"warned_until": event.until}
        case _:
            return {}


def _missed(before: int, outcome: Ended | None) -> int:
    match outcome:
        case Ended.EXPIRED:
            return before + 1
        case Ended.DECLINED:
            return 0
        case _:
            return before


def _hold(
    event: worked.AgentReserved | worked.AgentConfirmed | worked.AgentReweighed, *, confirmed: bool
) -> Held:
    return Held(
        ticket_id=event.ticket_id,
        weight=event.weight,
        confirmed=confirmed,
        as_of=event.as_of,
    )
