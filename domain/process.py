"""A rule across streams: reserve, act, confirm or compensate, as steps owed by commits.

Giving a ticket to an agent: `first_step` holds capacity on the agent's stream; its commit owes
`then` the person's own command on the ticket; that commit owes what `next_steps` says. Where the
person's command is refused or changes nothing by then, its commit owes the `compensation`.
A client's reply to a closed ticket: `first_step` opens the follow-up, `then` links it under the
person's own command id, which thereby answers for the reply.

Steps may be tried late, twice and in another order: ids make each count once, and the agent's
stream agrees in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from pydantic import ValidationError

from domain.access import Actor
from domain.errors import Retryable
from domain.message import ActorKind, Command, Event, Id, Meta, Record, derived_id
from domain.routing.commands import OfferTicket, RouteTicket, TransferTicket
from domain.routing.decide import assignment_of, decide_offer, decide_route
from domain.routing.events import Ended, OfferEnded, TicketOffered
from domain.supervision.commands import TakeOver
from domain.supervision.decide import decide_take_over
from domain.ticket.commands import AssignTicket, LinkFollowUp, OpenFollowUp, OpenTicket, Reply
from domain.ticket.decide_conversation import check_not_blocked, named_attachments
from domain.ticket.decide_header import decide_assign
from domain.ticket.events import TicketAssigned
from domain.ticket.facts import Facts
from domain.ticket.state import Priority, Status, Ticket, Visibility
from domain.workforce.commands import Confirm, Release, Reserve, Reweigh

MACHINE = Actor(kind=ActorKind.SYSTEM, id="process")
"""Who carries out the steps that no person asked for by themselves."""

WEIGHT: dict[Priority, int] = {
    Priority.LOW: 1,
    Priority.MEDIUM: 2,
    Priority.HIGH: 3,
    Priority.URGENT: 5,
}
"""What a ticket weighs on its owner."""


Giving = AssignTicket | TransferTicket | OfferTicket | RouteTicket | TakeOver
"""What reserves capacity before it acts."""


class Step(Record):
    """A command that a commit still owes to another stream.

    `command` is the dumped command; its id is derived from the one that began the process, so
    that a step has one outcome however often it is tried. `digest`, where given, stands in for
    the command's own: the step then answers for the command that a person sent.
    """

    command: dict[str, Any]
    actor: Actor
    digest: str | None = None

    @classmethod
    def stored(cls, data: dict[str, Any]) -> Self:
        """A step as a commit owes it; raises Retryable for one of a newer release."""
        try:
            return cls.model_validate(data)
        except ValidationError:
            raise Retryable("This node cannot take a step of a newer release yet.") from None


def words_of(step: Step) -> tuple[str, ...]:
    """The fields of a step's command that hold what a person wrote: it stands in the ticket's log
    once the step is done, where a redaction finds it, and is then to stand nowhere else."""
    return tuple(name for name in ("note",) if step.command.get(name))


def step_id(step: str, command_id: str) -> str:
    """The id of a step: with a colon, as only the machine's are."""
    return f"{step}:{command_id}"


def streams_of(command: Command, actor: Actor) -> tuple[str, ...]:
    """The stream that takes the commit, then those where an earlier try of it may stand.

    What a command creates is named after its sender, so a guest who logged in since may have
    created it under the name they had.
    """
    if not isinstance(command, OpenTicket | OpenFollowUp):
        return (command.stream,)
    names = (actor.id, *sorted(actor.identities - {actor.id}))
    return tuple(f"ticket:{derived_id(name, command.command_id, 'ticket')}" for name in names)


def first_step(ticket: Ticket, command: Command, actor: Actor, facts: Facts) -> Step | None:
    """What another stream must agree to before `command` is decided on this one.

    Asked after `authorize`, with the command's own facts; raises DomainError where the command
    would be refused anyway, so that nothing is held or opened in vain.
    """
    if isinstance(command, Giving):
        events = _giving(ticket, command, facts)
        return _reserve(ticket, events, command) if ticket.status.active else None
    if isinstance(command, Reply) and _goes_on_elsewhere(ticket, command, actor):
        check_not_blocked(actor, facts)
        named_attachments(command.attachments, facts)
        follow_up = OpenFollowUp(
            command_id=step_id("follow_up", command.command_id),
            follow_up_of=ticket.id,
            body=command.body,
            attachments=command.attachments,
        )
        return Step(command=follow_up.model_dump(mode="json"), actor=actor)
    return None


def then(first: Step, command: Command, actor: Actor, digest: str) -> Step:
    """What the first step's commit owes, done in the person's name and under their id.

    `digest` is that of the command the person sent.
    """
    if not isinstance(command, Reply):
        return Step(command=command.model_dump(mode="json"), actor=actor, digest=digest)
    opened = first.command["command_id"]
    link = LinkFollowUp(
        command_id=command.command_id,
        ticket_id=command.ticket_id,
        follow_up_id=derived_id(first.actor.id, opened, "ticket"),
        message_id=derived_id(first.actor.id, opened, "message"),
    )
    return Step(command=link.model_dump(mode="json"), actor=actor, digest=digest)


