"""Turns the steps of a story into commands, given the ids that its people and places have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.message import Command, Id, Millis
from domain.ticket import commands as ask
from domain.ticket.decide_open import CLIENT_CHANNELS
from domain.ticket.state import Channel, Visibility
from server.demo.shapes import NOBODY, House, Step, Story


class Cast(NamedTuple):
    """The ids of everything that stories name, by key."""

    house: House
    agents: Mapping[str, Id]
    customers: Mapping[str, Id]
    teams: Mapping[str, Id]
    categories: Mapping[str, Id]
    inboxes: Mapping[str, Id]


def key_of(ids: Mapping[str, Id], wanted: Id | None) -> str | None:
    """The key under which the company's files know an id."""
    return next((key for key, each in ids.items() if each == wanted), None)


def opening(story: Story, command_id: str, cast: Cast) -> ask.OpenTicket:
    """The command that opens a story, for its requester or for `opened_by`.

    No client may say that they wrote by mail, so a story by mail comes in by the portal.
    """
    own = story.channel if story.channel in CLIENT_CHANNELS else Channel.PORTAL
    return ask.OpenTicket(
        command_id=command_id,
        title=story.title,
        body=story.body,
        priority=story.priority,
        category=cast.categories[story.category] if story.category else None,
        inbox_id=cast.inboxes[story.inbox],
        requester_id=cast.customers[story.requester] if story.opened_by else None,
        channel=story.channel if story.opened_by else own,
    )


def command_of(
    step: Step,
    *,
    command_id: str,
    ticket_id: Id,
    at: Millis,
    cast: Cast,
    messages: Sequence[Id | None],
) -> Command:
    """The command of one step, which happens `at`.

    `messages` are the ids of what was said before, by place: first the ticket's own body, then
    one for each step, None where it said nothing.
    """
    named = {"command_id": command_id, "ticket_id": ticket_id}
    match step.act:
        case "reply":
            return ask.Reply.model_validate({**named, "body": step.reply})
        case "note":
            mentions = tuple(cast.agents[key] for key in cast.house.mentioned(step.note or ""))
            said = {"body": step.note, "visibility": Visibility.PRIVATE, "mentions": mentions}
            return ask.Reply.model_validate({**named, **said})
        case "status":
            moved = {"status": step.status, "reason": step.reason}
            return ask.SetStatus.model_validate({**named, **moved})
        case "assign" | "team":
            given = step.assign not in (None, NOBODY)
            agent_id = cast.agents[step.assign or ""] if given else None
            team_id = cast.teams[step.team] if step.team else None
            return ask.AssignTicket.model_validate(
                {**named, "agent_id": agent_id, "team_id": team_id}
            )
        case "priority":
            return ask.SetPriority.model_validate({**named, "priority": step.priority})
        case "redact":
            return ask.RedactMessage.model_validate(
                {**named, "message_id": messages[step.redact or 0]}
            )
        case "edit":
            return ask.EditMessage.model_validate(
                {**named, "message_id": messages[step.edit or 0], "body": step.body}
            )
        case _:
            return ask.UpdateTicket.model_validate({**named, **_header(step, at, cast)})


def _header(step: Step, at: Millis, cast: Cast) -> dict[str, object]:
    match step.act:
        case "category":
            return {"category": cast.categories[step.category or ""]}
        case "due":
            return {"due_at": at + (step.due or 0)}
        case "tags":
            return {"tags": step.tags}
        case _:
            return {"title": step.title}
