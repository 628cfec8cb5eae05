"""A whole desk in memory: the one way for data without any I/O, for tests of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, uuid5

from domain.access import DEFAULT_ROLES, Actor
from domain.approval.decide import is_broken_off
from domain.catalog import load_command
from domain.contact.state import Contact
from domain.inbox.state import Category, Inbox
from domain.message import ActorKind, Command, Event, Meta
from domain.people.state import Skill, Team, User
from domain.process import Step, compensation, first_step, next_steps, streams_of, then
from domain.sla.book import EMPTY
from domain.ticket import commands as ask
from domain.ticket.decide import authorize, decide, result_of
from domain.ticket.events import MessageEvent, MessageRedacted, TicketDeleted
from domain.ticket.evolve import evolve_message, fold
from domain.ticket.facts import Facts
from domain.ticket.state import Attachment, Message, Ticket
from domain.ticket.tombstone import without_words
from domain.triage.commands import JudgeGuess, TriageTicket
from domain.triage.state import Guess, Guessed
from domain.workforce.commands import AgentCommand
from domain.workforce.decide import authorize as authorize_work
from domain.workforce.decide import decide as decide_work
from domain.workforce.evolve import fold as fold_work
from domain.workforce.state import Agent

QUIET_AFTER = 1_000


@cache
def uid(name: str) -> str:
    """The id of somebody or something by the name it has in a test."""
    return str(uuid5(NAMESPACE_OID, name))


class Commit(NamedTuple):
    """One entry of a stream's log."""

    meta: Meta
    events: tuple[Event, ...]


def client(name: str, *, company: str | None = None, aliases: Sequence[str] = ()) -> Actor:
    """A client with the default role; what others they were before stands in `aliases`."""
    return Actor(
        kind=ActorKind.CLIENT,
        id=uid(name),
        contact_ids=tuple(map(uid, (name, *aliases))),
        company_id=company and uid(company),
        role="client",
        permissions=DEFAULT_ROLES["client"],
    )


def staff(name: str, role: str = "agent", teams: Sequence[str] = ("first",)) -> Actor:
    return Actor(
        kind=ActorKind.AGENT,
        id=uid(name),
        user_id=uid(name),
        team_ids=frozenset(map(uid, teams)),
        role=role,
        permissions=DEFAULT_ROLES[role],
    )


TIMER = Actor(kind=ActorKind.SYSTEM, id="timer")


