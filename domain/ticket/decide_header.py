"""Changes of the header: owner, status, priority, and what describes the ticket."""

from __future__ import annotations

from domain.access import Actor
from domain.errors import Conflict, Invalid, Retryable
from domain.message import Event, Id, Millis
from domain.routing.withdrawing import withdrawn_offer
from domain.ticket.commands import (
    AssignTicket,
    CloseQuiet,
    LinkFollowUp,
    SetPriority,
    SetStatus,
    UpdateTicket,
)
from domain.ticket.decide_conversation import check_not_blocked
from domain.ticket.decide_open import asked_levels, check_levels, check_skills, distinct_tags
from domain.ticket.events import (
    CategoryChanged,
    Cause,
    DueChanged,
    FieldsChanged,
    PriorityChanged,
    SkillsChanged,
    StatusChanged,
    TagsChanged,
    TicketAssigned,
    TicketFollowedUp,
    TicketRenamed,
)
from domain.ticket.facts import Facts
from domain.ticket.lifecycle import check_move
from domain.ticket.state import Priority, StaffPart, Status, Ticket

_MAY_BE_EMPTY = frozenset({"category", "due_at"})


def decide_assign(ticket: Ticket, command: AssignTicket, facts: Facts) -> list[Event]:
    """Give a ticket an owner or a team; the present ones again change nothing.

    The present owner, named with a team that is not theirs, loses the ticket to that team.
    """
    if ticket.status is Status.CLOSED:
        raise Conflict("This ticket is closed: reopen it before you assign it.")
    if ticket.team_id is None:
        raise Conflict("This ticket has no team yet.")
    if command.team_id is not None and facts.team is None:
        raise Invalid("There is no such team.", fields={"team_id": "unknown"})
    if command.if_free and ticket.owner_id not in (None, command.agent_id):
        raise Conflict("Somebody else has this ticket already.")
    team_id = command.team_id or ticket.team_id
    owner_id = _owner(ticket, command, team_id, facts)
    if (owner_id, team_id) == (ticket.owner_id, ticket.team_id):
        return []  # A retry after a lost acknowledgement must not notify twice.
    return [
        *withdrawn_offer(ticket),
        TicketAssigned(
            agent_id=owner_id,
            team_id=team_id,
            before_agent_id=ticket.owner_id,
            before_team_id=ticket.team_id,
        ),
    ]


def _owner(ticket: Ticket, command: AssignTicket, team_id: Id, facts: Facts) -> Id | None:
    if command.agent_id is None:
        return None
    if command.agent_id == ticket.owner_id:
        stays = team_id == ticket.team_id or team_id in facts.agent_teams
        return ticket.owner_id if stays else None
    agent = facts.agent
    if agent is None:
        raise Invalid("Nobody works here under that id.", fields={"agent_id": "unknown"})
    if not agent.active:
        raise Invalid("This agent does not work here any more.", fields={"agent_id": "inactive"})
    if team_id not in facts.agent_teams:
        raise Invalid(
            # Kept where it refuses the second step of an assignment: without a name.
            "This agent is not in the ticket's team; name one of their teams too.",
            fields={"agent_id": "not in the team"},
        )
    return agent.id


def decide_status(ticket: Ticket, command: SetStatus, actor: Actor, facts: Facts) -> list[Event]:
    """A step in the lifecycle; to where the ticket is already is none."""
    if command.reason:  # Which is a way to write, too.
        check_not_blocked(actor, facts)
    return _status(ticket, command.status, command.reason, actor)


def decide_priority(ticket: Ticket, command: SetPriority) -> list[Event]:
    return _priority(ticket, command.priority)


def decide_update(ticket: Ticket, command: UpdateTicket, actor: Actor, facts: Facts) -> list[Event]:
    """What the command names and is not so yet; refused as a whole or done as a whole."""
    named = command.model_fields_set
    for name in sorted(named - _MAY_BE_EMPTY):
        if getattr(command, name) is None:
            raise Invalid(f"`{name}` cannot be empty.", fields={name: "cannot be empty"})
    events: list[Event] = []
    if command.title is not None and command.title != ticket.title:
        events.append(TicketRenamed(before=ticket.title, title=command.title))
    if command.status is not None:
        events += _status(ticket, command.status, None, actor)
    if command.priority is not None:
        events += _priority(ticket, command.priority)
    if "category" in named and command.category != ticket.category:
        if command.category is not None and facts.category is None:
            raise Invalid("There is no such category.", fields={"category": "unknown"})
        events.append(CategoryChanged(before=ticket.category, category=command.category))
    if "due_at" in named and command.due_at != ticket.due_at:
        events.append(DueChanged(before=ticket.due_at, due_at=command.due_at))
    return events + _private(ticket, command, facts)


def decide_quiet(ticket: Ticket, command: CloseQuiet, now: Millis, facts: Facts) -> list[Event]:
    """Close what stayed resolved; a timer of an earlier status changes nothing."""
    if command.generation != ticket.status_seq or ticket.status is not Status.RESOLVED:
        return []
    left = ticket.status_at + facts.quiet_after - now
    if left > 0:
        raise Retryable(
            "This ticket has not been quiet for long enough yet.",
            fields={"retry_after": -(-left // 1000)},
        )
    return [StatusChanged(before=ticket.status, status=Status.CLOSED, cause=Cause.QUIET)]


def decide_link(ticket: Ticket, command: LinkFollowUp) -> list[Event]:
    """Name the follow-up; a ticket deleted meanwhile needs to know no more."""
    if not ticket.exists or command.follow_up_id in ticket.follow_ups:
        return []
    return [TicketFollowedUp(follow_up_id=command.follow_up_id)]


def _status(ticket: Ticket, status: Status, reason: str | None, actor: Actor) -> list[Event]:
    if status is ticket.status:
        return []
    check_move(ticket.status, status, actor)
    return [
        *(() if status.active else withdrawn_offer(ticket)),
        StatusChanged(
            before=ticket.status, status=status, cause=Cause.PERSON, reason=reason or None
        ),
    ]


def _priority(ticket: Ticket, priority: Priority) -> list[Event]:
    if priority is ticket.priority:
        return []
    return [PriorityChanged(before=ticket.priority, priority=priority)]


def _private(ticket: Ticket, command: UpdateTicket, facts: Facts) -> list[Event]:
    private = ticket.private
    if private is None:
        raise ValueError("Only the whole header can be decided on, not a public view.")
    events: list[Event] = []
    if command.tags is not None:
        tags = distinct_tags(command.tags)
        if tags != private.tags:
            events.append(TagsChanged(before=private.tags, tags=tags))
    if command.fields is not None and command.fields != private.fields:
        events.append(FieldsChanged(before=private.fields, fields=command.fields))
    return [*events, *_skills(private, command, facts)]


def _skills(private: StaffPart, command: UpdateTicket, facts: Facts) -> list[Event]:
    before = private.required_skills
    skills = before
    if command.required_skills is not None:
        check_skills(command.required_skills, facts)
        skills = tuple(dict.fromkeys(command.required_skills))
    levels = {skill: level for skill, level in private.skill_levels.items() if skill in skills}
    if command.skill_levels is not None:
        check_levels(command.skill_levels, skills)
        levels = asked_levels(command.skill_levels)
    if (skills, levels) == (before, private.skill_levels):
        return []
    return [SkillsChanged(before=before, required_skills=skills, skill_levels=levels)]
