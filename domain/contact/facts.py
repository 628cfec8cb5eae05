"""What `decide` must know beyond the contact; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.contact.state import Contact
from domain.message import Id, Record


class Facts(Record):
    """`into` is who shall survive a merge; `holder_id` whose verified address it already is."""

    into: Contact | None = None
    holder_id: Id | None = None
