"""What can be asked of inboxes and categories."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.assistant.state import Fallback
from domain.document import Creation, Edit
from domain.inbox.state import Colour, Levels, Sites, SkillNeeds, Text
from domain.message import Id
from domain.people.state import Email, Name
from domain.triage.state import TriageMode

Keywords = Annotated[tuple[Name, ...], Field(max_length=100)]
Members = Annotated[tuple[Id, ...], Field(max_length=200)]


class CreateInbox(Creation):
    type: Literal["inbox.create"] = "inbox.create"
    kind: ClassVar[str] = "inbox"
    name: Name
    team_id: Id
    address: Email | None = None
    colour: Colour = "#3b5bdb"
    signature: Text = ""
    auto_reply: Text = ""
    sites: Sites = ()
    assistant: bool = False
    fallback: Fallback = Fallback.PERSON
    triage: TriageMode = TriageMode.SUGGEST


class UpdateInbox(Edit):
    type: Literal["inbox.update"] = "inbox.update"
    kind: ClassVar[str] = "inbox"
    inbox_id: Id
    name: Name | None = None
    team_id: Id | None = None
    address: Email | None = None
    colour: Colour | None = None
    signature: Text | None = None
    auto_reply: Text | None = None
    sites: Sites | None = None
    assistant: bool | None = None
    fallback: Fallback | None = None
    triage: TriageMode | None = None


class DeleteInbox(Edit):
    type: Literal["inbox.delete"] = "inbox.delete"
    kind: ClassVar[str] = "inbox"
    inbox_id: Id


class RenewIdentitySecret(Edit):
    """What was signed with the inbox's earlier secret proves nothing any more."""

    type: Literal["inbox.renew_identity_secret"] = "inbox.renew_identity_secret"
    kind: ClassVar[str] = "inbox"
    inbox_id: Id


class CreateCategory(Creation):
    type: Literal["category.create"] = "category.create"
    kind: ClassVar[str] = "category"
    name: Name
    keywords: Keywords = ()
    team_id: Id | None = None
    member_ids: Members = ()
    skills: SkillNeeds = ()
    approval: Levels = ()


class UpdateCategory(Edit):
    type: Literal["category.update"] = "category.update"
    kind: ClassVar[str] = "category"
    category_id: Id
    name: Name | None = None
    keywords: Keywords | None = None
    team_id: Id | None = None
    member_ids: Members | None = None
    skills: SkillNeeds | None = None
    approval: Levels | None = None


class DeleteCategory(Edit):
    type: Literal["category.delete"] = "category.delete"
    kind: ClassVar[str] = "category"
    category_id: Id