class Desk:
    """Streams and documents, and `do`, which carries a command out as dispatch does.

    In team first: ada, bob and the inactive eve; in team second: ada and cy. Carl and dora are
    clients, blake is a blocked one. Sue supervises, Max is admin.
    """

    def __init__(self) -> None:
        self.carl, self.dora, self.blake = client("carl"), client("dora"), client("blake")
        self.ada, self.bob = staff("ada", teams=("first", "second")), staff("bob")
        self.cy = staff("cy", teams=("second",))
        self.sue = staff("sue", "supervisor", teams=())
        self.max = staff("max", "admin", teams=())
        self.members = {
            uid("first"): frozenset(map(uid, ("ada", "bob", "eve"))),
            uid("second"): frozenset(map(uid, ("ada", "cy"))),
        }
        self.teams = {
            uid(name): Team(id=uid(name), name=name, member_ids=tuple(self.members[uid(name)]))
            for name in ("first", "second")
        }
        self.inbox = Inbox(id=uid("inbox"), name="Help", team_id=uid("first"))
        self.categories = {
            uid("billing"): Category(id=uid("billing"), name="Billing", team_id=uid("second")),
            uid("other"): Category(id=uid("other"), name="Other"),
        }
        self.contacts = {uid(name): Contact(id=uid(name), name=name) for name in ("carl", "dora")}
        self.contacts[uid("blake")] = Contact(id=uid("blake"), name="blake", blocked=True)
        self.users = {uid(name): _user(name) for name in ("ada", "bob", "cy", "sue", "max", "eve")}
        self.skills = {uid("german"): Skill(id=uid("german"), name="German")}
        self.uploads = {
            (uid(who), uid(f"file-{who}")): Attachment(
                id=uid(f"file-{who}"), name="a.txt", media_type="text/plain", size=3
            )
            for who in ("carl", "ada")
        }
        self.book = EMPTY
        self.tickets: dict[str, Ticket] = {}
        self.agents: dict[str, Agent] = {}
        self.messages: dict[str, Message] = {}
        self.log: defaultdict[str, list[Commit]] = defaultdict(list)
        self.outcomes: dict[tuple[str, str], dict[str, Any]] = {}
        self.now = 1_000_000
        self.stand_ins: dict[str, str] = {}
        self._count = 0

    def command_id(self) -> str:
        """A fresh id, the same in every run."""
        self._count += 1
        return uid(f"command {self._count}")

    def do(self, command: Command, actor: Actor) -> tuple[Event, ...]:
        """Carry a command out with every step it begins; returns the events of its own commit."""
        streams = streams_of(command, actor)
        if isinstance(command, AgentCommand):
            return self._commit_agent(command, actor)
        if any((stream, command.command_id) in self.outcomes for stream in streams):
            return ()
        ticket, facts = self._ticket(streams[0]), self.facts(command, actor)
        authorize(ticket, command, actor, facts)
        if first := first_step(ticket, command, actor, facts):
            self.run(first)
            return self._second(then(first, command, actor, "digest"), command)
        return self._commit_ticket(command, actor, facts)

    def open(self, actor: Actor | None = None, **fields: Any) -> Ticket:
        """A fresh ticket of carl's, or by somebody else."""
        actor = actor or self.carl
        named = {"title": "It is broken", "body": "Please mend it.", **fields}
        command = ask.OpenTicket(command_id=self.command_id(), **named)
        self.do(command, actor)
        return self.tickets[streams_of(command, actor)[0].partition(":")[2]]

    def befall(self, ticket: Ticket, *events: Event) -> None:
        """Let something happen to a ticket that nobody here asks for."""
        stream = f"ticket:{ticket.id}"
        before = self._ticket(stream)
        cause = ask.CloseQuiet(command_id=self.command_id(), ticket_id=ticket.id, generation=0)
        meta = self._append(stream, before.seq, cause, TIMER, events)
        self.tickets[ticket.id] = fold(before, events, meta)

    def ask(self, ticket: Ticket, kind: type[ask.TicketCommand], **fields: Any) -> Any:
        """A command to a ticket, with a fresh id."""
        return kind(command_id=self.command_id(), ticket_id=ticket.id, **fields)

    def now_of(self, ticket: Ticket) -> Ticket:
        """The ticket as it stands by now."""
        return self.tickets[ticket.id]

    def facts(self, command: Command, actor: Actor) -> Facts:
        """What dispatch looks up for a command."""
        named = _Named(command)
        requester = named("requester_id") if actor.audience.value == "staff" else actor.id
        agent_id = named("agent_id")
        followed = self.tickets.get(named("follow_up_of"))
        return Facts(
            number=len(self.tickets) + 1,
            inbox=self.inbox if named("inbox_id") in (None, self.inbox.id) else None,
            category=self.categories.get(
                (followed.category if followed else None)
                or named("category")
                or self._guessed(command)
                or self._present(named("ticket_id"))
            ),
            requester=self.contacts.get(requester),
            agent=self.users.get(agent_id),
            agent_teams=frozenset(t for t, members in self.members.items() if agent_id in members),
            team=self.teams.get(named("team_id")),
            message=self.messages.get(named("message_id")),
            staff_ids=frozenset(
                each for each in named("mentions") or self.book.supervisors if each in self.users
            ),
            skill_ids=frozenset(self.skills),
            attachments=tuple(
                self.uploads[actor.id, each]
                for each in named("attachments") or ()
                if (actor.id, each) in self.uploads
            ),
            followed=followed,
            quiet_after=QUIET_AFTER,
            book=self.book,
            contact_tags=self._tags(named("ticket_id"), requester),
            stand_ins=self.stand_ins,
        )

    def _guessed(self, command: Command) -> str | None:
        """The category that is guessed, or was."""
        guesses: Sequence[Guess] = ()
        if isinstance(command, TriageTicket):
            guesses = command.guesses
        elif isinstance(command, JudgeGuess):
            private = self.tickets[command.ticket_id].private
            guesses = private.triage.guesses if private and private.triage else ()
        found = (each.values[0] for each in guesses if each.field is Guessed.CATEGORY)
        return next(found, None)

    def _present(self, ticket_id: str | None) -> str | None:
        """The category of a ticket whose approval was broken off, for what brings it back."""
        ticket = self.tickets.get(ticket_id or "")
        over = ticket is not None and is_broken_off(ticket) and not ticket.status.active
        return ticket.category if ticket and over else None

    def _tags(self, ticket_id: str | None, requester: str | None) -> tuple[str, ...]:
        """Those of whom the ticket is for."""
        ticket = self.tickets.get(ticket_id or "")
        contact = self.contacts.get((ticket.requester_id if ticket else requester) or "")
        return contact.tags if contact else ()

    def _second(self, step: Step, asked: Command) -> tuple[Event, ...]:
        command = load_command(step.command)
        events: tuple[Event, ...] = ()
        try:
            events = self._commit_ticket(command, step.actor, self.facts(command, step.actor))
        finally:
            if not events:
                self._run_all(compensation(asked))
        return events

    def _run_all(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.run(step)

    def run(self, step: Step) -> None:
        """Carry out one step that some commit owes, and what its own commit owes."""
        command = load_command(step.command)
        if isinstance(command, AgentCommand):
            self._commit_agent(command, step.actor)
        else:
            self._commit_ticket(command, step.actor, self.facts(command, step.actor))

    def _commit_agent(self, command: AgentCommand, actor: Actor) -> tuple[Event, ...]:
        agent = self.agents.get(command.agent_id) or Agent(id=command.agent_id)
        authorize_work(agent, command, actor)
        events = decide_work(agent, command, self.now, self.facts(command, actor))
        meta = self._append(command.stream, agent.seq, command, actor, events)
        self.agents[agent.id] = fold_work(agent, events, meta)
        return tuple(events)

    def _commit_ticket(self, command: Command, actor: Actor, facts: Facts) -> tuple[Event, ...]:
        stream = streams_of(command, actor)[0]
        before = self._ticket(stream)
        authorize(before, command, actor, facts)
        events = decide(before, command, actor, self.now, facts)
        self._erase(stream, events)
        meta = self._append(stream, before.seq, command, actor, events)
        after = self.tickets[before.id] = fold(before, events, meta)
        self.outcomes[stream, command.command_id] = result_of(after, command, actor)
        for event in events:
            self._project(after.id, event, meta)
        self._run_all(next_steps(before, after, events, meta))
        return tuple(events)

    def _append(
        self, stream: str, seq: int, command: Command, actor: Actor, events: Sequence[Event]
    ) -> Meta:
        self.now += 1
        meta = Meta(seq=seq + 1, at=self.now, actor=actor.ref, command_id=command.command_id)
        self.log[stream].append(Commit(meta, tuple(events)))
        return meta

    def _project(self, ticket_id: str, event: Event, meta: Meta) -> None:
        if isinstance(event, MessageEvent):
            named = (event.message_id,)
        elif isinstance(event, TicketDeleted):
            named = tuple(m.id for m in self.messages.values() if m.ticket_id == ticket_id)
        else:
            return
        for message_id in named:
            message = evolve_message(self.messages.get(message_id), event, meta, ticket_id)
            if message is not None:
                self.messages[message_id] = message

    def _erase(self, stream: str, events: Sequence[Event]) -> None:
        """Overwrite the log in place, as the store does before it publishes."""
        for event in events:
            if isinstance(event, MessageRedacted | TicketDeleted):
                gone = getattr(event, "message_id", None)
                self.log[stream] = [
                    Commit(meta, tuple(_erased(each, gone) for each in kept))
                    for meta, kept in self.log[stream]
                ]

    def _ticket(self, stream: str) -> Ticket:
        ticket_id = stream.partition(":")[2]
        return self.tickets.get(ticket_id) or Ticket(id=ticket_id)


class _Named:
    """What a command names, None for what it has no field for."""

    def __init__(self, command: Command) -> None:
        self._command = command

    def __call__(self, field: str) -> Any:
        return getattr(self._command, field, None)


def _erased(event: Event, message_id: str | None) -> Event:
    """Without its words where they are to go: one message's, or with None the whole ticket's."""
    if message_id is None or getattr(event, "message_id", None) == message_id:
        return without_words(event)
    return event


def _user(name: str) -> User:
    return User(
        id=uid(name),
        email=f"{name}@demo.test",
        name=name.title(),
        role={"sue": "supervisor", "max": "admin"}.get(name, "agent"),
        capacity=10,
        active=name != "eve",
    )
