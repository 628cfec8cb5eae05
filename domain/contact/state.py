"""A contact, as a plain document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.document import Document
from domain.message import Id, Millis, Record
from domain.people.state import Email, Name
from domain.ticket.state import Tag

Tags = Annotated[tuple[Tag, ...], Field(max_length=50)]
"""What a contact is to us, such as `vip`: policies can ask for it."""


class Address(Record):
    """A mail address; `verified` once its holder proved it."""

    email: Email
    verified: bool = False


class Contact(Document):
    """A client as tickets know them.

    A guest has no address and no user. A merged contact keeps its tickets: `merged_into` names
    the survivor, and the survivor's `aliases` name everybody who was merged into it.
    """

    name: Name
    addresses: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    user_id: Id | None = None
    company_id: Id | None = None
    notes: Annotated[str, Field(max_length=10_000)] = ""
    tags: Tags = ()
    guest: bool = False
    blocked: bool = False
    aliases: tuple[Id, ...] = ()
    merged_into: Id | None = None
    created_at: Millis = 0
