"""What an agent's stream agrees to: capacity is held first and let go last.

Steps of one process may come late or in another order after a crash. Whatever the order, the
weight with the newest `as_of` stands, and what was released is never held again.
"""

from __future__ import annotations

from domain.access import Actor, Permission, allows, belonging_of
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Retryable
from domain.message import Command, Event, Millis
from domain.people.state import User
from domain.ticket.facts import Facts
from domain.workforce.availability import availability
from domain.workforce.commands import (
    BreakOver,
    Confirm,
    EndBreak,
    HoldCommand,
    Release,
    Reserve,
    Reweigh,
    SetAgentStatus,
    StartBreak,
    WarnShiftEnd,
)
from domain.workforce.events import (
    AgentConfirmed,
    AgentReleased,
    AgentReserved,
    AgentReweighed,
    AgentStatusSet,
    BreakEnd,
    BreakEnded,
    BreakStarted,
    ShiftEnding,
)
from domain.workforce.lately import worked_since
from domain.workforce.state import Agent, AgentStatus

MINUTE: Millis = 60_000


def authorize(agent: Agent, command: Command, actor: Actor) -> None:
    """Raise where the actor may not give this command: their own status and breaks are people's
    matter, others' that of who may manage them; all else is the machine's."""
    if actor.is_machine:
        return
    if not isinstance(command, SetAgentStatus | StartBreak | EndBreak):
        raise Forbidden("Only the steps of an assignment do this.")
    if not allows(actor, Permission.AGENT_MANAGE, belonging_of(agent)):
        raise Forbidden("You may do this for yourself only.")


def decide(agent: Agent, command: Command, now: Millis, facts: Facts) -> list[Event]:
    """What follows from a command to an agent's stream; [] where it changes nothing.

    `facts.agent` is the user behind the stream. Raises Conflict where they can take no more.
    """
    events = _decide(agent, command, now, facts)
    if not events or facts.agent is None:
        return events
    worked = worked_since(agent, facts.agent, now)
    return [events[0].model_copy(update={"worked": worked}), *events[1:]]


def _decide(agent: Agent, command: Command, now: Millis, facts: Facts) -> list[Event]:
    if isinstance(command, HoldCommand):
        return [] if command.reservation in agent.let_go else _hold(agent, command, now, facts)
    match command:
        case SetAgentStatus():
            _works_here(facts)
            return _set_status(agent, command)
        case StartBreak():
            _works_here(facts)
            return [BreakStarted(until=now + command.minutes * MINUTE)]
        case EndBreak():
            return [BreakEnded(cause=BreakEnd.PERSON)] if agent.on_break else []
        case BreakOver():
            return _break_over(agent, command, now)
        case WarnShiftEnd():
            return [ShiftEnding(until=command.until)] if command.until > agent.warned_until else []
        case _:
            raise Invalid(f"An agent's work cannot do {command.type!r}.")


def _hold(agent: Agent, command: HoldCommand, now: Millis, facts: Facts) -> list[Event]:
    match command:
        case Reserve():
            return _reserve(agent, command, now, facts)
        case Confirm():
            return _confirm(agent, command)
        case Reweigh():
            return _reweigh(agent, command)
        case Release():
            return [
                AgentReleased(
                    ticket_id=command.ticket_id,
                    reservation=command.reservation,
                    outcome=command.outcome,
                )
            ]
        case _:
            raise Invalid(f"An agent's work cannot do {command.type!r}.")


def _set_status(agent: Agent, command: SetAgentStatus) -> list[Event]:
    events: list[Event] = []
    if agent.on_break and command.status is AgentStatus.AVAILABLE:
        events.append(BreakEnded(cause=BreakEnd.PERSON))
    back = command.status is AgentStatus.AVAILABLE and not agent.answers
    if back or (command.status, command.note) != (agent.status, agent.note):
        events.append(AgentStatusSet(before=agent.status, status=command.status, note=command.note))
    return events


def _break_over(agent: Agent, command: BreakOver, now: Millis) -> list[Event]:
    """The break that the timer was set for; any other stays."""
    taken = agent.on_break
    if taken is None or taken.seq != command.generation:
        return []
    if now < taken.until:
        left = -(-(taken.until - now) // 1000)
        raise Retryable("This break is not over yet.", fields={"retry_after": left})
    return [BreakEnded(cause=BreakEnd.TIME)]


def _works_here(facts: Facts) -> User:
    if facts.agent is None or not facts.agent.active:
        raise NotFound("Nobody works here under that id.")
    return facts.agent


def _reserve(agent: Agent, command: Reserve, now: Millis, facts: Facts) -> list[Event]:
    if command.reservation in agent.held:
        return []
    if not command.force:
        user = facts.agent
        if user is None or not user.active:
            raise Conflict("This agent does not work here any more.")
        if command.automatic:
            _check_available(agent, command, user, now, facts)
        _check_room(agent, command, user)
    return [_held(command, confirmed=command.force)]


def _check_available(agent: Agent, command: Reserve, user: User, now: Millis, facts: Facts) -> None:
    found = availability(
        agent,
        user,
        now,
        leave=facts.leave,
        connected=facts.connected,
        reachable=facts.reachable,
        weight=0,
        ticket_id=command.ticket_id,
    )
    if not (found.may_be_offered if command.offered else found.free):
        raise Conflict(
            f"This agent is given nothing now: {found.reason.value.replace('_', ' ')}.",
            fields={"agent_id": user.id, "reason": found.reason.value},
        )


def _check_room(agent: Agent, command: Reserve, user: User) -> None:
    load = agent.load_without(command.ticket_id)
    if load + command.weight > user.capacity:
        raise Conflict(
            # Kept with the step, where an erasure would not find a name.
            f"This agent has no room for it: it weighs {command.weight}, "
            f"and they carry {load} of {user.capacity}.",
            fields={"agent_id": user.id},
        )


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
