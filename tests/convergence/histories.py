"""Random histories: sequences of moves by several people, played on a desk in memory."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from hypothesis import strategies as st

from domain.access import Actor
from domain.assistant import commands as assist
from domain.assistant.state import AssistantLevel, HandOver, Source
from domain.assistant.turn import SILENCE
from domain.errors import DomainError
from domain.message import ActorKind, Command
from domain.people.shifts import Weekday
from domain.routing.events import Ended
from domain.sla.book import Book
from domain.sla.business import BusinessTime
from domain.sla.calendar import Calendar, OpenHours
from domain.sla.policy import Policy, Targets
from domain.ticket import commands as ask
from domain.ticket.state import Message, Priority, Status, Ticket
from domain.workforce import commands as work
from domain.workforce.commands import AgentCommand
from domain.workforce.state import AgentStatus
from tests.convergence.happenings import HAPPENINGS, commits_of
from tests.domain.desk import QUIET_AFTER, TIMER, Desk, uid

ALWAYS = Calendar(
    id=uid("always"),
    name="Always",
    hours=(OpenHours(days=tuple(Weekday), start="00:00", end="00:00"),),
)
_soon = Targets(first_response=1, next_response=2, resolution=3)
HURRY = Policy(
    id=uid("hurry"),
    name="Hurry",
    calendar_id=ALWAYS.id,
    targets={Priority.MEDIUM: _soon, Priority.URGENT: _soon},
    warn_at=(50,),
)

ASSISTANT = Actor(kind=ActorKind.ASSISTANT, id="assistant")
HOURS = Source(article_id=uid("hours"), title="Opening hours", passage="From nine to five.")
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
    "assist": _fields(
        body=_bodies,
        sources=st.sampled_from(((), (HOURS,))),
        level=st.sampled_from(AssistantLevel),
    ),
    "rate": _fields(helpful=st.booleans()),
    "give_up": _fields(
        reason=st.sampled_from(HandOver),
        found=st.sampled_from(((HOURS,), ())),
        note=st.none() | _bodies,
    ),
    "want_person": st.just({}),
    "wake": st.just({}),
    "quiet": st.just({}),
    "delete": st.just({}),
    "say": _fields(status=st.sampled_from(AgentStatus), note=st.sampled_from(("", "Lunch?"))),
    "pause": _fields(minutes=st.integers(1, 3)),
    "come_back": st.just({}),
    "time_is_up": st.just({}),
    "warn": _fields(until=st.integers(1, 5)),
    "miss": _fields(outcome=_mostly(Ended.EXPIRED, Ended.DECLINED)),
}
_OFTEN = (
    *(
        "pause",
        "come_back",
        "miss",
        "sort",
        "demand",
        "date",
        "reply",
        "answer",
        "edit",
        "take",
        "assign",
    ),
    *("assist", "assist", "rate", "give_up", "want_person"),
    *["priority"] * 3,
    *["status"] * 4,
)
_BUSY = ("carl", "carl", "ada", "ada", "bob", "sue")


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """One move of anybody."""
    what = draw(st.sampled_from((*_OFTEN, *MOVES)))
    who = draw(st.sampled_from((*_BUSY, *PEOPLE)))
    return Move(who, what, draw(st.integers(0, 7)), draw(MOVES[what]))


BEFALL = "befall"
"""Something happens to a ticket by itself; no command of anybody here leads to it."""


@st.composite
def befallen(draw: st.DrawFn) -> Move:
    """One thing that happens."""
    event = draw(st.sampled_from(HAPPENINGS))
    return Move("", BEFALL, draw(st.integers(0, 7)), {"event": event})


ASKED = st.lists(moves(), min_size=8, max_size=40)
"""Only what somebody asks for, with all that follows from it on other streams."""

HISTORIES = st.lists(st.one_of(moves(), moves(), befallen()), min_size=8, max_size=40)

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
    "assist": assist.Answer,
    "rate": assist.RateAnswer,
    "give_up": assist.HandOverTicket,
    "want_person": assist.AskPerson,
    "wake": assist.WakeAssistant,
    "quiet": ask.CloseQuiet,
    "delete": ask.DeleteTicket,
}


_WORK: dict[str, type[AgentCommand]] = {
    "say": work.SetAgentStatus,
    "pause": work.StartBreak,
    "come_back": work.EndBreak,
    "time_is_up": work.BreakOver,
    "warn": work.WarnShiftEnd,
    "miss": work.Release,
}


def command_of(desk: Desk, move: Move) -> tuple[Command, Actor]:
    """The command of a move as things stand, and who sends it."""
    machines = move.what in ("quiet", "time_is_up", "warn", "miss", "wake")
    actor: Actor = TIMER if machines else getattr(desk, move.who)
    actor = ASSISTANT if move.what in ("assist", "give_up") else actor
    if move.what in _WORK:
        own = actor is not TIMER and move.pick < 6
        return _work_of(desk, move), (desk.ada, desk.bob)[move.pick % 2] if own else actor
    if move.what in ("open", "open_for"):
        opening = {"title": "It is broken", **move.fields}
        return ask.OpenTicket(command_id=desk.command_id(), **opening), actor
    tickets = list(desk.tickets.values())
    if move.what == "rate":
        tickets = [desk.tickets[each.ticket_id] for each in _answers(desk)]
    ticket = _picked(tickets, move.pick) or Ticket(id=uid("none"))
    if move.what in ("answer", "rate", "want_person"):
        clients = {each.id: each for each in (desk.carl, desk.dora, desk.blake)}
        actor = clients.get(ticket.requester_id or "", actor)
    named = {**move.fields, **_target(desk, ticket, actor, move)}
    return desk.ask(ticket, _KINDS[move.what], **named), actor


def _work_of(desk: Desk, move: Move) -> AgentCommand:
    """What is asked of the first agents, whether or not who asks may."""
    agent_id = uid(("ada", "bob")[move.pick % 2])
    agent = desk.agents.get(agent_id)
    named = dict(move.fields)
    if move.what == "time_is_up":
        named["generation"] = agent.on_break.seq if agent and agent.on_break else 0
        desk.now = max(desk.now, agent.on_break.until if agent and agent.on_break else 0)
    if move.what == "miss":  # Of an offer that is over: what tickets weigh stays as it is.
        named |= {"ticket_id": uid("none"), "reservation": desk.command_id()}
    return _WORK[move.what](command_id=desk.command_id(), agent_id=agent_id, **named)


def play(desk: Desk, move: Move) -> None:
    """Do it, or have it refused."""
    if move.what == BEFALL:
        ticket = _picked([each for each in desk.tickets.values() if each.exists], move.pick)
        if ticket is not None:
            for events in commits_of(move.fields["event"], ticket):
                desk.befall(ticket, *events)
        return
    desk.now += {"quiet": QUIET_AFTER, "wake": SILENCE}.get(move.what, 0)
    command, actor = command_of(desk, move)
    with suppress(DomainError):
        desk.do(command, actor)


def start(desk: Desk) -> None:
    """A ticket of carl's that bob has, so that short histories are not empty ones. All that are
    in a hurry are promised something, and the assistant speaks first in what clients open."""
    desk.inbox = desk.inbox.model_copy(update={"assistant": True})
    desk.book = Book([HURRY], {HURRY.calendar_id: BusinessTime(ALWAYS, {})})
    ticket = desk.open()
    desk.do(desk.ask(ticket, ask.AssignTicket, agent_id=uid("bob")), desk.ada)
    asked = desk.open()
    desk.do(desk.ask(asked, assist.Answer, about_seq=1, body="So.", level="passages"), ASSISTANT)
    left = desk.open()
    given_up = {"about_seq": 1, "reason": HandOver.UNSURE, "found": (HOURS,)}
    desk.do(desk.ask(left, assist.HandOverTicket, **given_up), ASSISTANT)


def _target(desk: Desk, ticket: Ticket, actor: Actor, move: Move) -> dict[str, Any]:
    match move.what:
        case "note":
            return {"visibility": "private"}
        case "take":
            return {"agent_id": actor.id}
        case "quiet":
            return {"generation": ticket.status_seq - (move.pick > 5)}
        case "wake" | "assist" | "give_up":
            seq = ticket.assistant.seq if ticket.assistant else ticket.seq
            return {"generation" if move.what == "wake" else "about_seq": seq - (move.pick > 6)}
        case "rate":
            rated: Message | None = _picked(_answers(desk), move.pick)
            return {"message_id": rated.id if rated else uid("none")}
        case "edit" | "redact":
            of_ticket = [each for each in desk.messages.values() if each.ticket_id == ticket.id]
            message: Message | None = _picked(of_ticket, move.pick * 5 + 1)
            return {"message_id": message.id if message else uid("none")}
        case _:
            return {}


def _answers(desk: Desk) -> list[Message]:
    return [each for each in desk.messages.values() if each.author.kind is ActorKind.ASSISTANT]


def _picked(among: list[Any], pick: int) -> Any:
    return among[pick % len(among)] if among else None
