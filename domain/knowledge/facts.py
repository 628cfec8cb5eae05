"""What `decide` must know beyond the article; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.message import Record


class Facts(Record):
    """`category_known` says whether the named category exists."""

    category_known: bool = True
