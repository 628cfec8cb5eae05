"""Inboxes and categories, as plain documents."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import Field, StringConstraints, model_validator

from domain.approval.state import Level
from domain.assistant.state import Fallback
from domain.document import Document
from domain.message import Id, derived_id
from domain.people.state import Email, Name, SkillLevel
from domain.triage.state import TriageMode

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

Levels = Annotated[tuple[Level, ...], Field(max_length=5)]

DEFAULT_INBOX_ID = derived_id("deskwire", "default", "inbox")
"""The inbox of every ticket that names none; it is there from the first start on, and stays."""


class Inbox(Document):
    """One brand. Its team gets every new ticket that nothing else directs.

    `identity_key` counts the renewals of the secret that the brand's own site vouches with; the
    secret itself follows from it and the deployment's, and stands nowhere.
    `sites` may show its widget; without any, the origins of the deployment's settings.
    Where the `assistant` is on, it speaks first in what clients open; the `fallback` gets what it
    finds nothing about. `triage` says what is done with guesses about what is new.
    """

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
    identity_key: Annotated[int, Field(ge=1)] = 1


SkillNeeds = Annotated[tuple[SkillLevel, ...], Field(max_length=20)]


class Category(Document):
    """What a ticket is about; its team, if it names one, gets the ticket.

    Where there are `member_ids`, only those of the team are given such tickets by the router.
    """

    name: Name
    keywords: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    team_id: Id | None = None
    member_ids: tuple[Id, ...] = ()
    skills: SkillNeeds = ()
    """What who is given such a ticket must know, and how well at the least."""
    approval: Levels = ()
    """Who must agree before anybody works on such a ticket, one level after the other."""

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, given: Any) -> Any:  # noqa: ANN401 - what stands in a store
        """Categories of an earlier release had approvers, all of one level, and asked nobody."""
        if not isinstance(given, dict) or "approver_ids" not in given:
            return cast("object", given)
        fields = dict(cast("dict[str, Any]", given))
        if approver_ids := fields.pop("approver_ids"):
            fields.setdefault("approval", [{"approver_ids": approver_ids}])
        return fields
