"""Plain documents, from roles to contacts: list, make, read, change, delete.

Users are listed and read here too; what else is done with them is in users.py.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, cast

from pydantic import BaseModel, Field

from domain.access import Permission
from domain.contact import commands as contact
from domain.contact.state import Contact
from domain.document import Document, require
from domain.errors import NotFound
from domain.inbox import commands as inbox
from domain.inbox.state import Category, Inbox
from domain.knowledge import commands as knowledge
from domain.knowledge.state import Article, Reach, Stage
from domain.message import Audience, Command, Id, Record
from domain.people import commands as people
from domain.people.state import Role, Skill, Team, User
from domain.sla import commands as sla
from domain.sla.calendar import Calendar
from domain.sla.policy import Policy
from server.http.asked import asked
from server.http.operation import Answered, Call, Operation, Who, operation
from server.http.paging import Page, PageQuery
from server.store.documents import find
from server.store.people import NOT_ERASED


class Noun(NamedTuple):
    """One kind of document: its path, its class, who may read it, where `q` looks."""

    plural: str
    name: str
    state: type[Document]
    page: type[BaseModel]
    read: Permission
    searched: tuple[str, ...]
    commands: tuple[type[Command], type[Command], type[Command]] | None = None
    """To create, update and delete one; users need more than a command."""
    listed: Mapping[str, Any] = MappingProxyType({})
    """What those in a list are like, where it has not all of them."""
    public: Mapping[str, Any] | None = None
    """What those are like that clients see, and strangers read; None where clients see all."""
    withheld: Mapping[str, Any] = MappingProxyType({})
    """What clients see in the place of what is not for them."""


NOUNS = (
    Noun(
        *("users", "user", User, Page[User]),
        *(Permission.PEOPLE_READ, ("name", "email")),
        listed=NOT_ERASED,
    ),
    Noun(
        *("roles", "role", Role, Page[Role]),
        *(Permission.PEOPLE_READ, ("name", "title")),
        (people.CreateRole, people.UpdateRole, people.DeleteRole),
    ),
    Noun(
        *("teams", "team", Team, Page[Team]),
        *(Permission.PEOPLE_READ, ("name",)),
        (people.CreateTeam, people.UpdateTeam, people.DeleteTeam),
    ),
    Noun(
        *("skills", "skill", Skill, Page[Skill]),
        *(Permission.PEOPLE_READ, ("name",)),
        (people.CreateSkill, people.UpdateSkill, people.DeleteSkill),
    ),
    Noun(
        *("categories", "category", Category, Page[Category]),
        *(Permission.CATALOG_READ, ("name",)),
        (inbox.CreateCategory, inbox.UpdateCategory, inbox.DeleteCategory),
        public={},  # Articles are about them.
        # They pick one, and learn no more of it.
        withheld={"keywords": (), "member_ids": (), "skills": (), "approval": ()},
    ),
    Noun(
        *("inboxes", "inbox", Inbox, Page[Inbox]),
        *(Permission.CATALOG_READ, ("name",)),
        (inbox.CreateInbox, inbox.UpdateInbox, inbox.DeleteInbox),
    ),
    Noun(
        *("articles", "article", Article, Page[Article]),
        *(Permission.CATALOG_READ, ("title", "summary")),
        (knowledge.CreateArticle, knowledge.UpdateArticle, knowledge.DeleteArticle),
        public={"state.reach": Reach.PUBLIC.value, "state.stage": Stage.PUBLISHED.value},
        withheld={"revision": None, "ticket_id": None, "source": None},
    ),
    Noun(
        *("calendars", "calendar", Calendar, Page[Calendar]),
        *(Permission.PEOPLE_READ, ("name",)),
        (sla.CreateCalendar, sla.UpdateCalendar, sla.DeleteCalendar),
    ),
    Noun(
        *("sla", "policy", Policy, Page[Policy]),
        *(Permission.PEOPLE_READ, ("name",)),
        (sla.CreatePolicy, sla.UpdatePolicy, sla.DeletePolicy),
    ),
    Noun(
        *("contacts", "contact", Contact, Page[Contact]),
        *(Permission.CONTACT_READ, ("name", "addresses.email")),
        (contact.CreateContact, contact.UpdateContact, contact.DeleteContact),
    ),
)


_ARTICLES = next(noun for noun in NOUNS if noun.name == "article")


class DocumentsQuery(PageQuery):
    """`q` is a part of a name or address."""

    q: Annotated[str, Field(max_length=200)] = ""


async def load_document(call: Call, noun: Noun, identity: str) -> Document:
    """One document as the asker may see it; raises Forbidden or NotFound."""
    if not call.stranger:
        require(call.actor, noun.read)
    found = await find(call.parts.store, noun.state, {"_id": identity, **_reach(call, noun)})
    if not found:
        raise NotFound(f"There is no such {noun.name}.")
    return _seen_by(call, noun, found[0])


async def load_article(call: Call, identity: str) -> Article:
    """An article that the asker may read; raises Forbidden or NotFound."""
    return cast("Article", await load_document(call, _ARTICLES, identity))


def _is_staff(call: Call) -> bool:
    return not call.stranger and call.actor.audience is Audience.STAFF


def _reach(call: Call, noun: Noun) -> Mapping[str, Any]:
    """The documents that the asker may know of, as a filter."""
    return {} if noun.public is None or _is_staff(call) else noun.public


def _seen_by(call: Call, noun: Noun, document: Document) -> Document:
    return document if _is_staff(call) else document.model_copy(update=dict(noun.withheld))


def list_of(noun: Noun) -> Callable[[Call, DocumentsQuery], Awaitable[Answered]]:
    """A handler that answers with a page of documents, in the order of their ids."""

    async def handle(call: Call, query: DocumentsQuery) -> Answered:
        if not call.stranger:
            require(call.actor, noun.read)
        where: dict[str, Any] = {**noun.listed, **_reach(call, noun)}
        if query.after:
            where["_id"] = {"$gt": query.after}
        if words := query.q.replace("\0", ""):  # No store can look for a NUL.
            part = {"$regex": re.escape(words), "$options": "i"}
            where["$or"] = [{f"state.{field}": part} for field in noun.searched]
        found = await find(call.parts.store, noun.state, where, query.limit + 1)
        shown = [_seen_by(call, noun, each) for each in found[: query.limit]]
        more = len(found) > query.limit
        return noun.page(items=tuple(shown), next=shown[-1].id if more else None)

    return handle


def _list(noun: Noun) -> Operation:
    handle = _named(list_of(noun), f"list_{noun.plural}")
    path, summary = f"/api/{noun.plural}", f"List {noun.plural}"
    takes, answers = DocumentsQuery, noun.page
    return operation("GET", path, summary, takes=takes, answers=answers, who=_reader(noun))(handle)


def _reader(noun: Noun) -> Who:
    return Who.SESSION if noun.public is None else Who.READER


def _create(noun: Noun, command: type[Command]) -> Operation:
    async def handle(call: Call, given: BaseModel) -> Answered:
        outcome = await call.command(f"{noun.name}.create", given)
        return await load_document(call, noun, outcome.result[f"{noun.name}_id"])

    path, summary = f"/api/{noun.plural}", f"Make a {noun.name}"
    make = operation("POST", path, summary, takes=asked(command), answers=noun.state, status=201)
    return make(_named(handle, f"create_{noun.name}"))


def _read(noun: Noun) -> Operation:
    async def handle(call: Call) -> Answered:
        return await load_document(call, noun, call.id())

    path, summary = f"/api/{noun.plural}/{{id}}", f"Read a {noun.name}"
    read = operation("GET", path, summary, answers=noun.state, who=_reader(noun))
    return read(_named(handle, f"read_{noun.name}"))


def _update(noun: Noun, command: type[Command]) -> Operation:
    async def handle(call: Call, given: BaseModel) -> Answered:
        await call.command(f"{noun.name}.update", given, **{f"{noun.name}_id": call.id()})
        return await load_document(call, noun, call.id())

    path, summary = f"/api/{noun.plural}/{{id}}", f"Change a {noun.name}"
    takes = asked(command, f"{noun.name}_id")
    return operation("PUT", path, summary, takes=takes, answers=noun.state)(
        _named(handle, f"update_{noun.name}")
    )


def _delete(noun: Noun) -> Operation:
    async def handle(call: Call) -> Answered:
        await call.command(f"{noun.name}.delete", **{f"{noun.name}_id": call.id()})

    path, summary = f"/api/{noun.plural}/{{id}}", f"Delete a {noun.name}"
    return operation("DELETE", path, summary)(_named(handle, f"delete_{noun.name}"))


AnyHandler = Callable[..., Awaitable[Answered]]


def _named(handle: AnyHandler, name: str) -> AnyHandler:
    handle.__name__ = name
    return handle


class Into(Record):
    """The contact that survives."""

    into_id: Id


@operation("PUT", "/api/teams/{id}/members/{user_id}", "Put somebody into a team")
async def add_member(call: Call) -> None:
    await call.command("team.add_member", team_id=call.id(), user_id=call.id("user_id"))


@operation("DELETE", "/api/teams/{id}/members/{user_id}", "Take somebody out of a team")
async def remove_member(call: Call) -> None:
    await call.command("team.remove_member", team_id=call.id(), user_id=call.id("user_id"))


@operation("POST", "/api/contacts/{id}/merge", "Make two contacts one", takes=Into)
async def merge_contact(call: Call, given: Into) -> None:
    await call.command("contact.merge", given, contact_id=call.id())


@operation("POST", "/api/contacts/{id}/block", "Let somebody write nothing more")
async def block_contact(call: Call) -> None:
    await call.command("contact.block", contact_id=call.id())


@operation("POST", "/api/contacts/{id}/unblock", "Let somebody write again")
async def unblock_contact(call: Call) -> None:
    await call.command("contact.unblock", contact_id=call.id())


def _operations() -> list[Operation]:
    made: list[Operation] = []
    for noun in NOUNS:
        made += [_list(noun), _read(noun)]
        if noun.commands:
            create, update, _ = noun.commands
            made += [_create(noun, create), _update(noun, update), _delete(noun)]
    return made


OPERATIONS = (
    *_operations(),
    add_member,
    remove_member,
    merge_contact,
    block_contact,
    unblock_contact,
)
