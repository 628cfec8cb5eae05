"""Inboxes and categories, as plain documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.document import Document
from domain.message import Id, derived_id
from domain.people.state import Email, Name

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Text = Annotated[str, Field(max_length=2_000)]

DEFAULT_INBOX_ID = derived_id("deskwire", "default", "inbox")
"""The inbox of every ticket that names none; it is there from the first start on, and stays."""


class Inbox(Document):
    """One brand. Its team gets every new ticket that nothing else directs."""

    name: Name
    team_id: Id
    address: Email | None = None
    colour: Colour = "#3b5bdb"
    signature: Text = ""
    auto_reply: Text = ""


class Category(Document):
    """What a ticket is about; its team, if it names one, gets the ticket."""

    name: Name
    keywords: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    team_id: Id | None = None
    approver_ids: tuple[Id, ...] = ()
