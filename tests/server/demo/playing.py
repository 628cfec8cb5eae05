"""Plays a story of the demo company through the rules, with nothing but memory."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from domain.access import Actor, Permission, allows, belonging_of
from domain.contact.state import Contact
from domain.inbox.state import Category, Inbox
from domain.message import Command, Event
from domain.people.state import Team, User
from domain.ticket import commands as ask
from domain.ticket.state import Message, Ticket, Visibility
from server.demo.content import load_company
from server.demo.plot import Cast, command_of, opening
from server.demo.shapes import REQUESTER, House, Step, Story
from tests.domain.desk import Desk, client, staff, uid

OPENED = 1_700_000_000_000
"""When every story is opened."""


class Played(NamedTuple):
    """What a story comes to: the ticket it ends on, and all that was said there, in order."""

    ticket: Ticket
    followed: bool
    public: tuple[Message, ...]


def play(story: Story) -> Played:
    """Every step of a story in order; raises DomainError where one is not allowed."""
    return _Stage(story).play()


def cast_of(house: House) -> Cast:
    def ids(things: Iterable[Any]) -> dict[str, str]:
        return {thing.key: uid(thing.key) for thing in things}

    return Cast(
        house=house,
        agents=ids(house.agents),
        customers=ids(house.customers),
        teams=ids(house.teams),
        categories=ids(house.categories),
        inboxes=ids(house.inboxes),
    )


class _Stage:
    def __init__(self, story: Story) -> None:
        self.story, self.house = story, load_company()
        self.cast, self.desk = cast_of(self.house), _desk(self.house, story.inbox)
        self.at = OPENED

    def play(self) -> Played:
        story, desk = self.story, self.desk
        opener = self._actor(story.opened_by or REQUESTER)
        ticket = self._carry_out(opening(story, desk.command_id(), self.cast), opener)
        if story.tags:
            tagged = desk.ask(desk.tickets[ticket], ask.UpdateTicket, tags=story.tags)
            assert desk.do(tagged, self._actor("supervisor"))
        first = ticket
        messages: list[str | None] = [desk.tickets[ticket].description_id]
        for place, step in enumerate(story.steps, start=1):
            self.at += step.after
            command = self._command(step, ticket, messages)
            self._check_mentioned(step, ticket)
            assert desk.do(command, self._actor(step.by)), f"step {place} changes nothing"
            result = desk.outcomes[f"ticket:{ticket}", command.command_id]
            messages.append(result.get("message_id"))
            ticket = result.get("ticket_id", ticket)
        said = (m for m in desk.messages.values() if m.visibility is Visibility.PUBLIC)
        here = tuple(m for m in said if m.ticket_id == ticket)
        return Played(desk.tickets[ticket], ticket != first, here)

    def _carry_out(self, command: Command, actor: Actor) -> str:
        events: tuple[Event, ...] = self.desk.do(command, actor)
        assert events
        (ticket_id,) = self.desk.tickets
        return ticket_id

    def _command(self, step: Step, ticket_id: str, messages: list[str | None]) -> Command:
        return command_of(
            step,
            command_id=self.desk.command_id(),
            ticket_id=ticket_id,
            at=self.at,
            cast=self.cast,
            messages=messages,
        )

    def _check_mentioned(self, step: Step, ticket_id: str) -> None:
        """Whoever is named in a note can read it."""
        belonging = belonging_of(self.desk.tickets[ticket_id])
        for key in self.house.mentioned(step.note or ""):
            assert allows(self._actor(key), Permission.TICKET_READ, belonging), key

    def _actor(self, who: str) -> Actor:
        if who == REQUESTER:
            return client(self.story.requester)
        (agent,) = (agent for agent in self.house.agents if agent.key == who)
        return staff(agent.key, agent.role, agent.teams)


def _desk(house: House, inbox: str) -> Desk:
    desk = Desk()
    vars(desk).update(_furniture())
    (place,) = (each for each in house.inboxes if each.key == inbox)
    desk.inbox = Inbox(id=uid(inbox), name=place.name, team_id=uid(place.team))
    return desk


@cache
def _furniture() -> dict[str, Any]:
    """What every story finds at the company's desk and leaves as it is."""
    house = load_company()
    members = {
        uid(team.key): frozenset(uid(each.key) for each in house.agents if team.key in each.teams)
        for team in house.teams
    }
    return {
        "members": members,
        "teams": {
            uid(each.key): Team(
                id=uid(each.key), name=each.name, member_ids=tuple(members[uid(each.key)])
            )
            for each in house.teams
        },
        "categories": {
            uid(each.key): Category(id=uid(each.key), name=each.name, team_id=uid(each.team))
            for each in house.categories
        },
        "contacts": {uid(e.key): Contact(id=uid(e.key), name=e.name) for e in house.customers},
        "users": {
            uid(each.key): User(id=uid(each.key), email=each.email, name=each.name, role=each.role)
            for each in house.agents
        },
    }
