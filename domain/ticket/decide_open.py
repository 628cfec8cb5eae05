"""Opening a ticket: for oneself, for a caller, or as the follow-up of a closed one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from domain.access import Actor
from domain.assistant.events import AssistantEngaged
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.message import ActorKind, Event, Id, derived_id
from domain.ticket.commands import OpenFollowUp, OpenTicket
from domain.ticket.decide_conversation import check_not_blocked, named_attachments
from domain.ticket.events import (
    FieldsChanged,
    MessagePosted,
    SkillsChanged,
    TagsChanged,
    TicketOpened,
)
from domain.ticket.facts import Facts
from domain.ticket.state import Attachment, Channel, Priority, Ticket, Visibility

CLIENT_CHANNELS = (Channel.PORTAL, Channel.WIDGET, Channel.API)
"""The doors that clients and guests come in by themselves."""


def decide_open(ticket: Ticket, command: OpenTicket, actor: Actor, facts: Facts) -> list[Event]:
    """A ticket, the message that describes it, and what staff noted with it."""
    _check_new(ticket)
    _check_client(command, actor, facts)
    if facts.requester is None:
        raise _no_requester(command)
    if facts.inbox is None:
        raise Invalid("There is no such inbox.", fields={"inbox_id": "unknown"})
    if command.category is not None and facts.category is None:
        raise Invalid("There is no such category.", fields={"category": "unknown"})
    check_skills(command.required_skills, facts)
    check_levels(command.skill_levels, command.required_skills)
    opened = TicketOpened(
        number=facts.number,
        title=command.title,
        priority=command.priority or Priority.MEDIUM,
        category=command.category,
        requester_id=facts.requester.id,
        company_id=facts.requester.company_id,
        channel=command.channel,
        inbox_id=facts.inbox.id,
        team_id=(facts.category and facts.category.team_id) or facts.inbox.team_id,
        due_at=command.due_at,
        follow_up_of=None,
    )
    attachments = named_attachments(command.attachments, facts)
    described = _description(command.command_id, command.body, attachments, actor)
    engaged = facts.inbox.assistant and actor.kind is ActorKind.CLIENT
    return [opened, described, *_noted(command), *((AssistantEngaged(),) if engaged else ())]


def decide_follow_up(
    ticket: Ticket, command: OpenFollowUp, actor: Actor, facts: Facts
) -> list[Event]:
    """A ticket that goes on where a closed one ended, with the client's reply as its start."""
    _check_new(ticket)
    check_not_blocked(actor, facts)
    before = facts.followed
    if before is None or not before.exists:
        raise NotFound("There is no such ticket.")
    if before.requester_id is None or before.inbox_id is None or before.team_id is None:
        raise Conflict("This ticket cannot be followed up: it was never opened in full.")
    opened = TicketOpened(
        number=facts.number,
        title=before.title,
        priority=before.priority,
        category=before.category,
        requester_id=before.requester_id,
        company_id=before.company_id,
        channel=before.channel,
        inbox_id=before.inbox_id,
        team_id=before.team_id,
        due_at=None,
        follow_up_of=before.id,
    )
    attachments = named_attachments(command.attachments, facts)
    return [opened, _description(command.command_id, command.body, attachments, actor)]


def check_skills(named: tuple[Id, ...], facts: Facts) -> None:
    """Raise Invalid where a required skill is not one of ours."""
    unknown = [skill for skill in named if skill not in facts.skill_ids]
    if unknown:
        raise Invalid(
            f"There is no skill {', '.join(unknown)}.", fields={"required_skills": "unknown"}
        )


def check_levels(levels: Mapping[Id, int], skills: Collection[Id]) -> None:
    """Raise Invalid where a level is of a skill that is not required."""
    if not set(levels).issubset(skills):
        raise Invalid(
            "A level is asked of skills that are required.", fields={"skill_levels": "unknown"}
        )


def asked_levels(levels: Mapping[Id, int]) -> dict[Id, int]:
    """Levels as they are kept: who knows something at all has the lowest."""
    return {skill: level for skill, level in levels.items() if level > 1}


def distinct_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags as they are kept: each once, in order."""
    return tuple(sorted(set(tags)))


def _check_new(ticket: Ticket) -> None:
    if ticket.number > 0:
        raise Conflict("This ticket was opened already.")


def _check_client(command: OpenTicket, actor: Actor, facts: Facts) -> None:
    if actor.kind is not ActorKind.CLIENT:
        return
    check_not_blocked(actor, facts)
    if command.requester_id is not None and command.requester_id not in actor.contact_ids:
        raise Forbidden(
            "You can open tickets for yourself only.", fields={"requester_id": "not you"}
        )
    for name in ("tags", "fields", "required_skills", "skill_levels", "due_at"):
        if getattr(command, name) not in (None, (), {}):
            raise Forbidden(f"Only staff may set `{name}`.", fields={name: "only for staff"})
    if command.channel not in CLIENT_CHANNELS:
        raise Forbidden(
            f"Only staff can say that this came by {command.channel.value}.",
            fields={"channel": "only for staff"},
        )


def _no_requester(command: OpenTicket) -> Invalid:
    if command.requester_id is None:
        return Invalid(
            "Say whom this ticket is for: name a contact.", fields={"requester_id": "missing"}
        )
    return Invalid("There is no such contact.", fields={"requester_id": "unknown"})


def _description(
    command_id: str, body: str, attachments: tuple[Attachment, ...], actor: Actor
) -> MessagePosted:
    return MessagePosted(
        message_id=derived_id(actor.id, command_id, "message"),
        visibility=Visibility.PUBLIC,
        body=body,
        author=actor.ref,
        attachments=attachments,
    )


def _noted(command: OpenTicket) -> list[Event]:
    events: list[Event] = []
    if command.tags:
        events.append(TagsChanged(before=(), tags=distinct_tags(command.tags)))
    if command.fields:
        events.append(FieldsChanged(before={}, fields=command.fields))
    if command.required_skills:
        skills = tuple(dict.fromkeys(command.required_skills))
        levels = asked_levels(command.skill_levels)
        events.append(SkillsChanged(before=(), required_skills=skills, skill_levels=levels))
    return events
