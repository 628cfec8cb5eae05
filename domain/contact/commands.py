"""What can be asked of contacts."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.contact.state import Address, Tags
from domain.document import Change, Creation, Edit
from domain.message import Id
from domain.people.state import Email, Name

Emails = Annotated[tuple[Email, ...], Field(max_length=20)]
Notes = Annotated[str, Field(max_length=10_000)]


class _OwnMatter(Change):
    """Judged by nothing but its own document."""

    @property
    def exclusive(self) -> bool:
        return False


class CreateContact(_OwnMatter, Creation):
    """Note somebody who calls or writes; their addresses count as unproven."""

    type: Literal["contact.create"] = "contact.create"
    kind: ClassVar[str] = "contact"
    name: Name
    emails: Emails = ()
    company_id: Id | None = None
    notes: Notes = ""
    tags: Tags = ()


class UpdateContact(_OwnMatter, Edit):
    """A verified address that is named again stays verified."""

    type: Literal["contact.update"] = "contact.update"
    kind: ClassVar[str] = "contact"
    contact_id: Id
    name: Name | None = None
    emails: Emails | None = None
    company_id: Id | None = None
    notes: Notes | None = None
    tags: Tags | None = None


class DeleteContact(Edit):
    """Erase somebody; their tickets stay under an id that says nothing."""

    type: Literal["contact.delete"] = "contact.delete"
    kind: ClassVar[str] = "contact"
    contact_id: Id


class MergeContact(Edit):
    """Make two contacts one: `into_id` survives and has the tickets of both."""

    type: Literal["contact.merge"] = "contact.merge"
    kind: ClassVar[str] = "contact"
    contact_id: Id
    into_id: Id


class BlockContact(_OwnMatter, Edit):
    """Let somebody open and write nothing more."""

    type: Literal["contact.block"] = "contact.block"
    kind: ClassVar[str] = "contact"
    contact_id: Id


class UnblockContact(_OwnMatter, Edit):
    type: Literal["contact.unblock"] = "contact.unblock"
    kind: ClassVar[str] = "contact"
    contact_id: Id


class RegisterContact(_OwnMatter, Edit):
    """The machine's: the contact of a new client, or without a `user_id` of a guest."""

    type: Literal["contact.register"] = "contact.register"
    kind: ClassVar[str] = "contact"
    contact_id: Id
    name: Name
    user_id: Id | None = None
    email: Email | None = None


class IdentifyContact(Edit):
    """The machine's: a guest proved to be the holder of an address."""

    type: Literal["contact.identify"] = "contact.identify"
    kind: ClassVar[str] = "contact"
    contact_id: Id
    email: Email
    name: Name | None = None


class AbsorbContacts(_OwnMatter, Edit):
    """The machine's, the second step of a merge: the survivor takes in who was merged into it."""

    type: Literal["contact.absorb"] = "contact.absorb"
    kind: ClassVar[str] = "contact"
    contact_id: Id
    merged_ids: tuple[Id, ...]
    addresses: tuple[Address, ...] = ()
    tags: Tags = ()
