"""What an agent's stream agrees to: capacity is held first and let go last.

Steps of one process may come late or in another order after a crash. Whatever the order, the
weight with the newest `as_of` stands, and what was released is never held again.
"""

from __future__ import annotations

from domain.errors import Conflict, Invalid
from domain.message import Command, Event, Millis
from domain.ticket.facts import Facts
from domain.workforce.commands import AgentCommand, Confirm, Release, Reserve, Reweigh
from domain.workforce.events import AgentConfirmed, AgentReleased, AgentReserved, AgentReweighed
from domain.workforce.state import Agent


def decide(agent: Agent, command: Command, now: Millis, facts: Facts) -> list[Event]:
    """What follows from a step on an agent's stream; [] where it changes nothing.

    `facts.agent` is the user behind the stream. Raises Conflict where they can take no more.
    """
    if not isinstance(command, AgentCommand):
        raise Invalid(f"An agent's work cannot do {command.type!r}.")
    if command.reservation in agent.let_go:
        return []
    match command:
        case Reserve():
            return _reserve(agent, command, facts)
        case Confirm():
            return _confirm(agent, command)
        case Reweigh():
            return _reweigh(agent, command)
        case Release():
            return [AgentReleased(ticket_id=command.ticket_id, reservation=command.reservation)]
        case _:
            raise Invalid(f"An agent's work cannot do {command.type!r}.")


def _reserve(agent: Agent, command: Reserve, facts: Facts) -> list[Event]:
    if command.reservation in agent.held:
        return []
    if not command.force:
        user = facts.agent
        if user is None or not user.active:
            raise Conflict("This agent does not work here any more.")
        load = agent.load_without(command.ticket_id)
        if load + command.weight > user.capacity:
            raise Conflict(
                # Kept with the step, where an erasure would not find a name.
                f"This agent has no room for it: it weighs {command.weight}, "
                f"and they carry {load} of {user.capacity}.",
                fields={"agent_id": user.id},
            )
    return [_held(command, confirmed=command.force)]


def _confirm(agent: Agent, command: Confirm) -> list[Event]:
    held = agent.held.get(command.reservation)
    if held is None:
        return [_held(command, confirmed=True)]
    if held.confirmed and held.as_of >= command.as_of:
        return []
    newer = command.as_of > held.as_of
    return [
        AgentConfirmed(
            ticket_id=command.ticket_id,
            reservation=command.reservation,
            weight=command.weight if newer else held.weight,
            as_of=max(command.as_of, held.as_of),
        )
    ]


def _reweigh(agent: Agent, command: Reweigh) -> list[Event]:
    held = agent.held.get(command.reservation)
    if held is None:
        return [_held(command, confirmed=True)]
    if held.as_of >= command.as_of:
        return []
    return [
        AgentReweighed(
            ticket_id=command.ticket_id,
            reservation=command.reservation,
            weight=command.weight,
            as_of=command.as_of,
        )
    ]


def _held(command: Reserve | Confirm | Reweigh, *, confirmed: bool) -> AgentReserved:
    return AgentReserved(
        ticket_id=command.ticket_id,
        reservation=command.reservation,
        weight=command.weight,
        as_of=command.as_of,
        confirmed=confirmed,
    )
