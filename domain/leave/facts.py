"""What `decide` must know beyond the document; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.message import Record


class Facts(Record):
    """`works_here` says whether the leave is of somebody who works here."""

    works_here: bool = True
