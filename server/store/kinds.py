"""The kinds of plain documents, and the one shape that all of them are kept in."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import beanie
from pymongo import ASCENDING, IndexModel

from domain.contact.state import Contact
from domain.document import Document
from domain.inbox.state import Category, Inbox
from domain.knowledge.state import Article
from domain.leave.state import Leave
from domain.notification.state import Preferences
from domain.people.state import Role, Skill, Team, User
from domain.sla.calendar import Calendar
from domain.sla.policy import Policy

OWED: dict[str, Any] = {"pending.0": {"$exists": True}}
OWED_INDEX = "owed"
LIVE: dict[str, Any] = {"gone": False}
"""What is deleted stays as a mark until its audit entry has moved to where it belongs."""


class PlainDocument(beanie.Document):
    """`key` is what no other of its kind may have; `pending` holds what each change still owes:
    its audit entry, its answer to a repeat, its steps. A deleted one is `gone`."""

    id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    version: int
    state: dict[str, Any]
    key: str
    gone: bool
    pending: list[dict[str, Any]]


def _indexes(*others: IndexModel, unique: bool = True) -> list[IndexModel]:
    owed = IndexModel([("version", ASCENDING)], name=OWED_INDEX, partialFilterExpression=OWED)
    key = IndexModel([("key", ASCENDING)], unique=True, partialFilterExpression=LIVE)
    return [owed, *([key] if unique else []), *others]


class UserDocument(PlainDocument):
    class Settings:
        name = "users"
        indexes: ClassVar = _indexes(
            IndexModel([("state.role", ASCENDING)]),
            IndexModel([("state.skills.skill_id", ASCENDING)]),
        )


class RoleDocument(PlainDocument):
    class Settings:
        name = "roles"
        indexes: ClassVar = _indexes()


class TeamDocument(PlainDocument):
    class Settings:
        name = "teams"
        indexes: ClassVar = _indexes(IndexModel([("state.member_ids", ASCENDING)]))


class SkillDocument(PlainDocument):
    class Settings:
        name = "skills"
        indexes: ClassVar = _indexes()


class InboxDocument(PlainDocument):
    class Settings:
        name = "inboxes"
        indexes: ClassVar = _indexes(
            IndexModel(
                [("state.address", ASCENDING)],
                unique=True,
                partialFilterExpression={"state.address": {"$type": "string"}},
            )
        )


class CategoryDocument(PlainDocument):
    class Settings:
        name = "categories"
        indexes: ClassVar = _indexes()


class ArticleDocument(PlainDocument):
    class Settings:
        name = "articles"
        indexes: ClassVar = _indexes(
            IndexModel([("state.updated_at", ASCENDING)]),
            IndexModel([("state.category", ASCENDING)]),
            IndexModel([("state.ticket_id", ASCENDING)]),
            IndexModel([("state.source", ASCENDING)]),
            unique=False,
        )


class ContactDocument(PlainDocument):
    class Settings:
        name = "contacts"
        indexes: ClassVar = _indexes(
            IndexModel([("state.addresses.email", ASCENDING)]), unique=False
        )


class LeaveDocument(PlainDocument):
    class Settings:
        name = "leave"
        indexes: ClassVar = _indexes(IndexModel([("state.user_id", ASCENDING)]), unique=False)


class PreferencesDocument(PlainDocument):
    class Settings:
        name = "preferences"
        indexes: ClassVar = _indexes(unique=False)


class CalendarDocument(PlainDocument):
    class Settings:
        name = "calendars"
        indexes: ClassVar = _indexes()


class PolicyDocument(PlainDocument):
    class Settings:
        name = "policies"
        indexes: ClassVar = _indexes()


class Kind(NamedTuple):
    """One kind of plain document; `unique` names the field that `key` is made of."""

    name: str
    model: type[PlainDocument]
    state: type[Document]
    unique: str | None


KINDS = {
    kind.name: kind
    for kind in (
        Kind("user", UserDocument, User, "email"),
        Kind("role", RoleDocument, Role, "name"),
        Kind("team", TeamDocument, Team, "name"),
        Kind("skill", SkillDocument, Skill, "name"),
        Kind("inbox", InboxDocument, Inbox, "name"),
        Kind("category", CategoryDocument, Category, "name"),
        Kind("article", ArticleDocument, Article, None),
        Kind("calendar", CalendarDocument, Calendar, "name"),
        Kind("policy", PolicyDocument, Policy, "name"),
        Kind("contact", ContactDocument, Contact, None),
        Kind("leave", LeaveDocument, Leave, None),
        Kind("preferences", PreferencesDocument, Preferences, None),
    )
}
