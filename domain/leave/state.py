"""Leave, as plain documents: one that was noted, or a calendar whose entries are leave."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from domain.document import Document
from domain.message import Id, Millis

Note = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
CalendarUrl = Annotated[
    str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s/?#@]+(/\S*)?$")
]
"""Where an iCalendar file can be read. It often is a secret of its owner."""


class Leave(Document):
    """With a `url`, a calendar that is read again and again; without one, from `start` to `end`,
    which it does not hold."""

    user_id: Id
    start: Millis | None = None
    end: Millis | None = None
    note: Note = ""
    url: CalendarUrl | None = None


LONGEST: Millis = 2 * 366 * 24 * 3_600_000
"""No leave is longer than two years; more is a mistake."""
