"""Inboxes and categories, as plain documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.document import Document
from domain.message import Id, derived_id
from domain.people.state import Email, Name

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Text = Annotated[str, Field(max_length=2_000)]

Site = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?$",
        max_length=300,
        to_lower=True,
    ),
]
"""The origin of a page, as browsers name it: scheme, host, and port where it is another."""
Sites = Annotated[tuple[Site, ...], Field(max_length=50)]

DEFAULT_INBOX_ID = derived_id("deskwire", "default", "inbox")
"""The inbox of every ticket that names none; it is there from the first start on, and stays."""


class Inbox(Document):
    """One brand. Its team gets every new ticket that nothing else directs.

    `identity_key` counts the renewals of the secret that the brand's own site vouches with; the
    secret itself follows from it and the deployment's, and stands nowhere.
    `sites` may show its widget; without any, the origins of the deployment's settings.
    """

    name: Name
    team_id: Id
    address: Email | None = None
    colour: Colour = "#3b5bdb"
    signature: Text = ""
    auto_reply: Text = ""
    sites: Sites = ()
    identity_key: Annotated[int, Field(ge=1)] = 1


class Category(Document):
    """What a ticket is about; its team, if it names one, gets the ticket."""

    name: Name
    keywords: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    team_id: Id | None = None
    approver_ids: tuple[Id, ...] = ()
