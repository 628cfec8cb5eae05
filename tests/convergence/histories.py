"""Random histories: sequences of moves by several people, played on a desk in memory."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from hypothesis import strategies as st

from domain.access import Actor
from domain.errors import DomainError
from domain.message import Command
from domain.ticket import commands as ask
from domain.ticket.state import Message, Priority, Status, Ticket
from tests.domain.desk import QUIET_AFTER, TIMER, Desk, uid

PEOPLE = ("carl", "dora", "blake", "ada", "bob", "cy", "sue", "max")
BODIES = ("Hello.", "Grüße 👋🏽", "one\u2028two", "<b>x</b>", "  \n- a\n- b")


class Move(NamedTuple):
    """Who does what. `pick` chooses among the tickets and messages that are there by then."""

    who: str
    what: str
    pick: int
    fields: dict[str, Any]


def _fields(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(options)


def _mostly(usual: Any, *rare: Any) -> st.SearchStrategy[Any]:
    """The usual in two of three draws: what is refused too often leads nowhere."""
    return st.sampled_from((True, True, False)).flatmap(
        lambda is_usual: st.just(usual) if is_usual else st.sampled_from(rare)
    )


_agents = st.sampled_from((None, *map(uid, ("ada", "bob", "cy", "eve", "carl"))))
_teams = st.sampled_from((None, *map(uid, ("first", "second", "third"))))
_bodies = st.sampled_from(BODIES)
_priorities = st.sampled_from(Priority)
_categories = st.sampled_from((None, *map(uid, ("billing", "other", "nothing"))))
_tags = st.sampled_from(((), ("vip",), ("b", "a", "b")))
_custom = st.sampled_from(({}, {"x": 1}, {"x": 1.5, "y": None}, {"constructor": "z", "x": True}))
_due = st.sampled_from((None, 0, 5, 2**53 - 1))
_seen = _mostly(None, *range(12))
_skills = st.sampled_from(((), (uid("german"),), (uid("flying"),)))
_mentions = _mostly((), (uid("bob"),), (uid("carl"),))
_uploads = _mostly((), (uid("file-carl"),), (uid("file-ada"),))

MOVES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "open": _fields(body=_bodies, priority=st.none() | _priorities, category=_categories),
    "open_for": _fields(
        body=_bodies,
        requester_id=st.sampled_from((uid("carl"), uid("blake"), uid("nobody"))),
        tags=_tags,
        fields=_custom,
        required_skills=_skills,
        due_at=_due,
    ),
    "reply": _fields(body=_bodies, seen_seq=_seen, mentions=_mentions, attachments=_uploads),
    "answer": _fields(body=_bodies),
    "note": _fields(body=_bodies, mentions=_mentions),
    "edit": _fields(body=_bodies),
    "redact": st.just({}),
    "assign": _fields(agent_id=_agents, team_id=_teams),
    "take": st.just({}),
    "status": _fields(status=st.sampled_from(Status), reason=st.sampled_from((None, "", "So."))),
    "priority": _fields(priority=_priorities),
    "rename": _fields(title=st.sampled_from(("Mended", "Broken"))),
    "sort": _fields(category=_categories),
    "date": _fields(due_at=_due),
    "tag": _fields(tags=_tags, fields=_custom),
    "demand": _fields(required_skills=_skills),
    "update": st.fixed_dictionaries(
        {},
        optional={
            "title": st.sampled_from((None, "Mended", "Broken")),
            "status": st.none() | st.sampled_from(Status),
            "priority": st.none() | _priorities,
            "category": _categories,
            "due_at": _due,
            "tags": st.none() | _tags,
            "fields": st.none() | _custom,
            "required_skills": st.none() | _skills,
        },
    ),
    "quiet": st.just({}),
    "delete": st.just({}),
}
_OFTEN = ("reply", "answer", "edit", "take", "assign", *["priority"] * 3, *["status"] * 4)
_BUSY = ("carl", "carl", "ada", "ada", "bob", "sue")


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """One move of anybody."""
    what = draw(st.sampled_from((*_OFTEN, *MOVES)))
    who = draw(st.sampled_from((*_BUSY, *PEOPLE)))
    return Move(who, what, draw(st.integers(0, 7)), draw(MOVES[what]))


HISTORIES = st.lists(moves(), min_size=8, max_size=40)

_KINDS: dict[str, type[ask.TicketCommand]] = {
    "reply": ask.Reply,
    "answer": ask.Reply,
    "note": ask.Reply,
    "edit": ask.EditMessage,
    "redact": ask.RedactMessage,
    "assign": ask.AssignTicket,
    "take": ask.AssignTicket,
    "status": ask.SetStatus,
    "priority": ask.SetPriority,
    **dict.fromkeys(("rename", "sort", "date", "tag", "demand", "update"), ask.UpdateTicket),
    "quiet": ask.CloseQuiet,
    "delete": ask.DeleteTicket,
}


def command_of(desk: Desk, move: Move) -> tuple[Command, Actor]:
    """The command of a move as things stand, and who sends it."""
    actor: Actor = TIMER if move.what == "quiet" else getattr(desk, move.who)
    if move.what in ("open", "open_for"):
        opening = {"title": "It is broken", **move.fields}
        return ask.OpenTicket(command_id=desk.command_id(), **opening), actor
    ticket = _picked(list(desk.tickets.values()), move.pick) or Ticket(id=uid("none"))
    if move.what == "answer":
        clients = {each.id: each for each in (desk.carl, desk.dora, desk.blake)}
        actor = clients.get(ticket.requester_id or "", actor)
    named = {**move.fields, **_target(desk, ticket, actor, move)}
    return desk.ask(ticket, _KINDS[move.what], **named), actor


def play(desk: Desk, move: Move) -> None:
    """Do it, or have it refused."""
    if move.what == "quiet":
        desk.now += QUIET_AFTER
    command, actor = command_of(desk, move)
    with suppress(DomainError):
        desk.do(command, actor)


def start(desk: Desk) -> None:
    """A ticket of carl's that bob has, so that short histories are not empty ones."""
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob")), desk.ada)


def _target(desk: Desk, ticket: Ticket, actor: Actor, move: Move) -> dict[str, Any]:
    match move.what:
        case "note":
            return {"visibility": "private"}
        case "take":
            return {"agent_id": actor.id}
        case "quiet":
            return {"generation": ticket.status_seq - (move.pick > 5)}
        case "edit" | "redact":
            of_ticket = [each for each in desk.messages.values() if each.ticket_id == ticket.id]
            message: Message | None = _picked(of_ticket, move.pick * 5 + 1)
            return {"message_id": message.id if message else uid("none")}
        case _:
            return {}


def _picked(among: list[Any], pick: int) -> Any:
    return among[pick % len(among)] if among else None