class _Hold(NamedTuple):
    """Capacity held on an agent's stream for a ticket."""

    agent_id: Id
    ticket_id: Id
    reservation: str


def next_steps(before: Ticket, after: Ticket, events: Sequence[Event], meta: Meta) -> list[Step]:
    """What a ticket's commit owes to its agents' streams.

    Both headers are whole. What was held before is let go last.
    """
    old, new, given = _hold(before), _hold(after), _given(events)
    begun_by, weight = meta.command_id, WEIGHT[after.priority]
    steps: list[Step] = []
    if new is not None and (new != old or given is not None):
        steps.append(_take(new, weight, after.seq, begun_by, given=given is not None))
    elif new is not None and after.priority != before.priority:
        steps.append(_reweigh(new, weight, after.seq, begun_by))
    if new is None and given is not None:
        steps.append(_release(_Hold(given, after.id, begun_by), begun_by))
    if old is not None and new != old:
        steps.append(_release(old, begun_by, outcome=_outcome(events, old)))
    return steps


def compensation(command: Command) -> list[Step]:
    """What is owed where a command whose first step was agreed to came to nothing."""
    if not isinstance(command, Giving) or command.agent_id is None:
        return []
    begun_by = command.command_id
    return [_release(_Hold(command.agent_id, command.ticket_id, begun_by), begun_by)]


def _goes_on_elsewhere(ticket: Ticket, command: Reply, actor: Actor) -> bool:
    said_aloud = command.visibility is Visibility.PUBLIC
    return ticket.status is Status.CLOSED and said_aloud and actor.kind is ActorKind.CLIENT


def _giving(ticket: Ticket, command: Giving, facts: Facts) -> list[Event]:
    match command:
        case AssignTicket():
            return decide_assign(ticket, command, facts)
        case TransferTicket():
            return decide_assign(ticket, assignment_of(command), facts)
        case TakeOver():
            return decide_take_over(ticket, command)
        case OfferTicket():
            return decide_offer(ticket, command, 0, facts)
        case RouteTicket():
            return decide_route(ticket, command, facts)


def _given(events: Sequence[Event]) -> Id | None:
    """The agent to whom a commit gives or offers the ticket, None where to nobody new."""
    for event in events:
        if isinstance(event, TicketOffered):
            return event.agent_id
        if isinstance(event, TicketAssigned) and event.agent_id != event.before_agent_id:
            return event.agent_id
    return None


def _hold(ticket: Ticket) -> _Hold | None:
    """What must be held for a ticket as it stands."""
    private = ticket.private
    if private and private.reservation is not None and ticket.owner_id is not None:
        return _Hold(ticket.owner_id, ticket.id, private.reservation)
    if private and private.offer is not None:
        return _Hold(private.offer.agent_id, ticket.id, private.offer.reservation)
    return None


def _reserve(ticket: Ticket, events: Sequence[Event], command: Giving) -> Step | None:
    agent_id = _given(events)
    if agent_id is None:
        return None
    return _by_machine(
        Reserve(
            command_id=step_id("reserve", command.command_id),
            agent_id=agent_id,
            ticket_id=ticket.id,
            reservation=command.command_id,
            weight=WEIGHT[ticket.priority],
            as_of=ticket.seq,
            automatic=isinstance(command, OfferTicket | RouteTicket),
            offered=isinstance(command, OfferTicket),
            force=isinstance(command, TakeOver),
        )
    )


def _take(hold: _Hold, weight: int, as_of: int, begun_by: str, *, given: bool) -> Step:
    """Confirm what the first step reserved; a ticket that came back by itself just weighs."""
    agent_id, ticket_id, reservation = hold
    if given:
        return _by_machine(
            Confirm(
                command_id=step_id("confirm", begun_by),
                agent_id=agent_id,
                ticket_id=ticket_id,
                reservation=reservation,
                weight=weight,
                as_of=as_of,
            )
        )
    return _by_machine(
        Reserve(
            command_id=step_id("reserve", begun_by),
            agent_id=agent_id,
            ticket_id=ticket_id,
            reservation=reservation,
            weight=weight,
            as_of=as_of,
            force=True,
        )
    )


def _reweigh(hold: _Hold, weight: int, as_of: int, begun_by: str) -> Step:
    return _by_machine(
        Reweigh(
            command_id=step_id("reweigh", begun_by),
            agent_id=hold.agent_id,
            ticket_id=hold.ticket_id,
            reservation=hold.reservation,
            weight=weight,
            as_of=as_of,
        )
    )


def _outcome(events: Sequence[Event], hold: _Hold) -> Ended | None:
    """What a commit makes of an offer that was held for somebody."""
    ended = (each for each in events if isinstance(each, OfferEnded))
    return next((each.outcome for each in ended if each.agent_id == hold.agent_id), None)


def _release(hold: _Hold, begun_by: str, *, outcome: Ended | None = None) -> Step:
    return _by_machine(
        Release(
            command_id=step_id("release", begun_by),
            agent_id=hold.agent_id,
            ticket_id=hold.ticket_id,
            reservation=hold.reservation,
            outcome=outcome,
        )
    )


def _by_machine(command: Command) -> Step:
    return Step(command=command.model_dump(mode="json"), actor=MACHINE)
