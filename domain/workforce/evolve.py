"""Folding an agent's events into what they carry."""

from __future__ import annotations

from collections.abc import Iterable

from domain.message import Event, Meta
from domain.workforce.events import AgentConfirmed, AgentReleased, AgentReserved, AgentReweighed
from domain.workforce.state import LET_GO_KEPT, Agent, Held


def evolve(agent: Agent, event: Event, meta: Meta) -> Agent:
    """The agent after one event; an unknown event moves only `seq`, `head` and `at`."""
    held = agent.held
    let_go = agent.let_go
    match event:
        case AgentReserved():
            held = {**held, event.reservation: _hold(event, confirmed=event.confirmed)}
        case AgentConfirmed():
            held = {**held, event.reservation: _hold(event, confirmed=True)}
        case AgentReweighed():
            confirmed = event.reservation in held and held[event.reservation].confirmed
            held = {**held, event.reservation: _hold(event, confirmed=confirmed)}
        case AgentReleased():
            held = {key: value for key, value in held.items() if key != event.reservation}
            let_go = (*let_go, event.reservation)[-LET_GO_KEPT:]
        case _:
            pass
    return agent.model_copy(
        update={
            "seq": meta.seq,
            "head": meta.seq,
            "at": meta.at,
            "held": held,
            "let_go": let_go,
        }
    )


def fold(agent: Agent, events: Iterable[Event], meta: Meta) -> Agent:
    """The agent after a whole commit; one without events moves `seq` only."""
    for event in events:
        agent = evolve(agent, event, meta)
    return agent.model_copy(update={"seq": meta.seq})


def _hold(event: AgentReserved | AgentConfirmed | AgentReweighed, *, confirmed: bool) -> Held:
    return Held(
        ticket_id=event.ticket_id,
        weight=event.weight,
        confirmed=confirmed,
        as_of=event.as_of,
    )
