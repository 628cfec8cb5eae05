"""Puts the demo's company in: teams, skills, categories, inboxes, agents, customers, articles."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from pymongo.errors import DuplicateKeyError

from domain.access import Actor
from domain.contact.commands import CreateContact, IdentifyContact, UpdateContact
from domain.contact.state import Contact
from domain.document import Creation, Document, Edit
from domain.errors import Conflict, NotFound, NotUnique
from domain.inbox.commands import CreateCategory, CreateInbox, UpdateInbox
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.knowledge.commands import CreateArticle
from domain.knowledge.state import Reach, Stage
from domain.message import ActorKind, Id
from domain.people.commands import (
    AddMember,
    CreateSkill,
    CreateTeam,
    CreateUser,
    UpdateTeam,
    UpdateUser,
)
from domain.people.state import CLIENT, Role, Skill, SkillLevel, Team, User
from domain.triage.state import TriageMode
from server.auth.actors import fetch_standings
from server.auth.passwords import Passwords
from server.composition import Parts
from server.demo import shapes
from server.demo.content import load_company
from server.demo.marks import demo_id
from server.demo.people import PASSWORD
from server.demo.plot import Cast
from server.demo.shapes import Agent, Article, Customer, House
from server.store.connect import Raw
from server.store.defaults import default_id
from server.store.documents import fetch_by_key, fetch_many
from server.store.people import fetch_role, fetch_user_by_email
from server.store.sessions import Credential

CAPACITY = 24
"""So that a handful of tickets shows on a load, and nobody is full of stories."""
SIMULATED = "Simulated: writes in the demo's live traffic."
MOVER = Actor(kind=ActorKind.SYSTEM, id="demo")
"""Who puts in what nobody in the story did."""
_COMPANIES = UUID("5eed0000-0000-4000-8000-000000000003")


@dataclass(frozen=True)
class Company:
    """The company as it stands in the store: ids by key, and who may act as whom."""

    cast: Cast
    actors: Mapping[str, Actor]


def regulars(house: House) -> tuple[Customer, ...]:
    """The customers who have log-ins, `client` aside: the live traffic is theirs."""
    return tuple(each for each in house.customers if each.company is None and each.key != "client")


async def move_in(parts: Parts) -> Company:
    """Put in what is missing; what is there already stays, and is used. Raises DomainError."""
    house = load_company()
    teams = {each.key: await _team(parts, each) for each in house.teams}
    skills = {
        each.key: await made_or_there(
            parts, Skill, CreateSkill(command_id=demo_id("skill", each.key), name=each.name)
        )
        for each in house.skills
    }
    categories = {
        each.key: await made_or_there(
            parts,
            Category,
            CreateCategory(
                command_id=demo_id("category", each.key),
                name=each.name,
                keywords=each.keywords,
                team_id=teams[each.team],
            ),
        )
        for each in house.categories
    }
    inboxes = {each.key: await _inbox(parts, each, teams) for each in house.inboxes}
    await _answer_the_portal(parts, teams["orders"])
    hashed = await _hashed()
    agents = {each.key: await _agent(parts, each, teams, skills, hashed) for each in house.agents}
    found = await asyncio.gather(*(_customer(parts, each, hashed) for each in house.customers))
    customers = {key: contact_id for key, contact_id in found if contact_id}
    cast = Cast(house, agents, customers, teams, categories, inboxes)
    return Company(cast, await _actors(parts, cast))


async def _team(parts: Parts, team: shapes.Team) -> Id:
    """The first is the team that every store begins with, while nobody has changed it."""
    fresh = UpdateTeam(
        command_id=demo_id("team", "default"), team_id=default_id("team"), version=1, name=team.name
    )
    if team == load_company().teams[0] and await _settled(parts, fresh):
        return fresh.team_id
    return await made_or_there(
        parts, Team, CreateTeam(command_id=demo_id("team", team.key), name=team.name)
    )


async def _inbox(parts: Parts, inbox: shapes.Inbox, teams: Mapping[str, Id]) -> Id:
    """The first is the inbox that every store begins with, while nobody has changed it."""
    named = {"name", "address", "colour", "signature", "auto_reply", "assistant"}
    fields: dict[str, Any] = {
        **inbox.model_dump(include=named),
        "team_id": teams[inbox.team],
        "triage": TriageMode.APPLY,
    }
    fresh = UpdateInbox(
        command_id=demo_id("inbox", "default"), inbox_id=DEFAULT_INBOX_ID, version=1, **fields
    )
    if inbox == load_company().inboxes[0] and await _settled(parts, fresh):
        return DEFAULT_INBOX_ID
    command = CreateInbox(command_id=demo_id("inbox", inbox.key), **fields)
    return await made_or_there(parts, Inbox, command)


async def _settled(parts: Parts, command: Edit) -> bool:
    """Whether something is as the company has it now: nobody changed it before us."""
    try:
        await parts.dispatch.dispatch(command, MOVER)
    except (Conflict, NotFound, NotUnique):
        return False
    return True


async def _answer_the_portal(parts: Parts, team_id: Id) -> None:
    """What is asked in the portal goes to people who are there; once, whatever an admin does."""
    command_id = demo_id("inbox", "portal")
    answered = UpdateInbox(command_id=command_id, inbox_id=DEFAULT_INBOX_ID, team_id=team_id)
    with suppress(NotFound):  # An admin took it away before.
        await parts.dispatch.dispatch(answered, MOVER)


async def _hashed() -> str:
    passwords = Passwords()
    try:
        return await passwords.hash(PASSWORD)
    finally:
        passwords.close()


async def write_articles(parts: Parts, company: Company, articles: Iterable[Article]) -> None:
    """Put the help centre in, written by the admin."""
    author = company.actors["admin"]
    for each in articles:
        article = CreateArticle(
            command_id=demo_id("article", each.language, each.slug),
            title=each.title,
            body=each.body,
            summary=each.summary,
            category=company.cast.categories[each.category],
            language=each.language,
            reach=Reach(each.visibility),
            stage=Stage.PUBLISHED,
        )
        await parts.dispatch.dispatch(article, author)


async def made_or_there(parts: Parts, state: type[Document], command: Creation) -> Id:
    """Make a document; where somebody made one of that name before, that one is taken."""
    try:
        outcome = await parts.dispatch.dispatch(command, MOVER)
    except NotUnique:
        there = await fetch_by_key(parts.store, state, getattr(command, "name"))  # noqa: B009
        if there is None:
            raise
        return there.id
    return outcome.result[f"{command.kind}_id"]


async def _agent(
    parts: Parts, agent: Agent, teams: Mapping[str, Id], skills: Mapping[str, Id], hashed: str
) -> Id:
    wanted = tuple(teams[key] for key in agent.teams)
    levels = agent.skills.items()
    command = CreateUser(
        command_id=demo_id("user", agent.key),
        email=agent.email,
        name=agent.name,
        role=agent.role,
        capacity=CAPACITY,
        team_ids=wanted,
        skills=tuple(SkillLevel(skill_id=skills[key], level=level) for key, level in levels),
        zone=agent.zone,
        shifts=agent.shifts,
        must_change_password=False,
    )
    there = await fetch_user_by_email(parts.store, agent.email)
    if there is None:
        return await _user(parts, command, hashed)
    if there.id != command.document_id(MOVER.id):  # Of an earlier release's demo: joins in, once.
        for team_id in wanted:
            command_id = demo_id("member", agent.key, team_id)
            joins = AddMember(command_id=command_id, team_id=team_id, user_id=there.id)
            await parts.dispatch.dispatch(joins, MOVER)
    await _give_shifts(parts, agent, there)
    return there.id


async def _give_shifts(parts: Parts, agent: Agent, there: User) -> None:
    """To somebody who was put in before there were any, while nobody has changed them."""
    if there.version == 1 and not there.shifts:
        command_id = demo_id("shifts", agent.key)
        hours: dict[str, Any] = {"zone": agent.zone, "shifts": agent.shifts}
        fresh = UpdateUser(command_id=command_id, user_id=there.id, version=1, **hours)
        await _settled(parts, fresh)


async def _customer(parts: Parts, customer: Customer, hashed: str) -> tuple[str, Id | None]:
    """The key and the contact; None for somebody whom an admin erased since."""
    company_id = str(uuid5(_COMPANIES, customer.company)) if customer.company else None
    if customer.key != "client" and customer not in regulars(load_company()):
        noted = CreateContact(
            command_id=demo_id("contact", customer.key),
            name=customer.name,
            emails=customer.emails,
            company_id=company_id,
            notes=customer.notes,
        )
        outcome = await parts.dispatch.dispatch(noted, MOVER)
        await _prove(parts, customer, outcome.result["contact_id"])
        return customer.key, outcome.result["contact_id"]
    user = await fetch_user_by_email(parts.store, customer.emails[0])
    if user is None:
        account = CreateUser(
            command_id=demo_id("user", customer.key),
            email=customer.emails[0],
            name=customer.name,
            role=CLIENT,
            must_change_password=False,
        )
        await _user(parts, account, hashed)
        user = await fetch_user_by_email(parts.store, customer.emails[0])
    if user is None or user.contact_id is None:
        return customer.key, None
    known = UpdateContact(
        command_id=demo_id("contact", customer.key),
        contact_id=user.contact_id,
        emails=customer.emails,
        company_id=company_id,
        notes=customer.notes or (SIMULATED if customer.key != "client" else ""),
    )
    await parts.dispatch.dispatch(known, MOVER)
    await _prove(parts, customer, user.contact_id)
    return customer.key, user.contact_id


async def _prove(parts: Parts, customer: Customer, contact_id: Id) -> None:
    """Letters to a proven address tell what was asked, and are as many as are owed."""
    if not customer.emails:
        return
    proves = IdentifyContact(
        command_id=demo_id("proven", customer.key), contact_id=contact_id, email=customer.emails[0]
    )
    with suppress(Conflict, NotFound):  # Whoever else proved it, or took the contact away.
        await parts.dispatch.dispatch(proves, MOVER)


async def _user(parts: Parts, command: CreateUser, hashed: str) -> Id:
    """Make a user with the password that everybody here has, hashed once for all of them."""
    user_id = command.document_id(MOVER.id)
    kept: Raw = {"_id": user_id, "hash": hashed, "changed_at": parts.clock.now(), "resets": []}
    with suppress(DuplicateKeyError):  # A start that was cut off came as far as this.
        await parts.store[Credential].insert_one(kept)
    await parts.dispatch.dispatch(command, MOVER)
    return user_id


async def _actors(parts: Parts, cast: Cast) -> dict[str, Actor]:
    standings = await fetch_standings(parts.store, cast.agents.values())
    actors = {
        key: standings[user_id].actor
        for key, user_id in cast.agents.items()
        if user_id in standings
    }
    role = await fetch_role(parts.store, CLIENT)
    contacts = await fetch_many(parts.store, Contact, cast.customers.values())
    there = {key: contacts[each] for key, each in cast.customers.items() if each in contacts}
    return actors | {key: _client(contact, role) for key, contact in there.items()}


def _client(contact: Contact, role: Role | None) -> Actor:
    """The contact itself: that of a log-in acts under the same id."""
    return Actor(
        kind=ActorKind.CLIENT,
        id=contact.id,
        contact_ids=(contact.id, *contact.aliases),
        company_id=contact.company_id,
        role=CLIENT,
        permissions=role.permissions if role else {},
    )
